using System.CommandLine;
using Wgqa.Metrics;

namespace Wgqa.Experiments.Commands;

/// <summary>The options of a comparison with another system's predictions.</summary>
internal sealed class ComparisonOptions
{
    private readonly Option<string?> _baseline = new("--baseline")
    {
        Description = "Another system's predictions, line by line with these: the difference is tested for significance.",
        HelpName = "FILE",
    };

    private readonly Option<int?> _trials = new("--trials") { Description = $"Trials of the tests against --baseline (default {PairedTests.DefaultTrials})." };
    private readonly Option<int?> _seed = new("--seed") { Description = "Seed of those trials (default 1)." };

    public void AddTo(Command command)
    {
        command.Add(_baseline);
        command.Add(_trials);
        command.Add(_seed);
    }

    /// <summary>What is to be compared with; null where nothing is.</summary>
    /// <exception cref="UserException">There are options of a comparison and none is asked for, or too few trials.</exception>
    public Asked? Read(ParseResult result)
    {
        var trials = TaskOptions.AtLeast(1, result.GetValue(_trials), "--trials");
        var seed = result.GetValue(_seed);
        if (result.GetValue(_baseline) is { } baseline)
        {
            return new(baseline, trials ?? PairedTests.DefaultTrials, seed ?? 1);
        }

        return (trials, seed) switch
        {
            (not null, _) => throw new UserException("--trials is given without --baseline, the predictions to compare with."),
            (_, not null) => throw new UserException("--seed is given without --baseline, the predictions to compare with."),
            _ => null,
        };
    }

    /// <summary>A comparison that was asked for.</summary>
    internal sealed record Asked(string Baseline, int Trials, int Seed);
}
