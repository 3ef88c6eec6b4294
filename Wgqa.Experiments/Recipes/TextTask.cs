using System.Text.Json.Serialization;
using Wgqa.Data;
using Wgqa.Metrics;
using Wgqa.Text;

namespace Wgqa.Experiments.Recipes;

/// <summary>What a task feeds a model and how its output is scored.</summary>
/// <param name="Name">As commands call it.</param>
/// <param name="Prefix">T5's words before each source text.</param>
/// <param name="MaxSourceTokens">Tokens of a source that are read, the end included.</param>
/// <param name="MaxTargetTokens">Tokens of a target that are trained on or generated, the end included.</param>
internal sealed record TextTask(string Name, string Prefix, int MaxSourceTokens, int MaxTargetTokens)
{
    /// <summary>German to English, scored by corpus BLEU.</summary>
    public static TextTask Translation { get; } = new("translation", Seq2SeqEncoder.TranslationPrefix("German", "English"), 128, 128);

    /// <summary>Summarisation at the paper's lengths (512 in, 256 out), scored by ROUGE with stemming.</summary>
    public static TextTask Summarization { get; } = new("summarization", Seq2SeqEncoder.SummarizationPrefix, 512, 256);

    /// <summary>The task of that name.</summary>
    /// <exception cref="UserException">There is none.</exception>
    public static TextTask Named(string name) => name.ToLowerInvariant() switch
    {
        "translation" => Translation,
        "summarization" or "summarisation" => Summarization,
        _ => throw new UserException($"--task is '{name}'; it must be translation or summarization."),
    };

    /// <summary>The metric that comes first in tables.</summary>
    public string Metric => Name == Translation.Name ? "bleu" : "rougeL";

    /// <summary>The same as tables write it.</summary>
    [JsonIgnore]
    public string MetricName => Metric == "bleu" ? "BLEU" : "ROUGE-L";

    /// <summary>What turns the task's pairs into examples: its prefix and its lengths.</summary>
    public Seq2SeqEncoder Encoder(T5Tokenizer tokenizer) => new(tokenizer)
    {
        Prefix = Prefix,
        MaxSourceLength = MaxSourceTokens,
        MaxTargetLength = MaxTargetTokens,
    };

    /// <summary>Corpus scores of predictions, 0–100, the first being <see cref="Metric"/>'s.</summary>
    /// <param name="predictions">One text per example.</param>
    /// <param name="references">All acceptable texts per example.</param>
    public IReadOnlyDictionary<string, double> Score(IReadOnlyList<string> predictions, IReadOnlyList<IReadOnlyList<string>> references)
    {
        if (Name == Translation.Name)
        {
            var width = references.Max(acceptable => acceptable.Count);
            var streams = Enumerable.Range(0, width)
                .Select(stream => (IReadOnlyList<string?>)[.. references.Select(acceptable => stream < acceptable.Count ? acceptable[stream] : null)])
                .ToList();
            return new Dictionary<string, double> { ["bleu"] = new Bleu().Corpus(predictions, streams).Score };
        }

        var rouge = new Rouge(stem: true).Corpus(predictions, [.. references.Select(acceptable => acceptable[0])]);
        return new Dictionary<string, double>
        {
            ["rougeL"] = rouge.RougeL.F1 * 100,
            ["rouge1"] = rouge.Rouge1.F1 * 100,
            ["rouge2"] = rouge.Rouge2.F1 * 100,
            ["rougeLsum"] = rouge.RougeLsum.F1 * 100,
        };
    }
}
