using System.Globalization;
using System.Text.Json.Nodes;
using Wgqa.Experiments.Reports;

namespace Wgqa.Experiments.Recipes;

/// <summary>One variant, fine-tuned, evaluated, folded and evaluated again.</summary>
internal sealed record VariantRow
{
    /// <summary>The variant's name.</summary>
    public required string Variant { get; init; }

    /// <summary>What the scores were computed on: how many test pairs and which, and with how many beams.</summary>
    public string? EvaluatedOn { get; init; }

    /// <summary>Key/value heads G at its sites; null where keys and values, or blocks, differ.</summary>
    public int? Groups { get; init; }

    /// <summary>The same in words.</summary>
    public string? KeyValueHeads { get; init; }

    /// <summary>Learned merge weights, which folding removes.</summary>
    public required long ExtraParameters { get; init; }

    /// <summary>All trainable parameters while fine-tuning.</summary>
    public required long TrainableParameters { get; init; }

    /// <summary>Mean loss over the last logged steps.</summary>
    public required double Loss { get; init; }

    /// <summary>Corpus scores of the trained variant, 0–100; null where it cannot generate (<see cref="Obstacle"/>).</summary>
    public IReadOnlyDictionary<string, double>? Scores { get; init; }

    /// <summary>Why the trained variant cannot generate: a published rule may be undefined for what decoding meets. Null where it can.</summary>
    public string? Obstacle { get; init; }

    /// <summary>Corpus scores of its fold; null where it does not fold, as in what follows.</summary>
    public IReadOnlyDictionary<string, double>? FoldedScores { get; init; }

    /// <summary>Test texts for which the folded model generated exactly the same text.</summary>
    public int? SameTexts { get; init; }

    /// <summary>Test texts.</summary>
    public required int Texts { get; init; }

    /// <summary>The largest difference between a logit of the variant and of its fold, over a test batch.</summary>
    public double? FoldMaxError { get; init; }

    /// <summary>Bytes that the decoder's caches held, folded where it folds, per decoded plus per source token.</summary>
    public required long KvBytesPerToken { get; init; }

    /// <summary>Tokens per second that the model, folded where it folds, generates greedily, at a fixed length (<see cref="FoldCheck.TokensPerSecond"/>).</summary>
    public required double TokensPerSecond { get; init; }
}

/// <summary>The rows of an experiment, as text and as JSON.</summary>
/// <param name="Metric">The score that tables show.</param>
/// <param name="Rows">One per variant.</param>
/// <param name="Run">The folder that holds everything.</param>
internal sealed record VariantTable(string Metric, IReadOnlyList<VariantRow> Rows, string Run)
{
    /// <summary>A table that is Markdown as it stands.</summary>
    public string ToText()
    {
        var name = Metric == "bleu" ? "BLEU" : "ROUGE-L";
        var table = new TextTable("variant", "groups", "extra parameters", name, $"folded {name}", "fold max error", "cache bytes/token", "tokens/s");
        foreach (var row in Rows)
        {
            table.Add(
                row.Variant,
                row.Groups is { } groups ? Number(groups, "0") : "mixed",
                Number(row.ExtraParameters, "N0"),
                row.Scores is { } scores ? Number(scores[Metric], "0.00") : "–",
                row.FoldedScores is { } folded ? Number(folded[Metric], "0.00") : "–",
                row.FoldMaxError is { } error ? Number(error, "0.0e+0") : "–",
                Number(row.KvBytesPerToken, "N0"),
                Number(row.TokensPerSecond, "N0"));
        }

        var obstacles = Rows.Where(row => row.Obstacle is not null).Select(row => $"\n{row.Variant} generated nothing: {row.Obstacle}\n");
        return table + string.Concat(obstacles);
    }

    /// <summary>The same for programs: <c>{"rows": […], "run": …}</c>.</summary>
    public JsonObject ToJson() => new()
    {
        ["rows"] = new JsonArray([.. Rows.Select(row => (JsonNode)ToJson(row))]),
        ["run"] = Run,
    };

    private static JsonObject ToJson(VariantRow row)
    {
        var json = new JsonObject
        {
            ["variant"] = row.Variant,
            ["groups"] = row.Groups,
            ["keyValueHeads"] = row.KeyValueHeads,
            ["extraParameters"] = row.ExtraParameters,
        };
        foreach (var (metric, score) in row.Scores ?? new Dictionary<string, double>())
        {
            json[metric] = score;
        }

        foreach (var (metric, score) in row.FoldedScores ?? new Dictionary<string, double>())
        {
            json[$"folded{char.ToUpperInvariant(metric[0])}{metric[1..]}"] = score;
        }

        json["obstacle"] = row.Obstacle;
        json["foldMaxError"] = row.FoldMaxError;
        json["kvBytesPerToken"] = row.KvBytesPerToken;
        json["tokensPerSecond"] = row.TokensPerSecond;
        json["trainableParameters"] = row.TrainableParameters;
        json["loss"] = row.Loss;
        json["sameTexts"] = row.SameTexts;
        json["texts"] = row.Texts;
        return json;
    }

    private static string Number<T>(T value, string format)
        where T : IFormattable => value.ToString(format, CultureInfo.InvariantCulture);
}
