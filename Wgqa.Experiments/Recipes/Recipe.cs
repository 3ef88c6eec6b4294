using System.Text.Json;
using System.Text.Json.Serialization;
using Wgqa.Training;

namespace Wgqa.Experiments.Recipes;

/// <summary>An experiment of a paper as a preset, every hyper-parameter written out: an embedded JSON file, or one of the user's in the same form.</summary>
internal sealed record Recipe
{
    private const string Prefix = "recipe:";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>The name by which commands know it.</summary>
    public required string Name { get; init; }

    /// <summary>Raised whenever a number in it changes.</summary>
    public required int Version { get; init; }

    /// <summary>One sentence: what is compared.</summary>
    public required string About { get; init; }

    /// <summary>The paper, with the table or figure.</summary>
    public required string Source { get; init; }

    /// <summary>The shape of the paper's model; any multi-head model may take its place.</summary>
    public required string Model { get; init; }

    /// <summary>The variants, in the order of the table.</summary>
    public required IReadOnlyList<string> Variants { get; init; }

    /// <summary>Whether variants that do not fit the model's heads are left out, and said to be, instead of refused.</summary>
    public required bool LeaveOutUnfit { get; init; }

    /// <summary>The seeds.</summary>
    public required IReadOnlyList<long> Seeds { get; init; }

    /// <summary>The tasks, in the order of the table.</summary>
    public required IReadOnlyList<RecipeTask> Tasks { get; init; }

    /// <summary>Training on plain text between conversion and fine-tuning; null where there is none.</summary>
    public required RecipeUptraining? Uptraining { get; init; }

    /// <summary>What the paper leaves open, and what is done here.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The presets' names, in order.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. typeof(Recipe).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(name => name[Prefix.Length..]).Order(StringComparer.Ordinal)];

    /// <summary>A preset by its name, or a recipe in a JSON file.</summary>
    /// <exception cref="UserException">There is neither, or the file is no recipe.</exception>
    public static Recipe Find(string nameOrFile) => Parse(Text(nameOrFile), nameOrFile);

    /// <summary>The JSON of a preset, or of a file.</summary>
    /// <exception cref="UserException">There is neither.</exception>
    public static string Text(string nameOrFile)
    {
        if (Names.Contains(nameOrFile))
        {
            using var reader = new StreamReader(typeof(Recipe).Assembly.GetManifestResourceStream(Prefix + nameOrFile)!);
            return reader.ReadToEnd();
        }

        return File.Exists(nameOrFile)
            ? File.ReadAllText(nameOrFile)
            : throw new UserException($"'{nameOrFile}' is neither a recipe nor a file; the recipes are {string.Join(", ", Names)}.");
    }

    /// <summary>Reads a recipe's JSON.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">Where it is from, for messages.</param>
    /// <exception cref="UserException">A field is missing, unknown or out of range.</exception>
    public static Recipe Parse(string json, string source)
    {
        try
        {
            var recipe = JsonSerializer.Deserialize<Recipe>(json, Json) ?? throw new JsonException("it is null.");
            recipe.Validate(source);
            return recipe;
        }
        catch (JsonException error)
        {
            throw new UserException($"{source} is no recipe: {error.Message}", error);
        }
    }

    private void Validate(string source)
    {
        Require(Tasks.Count > 0, "tasks", "has no task");
        Require(Variants.Count > 0, "variants", "has no variant");
        Require(Seeds.Count > 0 && Seeds.Distinct().Count() == Seeds.Count, "seeds", "must name each seed once, and one at least");
        Require(Tasks.Select(task => task.Name).Distinct().Count() == Tasks.Count, "tasks", "has two of the same name");
        Require(Uptraining?.Shares is null or { Count: > 0 }, "uptraining.shares", "has no share");
        foreach (var variant in Variants)
        {
            PaperTable.Named(variant);
        }

        foreach (var (index, task) in Tasks.Index())
        {
            var at = $"tasks[{index}]";
            RequireTaskName(task.Name);
            TextTask.Named(task.Kind);
            Require(task.Epochs is > 0 ^ task.Steps is > 0, $"{at}.epochs", "must be at least 1, or null where steps is at least 1");
            Positive(task.MaxSourceTokens, $"{at}.maxSourceTokens");
            Positive(task.MaxTargetTokens, $"{at}.maxTargetTokens");
            Positive(task.TrainingPairs ?? 1, $"{at}.trainingPairs");
            Positive(task.TestPairs ?? 1, $"{at}.testPairs");
            Positive(task.BatchSize, $"{at}.batchSize");
            Positive(task.Beams, $"{at}.beams");
            Positive(task.EvaluationBatch, $"{at}.evaluationBatch");
            task.Training.ToOptions(Math.Max(task.Training.WarmupSteps, 1)).Validate();
        }

        if (Uptraining is { } uptraining)
        {
            Require(uptraining.Shares.All(share => share is >= 0 and <= 1), "uptraining.shares", "must be from 0 to 1");
            Require(uptraining.Shares.Distinct().Count() == uptraining.Shares.Count, "uptraining.shares", "must name each share once");
            Positive(uptraining.PretrainingSteps, "uptraining.pretrainingSteps");
            Positive(uptraining.InputLength, "uptraining.inputLength");
            Positive(uptraining.BatchSize, "uptraining.batchSize");
        }

        void Positive(int value, string field) => Require(value >= 1, field, $"is {value}; it must be at least 1");

        void Require(bool holds, string field, string otherwise)
        {
            if (!holds)
            {
                throw new UserException($"{source}: {field} {otherwise}.");
            }
        }
    }

