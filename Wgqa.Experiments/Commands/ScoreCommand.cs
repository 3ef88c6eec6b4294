using System.CommandLine;
using System.Globalization;
using Wgqa.Data;
using Wgqa.Metrics;

namespace Wgqa.Experiments.Commands;

/// <summary><c>score bleu</c> and <c>score rouge</c>: corpus scores of a file of predictions.</summary>
internal static class ScoreCommand
{
    public static Command Create() => new("score", "Score predictions against references.") { Bleu(), Rouge() };

    private static Option<string> Predictions() => new("--predictions") { Description = "Predictions, one a line.", Required = true, HelpName = "FILE" };

    private static Option<string[]> References(string description) => new("--references")
    {
        Description = description,
        Required = true,
        AllowMultipleArgumentsPerToken = true,
        HelpName = "FILE",
    };

    private static Command Bleu()
    {
        var predictions = Predictions();
        var references = References("References, line by line with the predictions; several files are several references.");
        var tokenize = new Option<string>("--tokenize") { Description = "13a, none, intl or char.", DefaultValueFactory = _ => "13a" };
        var smooth = new Option<string>("--smooth") { Description = "exp, floor, add-k or none.", DefaultValueFactory = _ => "exp" };
        var smoothValue = new Option<double?>("--smooth-value") { Description = "The value of floor (default 0.1) or add-k (default 1)." };
        var lowercase = new Option<bool>("--lowercase") { Description = "Ignore case." };
        var json = Options.Json();
        var command = new Command("bleu", "Corpus BLEU, as sacrebleu computes it.") { predictions, references, tokenize, smooth, smoothValue, lowercase, json };
        command.SetAction(result =>
        {
            var files = TextLines.ReadAligned([result.GetValue(predictions)!, .. result.GetValue(references)!]);
            var bleu = new Bleu
            {
                Tokenizer = BleuTokenizer.Named(result.GetValue(tokenize)!),
                Smoothing = BleuSmoothing.Named(result.GetValue(smooth)!, result.GetValue(smoothValue)),
                Lowercase = result.GetValue(lowercase),
            };
            var score = bleu.Corpus(files[0], [.. files.Skip(1)]);
            if (result.GetValue(json))
            {
                Options.PrintJson(new
                {
                    bleu = score.Score,
                    score.Precisions,
                    score.Matches,
                    score.Totals,
                    score.BrevityPenalty,
                    score.HypothesisLength,
                    score.ReferenceLength,
                    tokenize = bleu.Tokenizer.Name,
                    smooth = bleu.Smoothing.Name,
                    lines = files[0].Count,
                });
            }
            else
            {
                Console.WriteLine(score);
            }
        });
        return command;
    }

    private static Command Rouge()
    {
        var predictions = Predictions();
        var references = References("References, line by line with the predictions.");
        var stem = new Option<bool>("--stem") { Description = "Stem words (Porter), as the published summarisation scores do." };
        var json = Options.Json();
        var command = new Command("rouge", "ROUGE-1, -2, -L and -Lsum F1, as Google's rouge_score computes them.") { predictions, references, stem, json };
        command.SetAction(result =>
        {
            if (result.GetValue(references)! is not [var reference])
            {
                throw new UserException($"--references names {result.GetValue(references)!.Length} files; ROUGE takes 1.");
            }

            var files = TextLines.ReadAligned(result.GetValue(predictions)!, reference);
            var scores = new Rouge(result.GetValue(stem)).Corpus(files[0], files[1]);
            var percent = new
            {
                rouge1 = scores.Rouge1.F1 * 100,
                rouge2 = scores.Rouge2.F1 * 100,
                rougeL = scores.RougeL.F1 * 100,
                rougeLsum = scores.RougeLsum.F1 * 100,
            };
            if (result.GetValue(json))
            {
                Options.PrintJson(percent);
            }
            else
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"ROUGE-1 {percent.rouge1:0.00}  ROUGE-2 {percent.rouge2:0.00}  ROUGE-L {percent.rougeL:0.00}  ROUGE-Lsum {percent.rougeLsum:0.00}"));
            }
        });
        return command;
    }
}
