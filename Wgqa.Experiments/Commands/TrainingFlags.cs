using System.CommandLine;
using Wgqa.Training;

namespace Wgqa.Experiments.Commands;

/// <summary>The hyper-parameters that a command line can change; the defaults are the paper's.</summary>
/// <param name="epochs">Whether the data can be counted in passes; a stream of text is not.</param>
internal sealed class TrainingFlags(bool epochs = true)
{
    private readonly Option<int> _epochs = new("--epochs") { Description = "Passes over the training pairs.", DefaultValueFactory = _ => 3 };
    private readonly Option<int?> _steps = new("--steps") { Description = epochs ? "Updates to make, instead of whole epochs." : "Updates to make." };
    private readonly Option<int> _batch = new("--batch") { Description = epochs ? "Pairs per batch." : "Sequences per batch.", DefaultValueFactory = _ => 32 };
    private readonly Option<int?> _batchTokens = new("--batch-tokens") { Description = "Tokens per batch, padding included, instead of pairs: batches of like length.", HelpName = "N" };
    private readonly Option<int> _accumulation = new("--accumulation") { Description = "Batches per update.", DefaultValueFactory = _ => 1 };
    private readonly Option<double> _learningRate = new("--lr") { Description = "Peak learning rate.", DefaultValueFactory = _ => 1e-3 };
    private readonly Option<int> _warmup = new("--warmup") { Description = "Updates over which the learning rate climbs from 0.", DefaultValueFactory = _ => 0 };
    private readonly Option<double> _weightDecay = new("--weight-decay") { Description = "AdamW's weight decay.", DefaultValueFactory = _ => 0.01 };
    private readonly Option<double?> _clip = new("--clip") { Description = "Gradient norm above which gradients are scaled down." };
    private readonly Option<int> _logEvery = new("--log-every") { Description = "Updates per line of metrics.jsonl.", DefaultValueFactory = _ => 10 };
    private readonly Option<int> _validateEvery = new("--validate-every") { Description = "Updates per validation; 0 validates at the end only.", DefaultValueFactory = _ => 0 };
    private readonly Option<int> _checkpointEvery = new("--checkpoint-every") { Description = "Updates per checkpoint.", DefaultValueFactory = _ => 500 };
    private readonly Option<int> _seed = Options.Seed();
    private readonly Option<string> _precision = Options.Precision();

    public void AddTo(Command command)
    {
        Option[] all =
        [
            .. epochs ? [_epochs, _batchTokens] : Array.Empty<Option>(), _steps, _batch, _accumulation, _learningRate, _warmup, _weightDecay, _clip, _logEvery, _validateEvery, _checkpointEvery, _seed, _precision,
        ];
        foreach (var option in all)
        {
            command.Add(option);
        }
    }

    /// <summary>Pairs per batch.</summary>
    public int BatchSize(ParseResult result) => TaskOptions.AtLeast(1, result.GetValue(_batch), "--batch")!.Value;

    /// <summary>Tokens per batch; null where batches are counted in pairs.</summary>
    public int? BatchTokens(ParseResult result) => TaskOptions.AtLeast(1, result.GetValue(_batchTokens), "--batch-tokens");

    /// <summary>The seed.</summary>
    public int Seed(ParseResult result) => result.GetValue(_seed);

    /// <summary>The updates that the command line asks for; null where it does not.</summary>
    public int? Steps(ParseResult result) => TaskOptions.AtLeast(1, result.GetValue(_steps), "--steps");

    /// <summary>The options for a run over so many pairs, in batches of <see cref="BatchSize"/>.</summary>
    public TrainingOptions Training(ParseResult result, int pairs) => Training(result, epochs => (long)epochs * (((pairs - 1) / BatchSize(result)) + 1));

    /// <summary>The options for a run over data that come to a number of batches in a number of epochs.</summary>
    public TrainingOptions Training(ParseResult result, Func<int, long> batches)
    {
        var epochs = TaskOptions.AtLeast(1, result.GetValue(_epochs), "--epochs")!.Value;
        if (Steps(result) is { } steps)
        {
            return ForSteps(result, steps);
        }

        var updates = ((batches(epochs) - 1) / Accumulation(result)) + 1;
        return ForSteps(
            result,
            updates <= int.MaxValue ? (int)updates : throw new UserException($"--epochs is {epochs}, which comes to {updates} updates; there can be {int.MaxValue} at most."));
    }

    /// <summary>The options for a run of so many updates.</summary>
    public TrainingOptions ForSteps(ParseResult result, int steps)
    {
        var options = new TrainingOptions
        {
            Steps = steps,
            Seed = Seed(result),
            Precision = Options.PrecisionNamed(result.GetValue(_precision)!),
            LearningRate = result.GetValue(_learningRate),
            WarmupSteps = result.GetValue(_warmup),
            WeightDecay = result.GetValue(_weightDecay),
            ClipGradientNorm = result.GetValue(_clip),
            Accumulation = Accumulation(result),
            LogEvery = result.GetValue(_logEvery),
            ValidateEvery = result.GetValue(_validateEvery),
            CheckpointEvery = result.GetValue(_checkpointEvery),
        };
        options.Validate();
        return options;
    }

    private int Accumulation(ParseResult result) => TaskOptions.AtLeast(1, result.GetValue(_accumulation), "--accumulation")!.Value;
}
