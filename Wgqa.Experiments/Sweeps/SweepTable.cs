using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Wgqa.Experiments.Reports;

namespace Wgqa.Experiments.Sweeps;

/// <summary>The cells of a sweep as a table over seeds, as text and as JSON.</summary>
internal sealed class SweepTable
{
    private readonly SweepPlan _plan;
    private readonly IReadOnlyList<(SweepFolder.Cell Cell, VariantRow? Row, CellFailure? Failure)> _cells;

    /// <summary>Reads the cells of a folder as they are now.</summary>
    public SweepTable(SweepFolder folder)
    {
        (_plan, Run, Profile) = (folder.Plan, folder.Path, SweepProfile.Of(folder));
        _cells = [.. folder.Cells.Select(cell => cell.Row is { } row ? (cell, row, null) : (cell, (VariantRow?)null, cell.Failure))];
    }

    /// <summary>The folder that holds everything.</summary>
    public string Run { get; }

    /// <summary>Where the time of the cells' steps went, as text; null where it was not asked for.</summary>
    public string? Profile { get; }

    /// <summary>The finished cells, by task, then variant, then seed.</summary>
    public IReadOnlyList<VariantRow> Rows => [.. _cells.Select(cell => cell.Row).OfType<VariantRow>()];

    /// <summary>The cells that failed, with the reason.</summary>
    public IReadOnlyList<(CellKey Cell, string Error)> Failures =>
        [.. _cells.Where(cell => cell.Failure is not null).Select(cell => (cell.Cell.Key, cell.Failure!.Error))];

    /// <summary>A table for each task, Markdown as it stands.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        foreach (var task in _plan.Tasks)
        {
            if (ManyTasks)
            {
                text.Append(text.Length > 0 ? "\n" : "").Append(CultureInfo.InvariantCulture, $"{task.Name} ({task.EvaluatedOn})\n\n");
            }

            text.Append(TableOf(task));
        }

        foreach (var row in Rows.Where(row => row.Obstacle is not null))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{_plan.Words(new(row.Task, row.Variant, row.Seed))} generated nothing: {row.Obstacle}\n");
        }

        foreach (var (cell, error) in Failures)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{_plan.Words(cell)} failed: {error}\n");
        }

        return text.ToString();
    }

    /// <summary>The same for programs: <c>{"rows": [a cell each], "summary": [a variant and task each], "failures": […], "run": …}</c>.</summary>
    public JsonObject ToJson() => new()
    {
        ["rows"] = new JsonArray([.. Rows.Select(row => (JsonNode)ToJson(row))]),
        ["summary"] = new JsonArray([.. _plan.Tasks.SelectMany(task => _plan.Variants.Select(variant => (JsonNode)Summary(task, variant)))]),
        ["failures"] = new JsonArray([.. Failures.Select(failure =>
            (JsonNode)new JsonObject { ["task"] = failure.Cell.Task, ["variant"] = failure.Cell.Variant, ["seed"] = failure.Cell.Seed, ["error"] = failure.Error })]),
        ["run"] = Run,
    };

    private bool ManyTasks => _plan.Tasks.Count > 1;

    private VariantRow[] RowsOf(SweepTask task, string variant) => [.. Rows.Where(row => row.Task == task.Name && row.Variant == variant)];

    private TextTable TableOf(SweepTask task)
    {
        var metric = task.Task.Metric;
        var name = task.Task.MetricName;
        var manySeeds = _plan.Seeds.Count > 1;
        var table = new TextTable(["variant", "groups", "extra parameters", .. manySeeds ? new[] { "seeds" } : [], name, $"folded {name}", "fold max error", "cache bytes/token", "tokens/s"]);
        foreach (var variant in _plan.Variants)
        {
            var rows = RowsOf(task, variant);
            var first = rows.FirstOrDefault();
            table.Add([
                variant,
                first is null ? "–" : first.Groups is { } groups ? Number(groups, "0") : "mixed",
                first is null ? "–" : Number(first.ExtraParameters, "N0"),
                .. manySeeds ? new[] { Number(rows.Length, "0") } : [],
                Over(rows.Select(row => row.Scores), metric)?.ToText("0.00") ?? "–",
                Over(rows.Select(row => row.FoldedScores), metric)?.ToText("0.00") ?? "–",
                rows.Max(row => row.FoldMaxError) is { } error ? Number(error, "0.0e+0") : "–",
                first is null ? "–" : Number(first.KvBytesPerToken, "N0"),
                MeanAndError.Of(rows.Select(row => row.TokensPerSecond)) is { } speed ? Number(speed.Mean, "N0") : "–",
            ]);
        }

        return table;
    }

    private JsonObject Summary(SweepTask task, string variant)
    {
        var rows = RowsOf(task, variant);
        var json = new JsonObject
        {
            ["task"] = task.Name,
            ["variant"] = variant,
            ["seeds"] = new JsonArray([.. rows.Select(row => (JsonNode)row.Seed)]),
            ["loss"] = ToJson(MeanAndError.Of(rows.Select(row => row.Loss))),
        };
        foreach (var metric in rows.SelectMany(row => (row.Scores ?? row.FoldedScores)?.Keys ?? []).Distinct())
        {
            json[metric] = ToJson(Over(rows.Select(row => row.Scores), metric));
            json[Folded(metric)] = ToJson(Over(rows.Select(row => row.FoldedScores), metric));
        }

        json["tokensPerSecond"] = ToJson(MeanAndError.Of(rows.Select(row => row.TokensPerSecond)));
        return json;
    }

    private static MeanAndError? Over(IEnumerable<IReadOnlyDictionary<string, double>?> scores, string metric) =>
        MeanAndError.Of(scores.OfType<IReadOnlyDictionary<string, double>>().Select(each => each[metric]));

    private static JsonObject? ToJson(MeanAndError? value) =>
        value is null ? null : new() { ["mean"] = value.Mean, ["standardError"] = value.StandardError, ["n"] = value.Count };

    private static JsonObject ToJson(VariantRow row)
    {
        var json = new JsonObject
        {
            ["task"] = row.Task,
            ["variant"] = row.Variant,
            ["seed"] = row.Seed,
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
            json[Folded(metric)] = score;
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

    private static string Folded(string metric) => $"folded{char.ToUpperInvariant(metric[0])}{metric[1..]}";

    private static string Number<T>(T value, string format)
        where T : IFormattable => value.ToString(format, CultureInfo.InvariantCulture);
}
