using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Wgqa.Data;
using Wgqa.Experiments.Statistics;
using Wgqa.Metrics;

namespace Wgqa.Experiments.Commands;

/// <summary><c>score bleu</c> and <c>score rouge</c>: corpus scores of a file of predictions.</summary>
internal static class ScoreCommand
{
    public static Command Create() => new("score", "Score predictions against references.") { Bleu(), Rouge() };

    private static Option<string> Predictions() => new("--predictions") { Description = "Predictions, one per line.", Required = true, HelpName = "FILE" };

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
        var comparison = new ComparisonOptions();
        var references = References("References, line by line with the predictions; several files are several references.");
        var tokenize = new Option<string>("--tokenize") { Description = "13a, none, intl or char.", DefaultValueFactory = _ => "13a" };
        var smooth = new Option<string>("--smooth") { Description = "exp, floor, add-k or none.", DefaultValueFactory = _ => "exp" };
        var smoothValue = new Option<double?>("--smooth-value") { Description = "The value of floor (default 0.1) or add-k (default 1)." };
        var lowercase = new Option<bool>("--lowercase") { Description = "Ignore case." };
        var json = Options.Json();
        var command = new Command("bleu", "Corpus BLEU, as sacrebleu computes it.") { predictions, references, tokenize, smooth, smoothValue, lowercase, json };
        comparison.AddTo(command);
        command.SetAction(result =>
        {
            var asked = comparison.Read(result);
            var files = TextLines.ReadAligned([result.GetValue(predictions)!, .. result.GetValue(references)!, .. asked is null ? [] : new[] { asked.Baseline }]);
            var bleu = new Bleu
            {
                Tokenizer = BleuTokenizer.Named(result.GetValue(tokenize)!),
                Smoothing = BleuSmoothing.Named(result.GetValue(smooth)!, result.GetValue(smoothValue)),
                Lowercase = result.GetValue(lowercase),
            };
            var streams = files.Skip(1).Take(result.GetValue(references)!.Length).ToList();
            var statistics = bleu.Statistics(files[0], streams);
            var score = bleu.Score(statistics.Aggregate((sum, line) => sum + line));
            var compared = asked is null
                ? null
                : Comparison.Of(SufficientStatistics.Of(bleu, statistics), SufficientStatistics.Of(bleu, bleu.Statistics(files[^1], streams)), asked.Trials, asked.Seed);
            if (!result.GetValue(json))
            {
                Console.WriteLine(score);
                Console.Write(compared?.ToText("BLEU"));
                return;
            }

            var printed = new JsonObject
            {
                ["bleu"] = score.Score,
                ["precisions"] = JsonSerializer.SerializeToNode(score.Precisions),
                ["matches"] = JsonSerializer.SerializeToNode(score.Matches),
                ["totals"] = JsonSerializer.SerializeToNode(score.Totals),
                ["brevityPenalty"] = score.BrevityPenalty,
                ["hypothesisLength"] = score.HypothesisLength,
                ["referenceLength"] = score.ReferenceLength,
                ["tokenize"] = bleu.Tokenizer.Name,
                ["smooth"] = bleu.Smoothing.Name,
                ["lines"] = files[0].Count,
            };
            foreach (var (name, value) in compared?.ToJson() ?? [])
            {
                printed[name] = value?.DeepClone();
            }

            Options.PrintJson(printed);
        });
        return command;
    }

    private static Command Rouge()
    {
        var predictions = Predictions();
        var comparison = new ComparisonOptions();
        var references = References("References, line by line with the predictions.");
        var stem = new Option<bool>("--stem") { Description = "Stem words (Porter), as the published summarisation scores do." };
        var json = Options.Json();
        var command = new Command("rouge", "ROUGE-1, -2, -L and -Lsum F1, as Google's rouge_score computes them.") { predictions, references, stem, json };
        comparison.AddTo(command);
        command.SetAction(result =>
        {
            if (result.GetValue(references)! is not [var reference])
            {
                throw new UserException($"--references names {result.GetValue(references)!.Length} files; ROUGE takes 1.");
            }

            var asked = comparison.Read(result);
            var files = TextLines.ReadAligned([result.GetValue(predictions)!, reference, .. asked is null ? [] : new[] { asked.Baseline }]);
            var rouge = new Rouge(result.GetValue(stem));
            var scores = Parts(rouge.Scores(files[0], files[1]));
            var compared = asked is null
                ? []
                : Parts(rouge.Scores(files[2], files[1]))
                    .Zip(scores, (baseline, part) => (part.Name, part.Key, Result: Comparison.Of(part.Statistics, baseline.Statistics, asked.Trials, asked.Seed)))
                    .ToList();
            if (!result.GetValue(json))
            {
                Console.WriteLine(string.Join("  ", scores.Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Name} {part.Statistics.CorpusScore:0.00}"))));
                Console.Write(string.Concat(compared.Select(part => part.Result.ToText(part.Name))));
                return;
            }

            var printed = new JsonObject();
            foreach (var part in scores)
            {
                printed[part.Key] = part.Statistics.CorpusScore;
            }

            // The names that `score bleu` prints, each with a value for each score; trials and seed are the same for all.
            foreach (var part in compared)
            {
                foreach (var (name, value) in part.Result.ToJson())
                {
                    var values = printed[name]?.AsObject() ?? [];
                    values[part.Key] = value?.DeepClone();
                    printed[name] = values;
                }
            }

            if (asked is not null)
            {
                (printed["trials"], printed["seed"]) = (asked.Trials, asked.Seed);
            }

            Options.PrintJson(printed);
        });
        return command;
    }

    // 0 to 100.
    private static List<(string Name, string Key, SufficientStatistics Statistics)> Parts(IReadOnlyList<RougeScores> scores)
    {
        (string Name, string Key, Func<RougeScores, RougeScore> Part)[] parts =
        [
            ("ROUGE-1", "rouge1", score => score.Rouge1),
            ("ROUGE-2", "rouge2", score => score.Rouge2),
            ("ROUGE-L", "rougeL", score => score.RougeL),
            ("ROUGE-Lsum", "rougeLsum", score => score.RougeLsum),
        ];
        return [.. parts.Select(part => (part.Name, part.Key, SufficientStatistics.MeanOf([.. scores.Select(score => 100 * part.Part(score).F1)])))];
    }
}
