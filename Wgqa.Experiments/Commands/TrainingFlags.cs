using System.CommandLine;
using System.Globalization;
using Wgqa.Data;
using Wgqa.Experiments.Recipes;
using Wgqa.Training;

namespace Wgqa.Experiments.Commands;

/// <summary>The hyper-parameters that a command line can change; the defaults are the paper's.</summary>
/// <param name="epochs">Whether the data can be counted in passes; a stream of text is not.</param>
/// <param name="oneRun">Whether the command is a single run, which can have its batches counted in tokens.</param>
internal sealed class TrainingFlags(bool epochs = true, bool oneRun = true)
{
    private const int StepsByDefault = 10;

    private readonly Option<int> _epochs = new("--epochs") { Description = "Passes over the training pairs.", DefaultValueFactory = _ => 3 };
    private readonly Option<int?> _steps = new("--steps") { Description = epochs ? "Updates to make, instead of whole epochs." : "Updates to make." };
    private readonly Option<int> _batch = new("--batch") { Description = epochs ? "Pairs per batch." : "Sequences per batch.", DefaultValueFactory = _ => 32 };
    private readonly Option<int?> _batchTokens = new("--batch-tokens") { Description = "Tokens per batch, padding included, instead of pairs: texts of similar length go together.", HelpName = "N" };
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

    private readonly Option<int?> _profile = new("--profile")
    {
        Description = "Say where a step's time goes, measured over N steps (default 10).",
        HelpName = "N",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public void AddTo(Command command)
    {
        Option[] all =
        [
            .. epochs ? [_epochs] : Array.Empty<Option>(), .. epochs && oneRun ? [_batchTokens] : Array.Empty<Option>(), _steps, _batch, _accumulation, _learningRate, _warmup, _weightDecay, _clip, _logEvery, _validateEvery, _checkpointEvery, _seed, _precision, _profile,
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

    /// <summary>Whether the command line says which.</summary>
    public bool SeedIsWritten(ParseResult result) => result.GetResult(_seed) is { Implicit: false };

    /// <summary>Steps to measure; null where none are.</summary>
    public int? ProfiledSteps(ParseResult result) => result.GetResult(_profile) is null ? null : TaskOptions.AtLeast(1, result.GetValue(_profile) ?? StepsByDefault, "--profile");

    /// <summary>What measures the run's steps; null where nothing is to be measured.</summary>
    public StepProfile? Profile(ParseResult result, IProgressDisplay display) => ProfiledSteps(result) is { } steps
        ? new(steps, measured =>
        {
            foreach (var line in measured?.Lines() ?? ["--profile: the run made no more than its first three steps, which are not measured"])
            {
                display.Say(line);
            }
        })
        : null;

    /// <summary>The updates that the command line asks for; null where it does not.</summary>
    public int? Steps(ParseResult result) => TaskOptions.AtLeast(1, result.GetValue(_steps), "--steps");

    /// <summary>The options for a run over so many pairs, in batches of <see cref="BatchSize"/>.</summary>
    public TrainingOptions Training(ParseResult result, int pairs) => Training(result, epochs => (long)epochs * BatchPlan.Batches(pairs, BatchSize(result)));

    /// <summary>The options for a run over data that come to a number of batches in a number of epochs.</summary>
    public TrainingOptions Training(ParseResult result, Func<int, long> batches)
    {
        var epochs = TaskOptions.AtLeast(1, result.GetValue(_epochs), "--epochs")!.Value;
        return ForSteps(result, Steps(result) ?? Updates(epochs, batches(epochs), Accumulation(result)));
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

    /// <summary>A recipe's task with what the command line writes, each difference added to <paramref name="changes"/> in words.</summary>
    public RecipeTask Over(ParseResult result, RecipeTask task, List<string> changes)
    {
        var training = task.Training with
        {
            Precision = Options.PrecisionNamed(Written(_precision, task.Training.Precision.ToString().ToLowerInvariant())!),
            LearningRate = Written(_learningRate, task.Training.LearningRate),
            WarmupSteps = Written(_warmup, task.Training.WarmupSteps),
            WeightDecay = Written(_weightDecay, task.Training.WeightDecay),
            ClipGradientNorm = Written(_clip, task.Training.ClipGradientNorm),
            Accumulation = Written(_accumulation, task.Training.Accumulation),
            LogEvery = Written(_logEvery, task.Training.LogEvery),
            ValidateEvery = Written(_validateEvery, task.Training.ValidateEvery),
            CheckpointEvery = Written(_checkpointEvery, task.Training.CheckpointEvery),
        };
        var steps = Written(_steps, task.Steps);
        var passes = Written(_epochs, task.Epochs ?? 0);
        return task with
        {
            BatchSize = Written(_batch, task.BatchSize),
            Steps = IsWritten(_epochs) && !IsWritten(_steps) ? null : steps,
            Epochs = steps is not null && !IsWritten(_epochs) ? null : passes,
            Training = training,
        };

        bool IsWritten(Option option) => result.GetResult(option) is { Implicit: false };

        T Written<T>(Option<T> option, T planned)
        {
            if (!IsWritten(option))
            {
                return planned;
            }

            var written = result.GetValue(option)!;
            if (!Equals(written, planned))
            {
                changes.Add(string.Create(CultureInfo.InvariantCulture, $"{task.Name}: {option.Name} {written} instead of {(object?)planned ?? "none"}"));
            }

            return written;
        }
    }

    /// <summary>The updates that so many epochs come to, in so many batches.</summary>
    /// <exception cref="UserException">They are more than can be counted.</exception>
    public static int Updates(int epochs, long batches, int accumulation)
    {
        var updates = ((batches - 1) / accumulation) + 1;
        return updates <= int.MaxValue ? (int)updates : throw new UserException($"--epochs is {epochs}, which comes to {updates} updates; there can be {int.MaxValue} at most.");
    }

    private int Accumulation(ParseResult result) => TaskOptions.AtLeast(1, result.GetValue(_accumulation), "--accumulation")!.Value;
}