    /// <summary>Refuses a task's name that makes no folder's.</summary>
    /// <exception cref="UserException">It has other characters than letters, digits, dots, hyphens and underscores, or begins with a dot.</exception>
    public static void RequireTaskName(string name)
    {
        if (name.Length == 0 || name[0] == '.' || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_'))
        {
            throw new UserException($"'{name}' cannot be a task's name; it may have letters, digits, dots, hyphens and underscores, and must not begin with a dot.");
        }
    }
}

/// <summary>One task of a recipe.</summary>
internal sealed record RecipeTask
{
    /// <summary>The name that data are given by.</summary>
    public required string Name { get; init; }

    /// <summary>translation or summarization.</summary>
    public required string Kind { get; init; }

    /// <summary>The words before each source text.</summary>
    public required string Prefix { get; init; }

    /// <summary>The longest source in tokens; what is longer is cut.</summary>
    public required int MaxSourceTokens { get; init; }

    /// <summary>The longest target in tokens, trained on or generated.</summary>
    public required int MaxTargetTokens { get; init; }

    /// <summary>The paper's training pairs; null takes all that the data have.</summary>
    public required int? TrainingPairs { get; init; }

    /// <summary>The paper's test pairs; null takes all.</summary>
    public required int? TestPairs { get; init; }

    /// <summary>Passes over the training pairs; null where <see cref="Steps"/> says how long.</summary>
    public required int? Epochs { get; init; }

    /// <summary>Updates, instead of passes.</summary>
    public required int? Steps { get; init; }

    /// <summary>Pairs per batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Beams when generating; 1 is greedy.</summary>
    public required int Beams { get; init; }

    /// <summary>Texts generated together.</summary>
    public required int EvaluationBatch { get; init; }

    /// <summary>The other hyper-parameters.</summary>
    public required RecipeTraining Training { get; init; }

    /// <summary>What the task feeds a model.</summary>
    public TextTask ToTask() => TextTask.Named(Kind) with { Prefix = Prefix, MaxSourceTokens = MaxSourceTokens, MaxTargetTokens = MaxTargetTokens };
}

/// <summary>Training on plain text for a share of the model's pretraining. Source: Ainslie et al. 2023, section 2.1.</summary>
internal sealed record RecipeUptraining
{
    /// <summary>Shares of the pretraining's updates: each makes every task once more, and 0 goes without.</summary>
    public required IReadOnlyList<double> Shares { get; init; }

    /// <summary>The updates of the paper's pretraining; a model that was pretrained here knows its own.</summary>
    public required int PretrainingSteps { get; init; }

    /// <summary>Ids of every input.</summary>
    public required int InputLength { get; init; }

    /// <summary>Sequences per batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>The share of a text's tokens that are replaced.</summary>
    public required double NoiseDensity { get; init; }

    /// <summary>Tokens of a replaced span, on average.</summary>
    public required double MeanSpanLength { get; init; }

    /// <summary>The other hyper-parameters.</summary>
    public required RecipeTraining Training { get; init; }
}

/// <summary>The hyper-parameters of a recipe: <see cref="TrainingOptions"/> without the number of updates and the seed, none with a default.</summary>
internal sealed record RecipeTraining
{
    public required UpdateRule UpdateRule { get; init; }

    public required Precision Precision { get; init; }

    public required double LearningRate { get; init; }

    public required LearningRateDecay Decay { get; init; }

    public required int WarmupSteps { get; init; }

    public required double WeightDecay { get; init; }

    public required bool DecayNormsAndBiases { get; init; }

    public required double Beta1 { get; init; }

    public required double Beta2 { get; init; }

    public required double Epsilon { get; init; }

    public required double Momentum { get; init; }

    public required double? ClipGradientNorm { get; init; }

    public required int Accumulation { get; init; }

    public required int LogEvery { get; init; }

    public required int ValidateEvery { get; init; }

    public required int CheckpointEvery { get; init; }

    /// <summary>The options of a run of so many updates.</summary>
    public TrainingOptions ToOptions(int steps) => new()
    {
        Steps = steps,
        UpdateRule = UpdateRule,
        Precision = Precision,
        LearningRate = LearningRate,
        Decay = Decay,
        WarmupSteps = WarmupSteps,
        WeightDecay = WeightDecay,
        DecayNormsAndBiases = DecayNormsAndBiases,
        Beta1 = Beta1,
        Beta2 = Beta2,
        Epsilon = Epsilon,
        Momentum = Momentum,
        ClipGradientNorm = ClipGradientNorm,
        Accumulation = Accumulation,
        LogEvery = LogEvery,
        ValidateEvery = ValidateEvery,
        CheckpointEvery = CheckpointEvery,
    };
}
