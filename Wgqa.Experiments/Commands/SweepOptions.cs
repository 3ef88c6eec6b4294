using System.CommandLine;
using System.Globalization;
using Wgqa.Data;
using Wgqa.Experiments.Recipes;
using Wgqa.Experiments.Sweeps;
using Wgqa.Models;
using Wgqa.Training;

namespace Wgqa.Experiments.Commands;

/// <summary>The options that say what a sweep consists of: by hand, or a recipe with what is written beside it.</summary>
internal sealed class SweepOptions
{
    private readonly Option<string?> _model = Optional(Options.Model());
    private readonly Option<string?> _recipe = new("--recipe") { Description = "A paper's experiment, or a JSON file in the same form; `recipes` lists and prints them.", HelpName = "NAME" };
    private readonly Option<string?> _variants = new("--variants") { Description = "paper (the fifteen rows of Table 1; the default without a recipe), all, or names separated by commas." };
    private readonly Option<string?> _seeds = new("--seeds") { Description = "Run every variant with each of these seeds: 1,2,3 or 1-5. Instead of --seed.", HelpName = "LIST" };
    private readonly Option<string[]> _test = new("--test") { Description = "Pairs that scores are computed on, TASK=DATA where there are several tasks; the test split where --data is a folder.", HelpName = "DATA" };
    private readonly Option<int?> _testLimit = new("--test-limit") { Description = "Use only the first N test pairs." };
    private readonly Option<int?> _beams = new("--beams") { Description = "Beams when evaluating; 1 is greedy." };
    private readonly Option<double> _scale = new("--scale") { Description = "With a recipe: the share of its pairs, and of its uptraining, to use.", DefaultValueFactory = _ => 1 };
    private readonly Option<string?> _text = new("--text") { Description = "Plain text for a recipe's uptraining: a file or a folder of them.", HelpName = "TEXT" };
    private readonly Option<int?> _of = new("--of") { Description = "Updates of the pretraining that a recipe's uptraining is a share of; known for a model that `pretrain` made.", HelpName = "STEPS" };
    private readonly Option<string> _device = Options.Device();
    private readonly TaskOptions _task = new(dataIsRequired: false);
    // Counted in tokens, an epoch would have a number of updates that depends on the seed.
    private readonly TrainingFlags _training = new(oneRun: false);

    public void AddTo(Command command)
    {
        Option[] all = [_model, _recipe, _variants, _seeds, _test, _testLimit, _beams, _scale, _text, _of, _device];
        foreach (var option in all)
        {
            command.Add(option);
        }

        _task.AddTo(command);
        _training.AddTo(command);
    }

    /// <summary>What is asked for, and the texts by the task's name.</summary>
    /// <exception cref="UserException">Something is missing, or does not go together.</exception>
    public (SweepPlan Plan, IReadOnlyDictionary<string, TaskData> Data) Read(ParseResult result)
    {
        var model = Path.TrimEndingDirectorySeparator(Path.GetFullPath(result.GetValue(_model) ?? throw new UserException("Option '--model' is required.")));
        var specs = Named(_task.DataSpecs(result), "--data") ?? throw new UserException("Option '--data' is required.");
        var tests = Named(result.GetValue(_test) ?? [], "--test") ?? [];
        var recipe = result.GetValue(_recipe) is { } name ? Recipe.Find(name) : null;
        RequireRecipesOptions(result, recipe);
        var changes = new List<string>();
        var (tasks, data) = recipe is null ? ByHand(result, specs, tests) : Of(result, recipe, model, specs, tests, changes);
        var variants = Variants(result, recipe, model, changes);
        return (new()
        {
            Recipe = recipe is null ? null : $"{recipe.Name}, version {recipe.Version}",
            Model = model,
            Variants = variants,
            Seeds = Seeds(result, recipe, changes),
            Tasks = tasks,
            Device = result.GetValue(_device)!,
            Scaled = changes.Count > 0 ? changes : null,
        }, data);
    }

    /// <summary>Steps of each cell's training to measure; null where none are.</summary>
    public int? ProfiledSteps(ParseResult result) => _training.ProfiledSteps(result);

    private static Option<string?> Optional(Option<string> option) => new(option.Name) { Description = option.Description, HelpName = option.HelpName };

    private (IReadOnlyList<SweepTask> Tasks, IReadOnlyDictionary<string, TaskData> Data) ByHand(ParseResult result, Dictionary<string, string> specs, Dictionary<string, string> tests)
    {
        var kind = _task.Task(result);
        var tasks = new List<SweepTask>();
        var data = new Dictionary<string, TaskData>();
        RequireKnown(tests, specs.Keys);
        var limit = _task.Limit(result);
        foreach (var (name, spec) in specs)
        {
            var named = name.Length > 0 ? name : kind.Name;
            var texts = new TaskData(_task.Pairs(result, spec, "train", limit), TestPairs(result, name, spec, tests, null));
            var beams = Beams(result) ?? 1;
            data.Add(named, texts);
            tasks.Add(new()
            {
                Name = named,
                Task = kind,
                Data = spec,
                Pairs = texts.Train.Count,
                TestPairs = texts.Test.Count,
                EvaluatedOn = texts.EvaluatedOn(beams),
                BatchSize = _training.BatchSize(result),
                Beams = beams,
                Training = _training.Training(result, texts.Train.Count),
            });
        }

        return (tasks, data);
    }

    private (IReadOnlyList<SweepTask> Tasks, IReadOnlyDictionary<string, TaskData> Data) Of(
        ParseResult result, Recipe recipe, string model, Dictionary<string, string> specs, Dictionary<string, string> tests, List<string> changes)
    {
        var names = recipe.Tasks.Select(task => task.Name).ToArray();
        if (specs.ContainsKey("") && names.Length > 1)
        {
            throw new UserException($"{recipe.Name} has the tasks {string.Join(", ", names)}; --data has to name one for each of its data, as in --data {names[0]}=PATH.");
        }

        RequireKnown(specs, names);
        RequireKnown(tests, names);
        var tasks = new List<SweepTask>();
        var data = new Dictionary<string, TaskData>();
        foreach (var planned in recipe.Tasks)
        {
            var name = specs.ContainsKey("") ? "" : planned.Name;
            if (!specs.TryGetValue(name, out var spec))
            {
                changes.Add($"{planned.Name}: left out, there are no data for it");
                continue;
            }

            var task = _training.Over(result, planned, changes);
            var kind = _task.Over(result, task.ToTask());
            if (kind != task.ToTask())
            {
                changes.Add($"{task.Name}: at most {kind.MaxSourceTokens} source and {kind.MaxTargetTokens} target tokens with the prefix '{kind.Prefix}' instead of {task.MaxSourceTokens} and {task.MaxTargetTokens} with '{task.Prefix}'");
            }

            var texts = Texts(result, task, name, spec, tests, changes);
            var beams = Beams(result) ?? task.Beams;
            if (beams != task.Beams)
            {
                changes.Add($"{task.Name}: --beams {beams} instead of {task.Beams}");
            }

            var training = task.Training.ToOptions(task.Steps ?? TrainingFlags.Updates(task.Epochs!.Value, (long)task.Epochs.Value * (((texts.Train.Count - 1) / task.BatchSize) + 1), task.Training.Accumulation));
            training.Validate();
            var plain = new SweepTask
            {
                Name = task.Name,
                Task = kind,
                Data = spec,
                Pairs = texts.Train.Count,
                TestPairs = texts.Test.Count,
                EvaluatedOn = texts.EvaluatedOn(beams),
                BatchSize = task.BatchSize,
                Beams = beams,
                EvaluationBatch = task.EvaluationBatch,
                Training = training,
            };
            foreach (var each in Uptrained(result, recipe, model, plain, changes))
            {
                tasks.Add(each);
                data.Add(each.Name, texts);
            }
        }

        return tasks.Count > 0 ? (tasks, data) : throw new UserException($"--data names none of the tasks of {recipe.Name}.");
    }

    private TaskData Texts(ParseResult result, RecipeTask task, string name, string spec, Dictionary<string, string> tests, List<string> changes)
    {
        var scale = Scale(result);
        var train = _task.Pairs(result, spec, "train", _task.Limit(result) ?? Scaled(task.TrainingPairs, scale));
        var test = TestPairs(result, name, spec, tests, Scaled(task.TestPairs, scale));

        // Where the recipe leaves the number open, the scale is of what the data have.
        train = task.TrainingPairs is null && _task.Limit(result) is null ? [.. train.Take(Scaled(train.Count, scale)!.Value)] : train;
        test = task.TestPairs is null && result.GetValue(_testLimit) is null ? [.. test.Take(Scaled(test.Count, scale)!.Value)] : test;
        Say(train.Count, task.TrainingPairs, "training");
        Say(test.Count, task.TestPairs, "test");
        return new(train, test);

        void Say(int used, int? planned, string what)
        {
            if (planned is { } all && used != all)
            {
                changes.Add(string.Create(CultureInfo.InvariantCulture, $"{task.Name}: {used:N0} of {all:N0} {what} pairs{(scale < 1 ? $" (--scale {scale})" : "")}"));
            }
            else if (planned is null && scale < 1)
            {
                changes.Add(string.Create(CultureInfo.InvariantCulture, $"{task.Name}: {used:N0} {what} pairs (--scale {scale})"));
            }
        }
    }

    private IEnumerable<SweepTask> Uptrained(ParseResult result, Recipe recipe, string model, SweepTask task, List<string> changes)
    {
        if (recipe.Uptraining is not { } uptraining)
        {
            yield return task;
            yield break;
        }

        var text = result.GetValue(_text);
        if (text is null && uptraining.Shares.Any(share => share > 0))
        {
            throw new UserException($"{recipe.Name} trains converted models on plain text; --text has to name it.");
        }

        var own = TaskOptions.AtLeast(1, result.GetValue(_of), "--of") ?? RunFolder.SummaryBeside(model)?.Steps;
        var steps = own ?? Scaled(uptraining.PretrainingSteps, Scale(result))!.Value;
        if (steps != uptraining.PretrainingSteps)
        {
            changes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{task.Name}: uptraining is a share of {steps:N0} updates{(own is null ? $" (--scale {Scale(result)})" : result.GetValue(_of) is null ? ", the model's own pretraining," : "")} instead of {uptraining.PretrainingSteps:N0}"));
        }

        foreach (var share in uptraining.Shares)
        {
            yield return task with
            {
                Name = string.Create(CultureInfo.InvariantCulture, $"{task.Name}-uptrained-{share}"),
                Uptraining = share == 0 ? null : new()
                {
                    Share = share,
                    PretrainingSteps = steps,
                    Text = text!,
                    Corruption = new() { NoiseDensity = uptraining.NoiseDensity, MeanSpanLength = uptraining.MeanSpanLength },
                    InputLength = uptraining.InputLength,
                    BatchSize = uptraining.BatchSize,
                    Training = uptraining.Training.ToOptions(Math.Max(1, (int)Math.Round(share * steps))),
                },
            };
        }
    }

    private IReadOnlyList<string> Variants(ParseResult result, Recipe? recipe, string model, List<string> changes)
    {
        var words = result.GetValue(_variants) ?? (recipe is null ? "paper" : string.Join(',', recipe.Variants));
        if (recipe is not null && result.GetValue(_variants) is { } written)
        {
            changes.Add($"--variants {written} instead of {string.Join(",", recipe.Variants)}");
        }

        var chosen = PaperTable.Select(words);
        if (words != "all" && recipe is not { LeaveOutUnfit: true })
        {
            return [.. chosen.Select(variant => variant.Info.Name)];
        }

        var config = T5ConfigFile.Load(model);
        var fitting = new List<string>();
        foreach (var variant in chosen)
        {
            if (VariantFit.Obstacle(variant, config) is { } obstacle)
            {
                changes.Add($"{variant.Info.Name} is left out: {obstacle.TrimEnd('.')}");
            }
            else
            {
                fitting.Add(variant.Info.Name);
            }
        }

        return fitting.Count > 0 ? fitting : throw new UserException($"{model} has {config.Heads} heads, and none of the variants fits.");
    }

    private IReadOnlyList<long> Seeds(ParseResult result, Recipe? recipe, List<string> changes)
    {
        var seeds = result.GetValue(_seeds) is { } list ? SeedList.Parse(list) : _training.SeedIsWritten(result) || recipe is null ? [_training.Seed(result)] : recipe.Seeds;
        if (recipe is not null && !seeds.SequenceEqual(recipe.Seeds))
        {
            changes.Add($"the seeds {string.Join(", ", seeds)} instead of {string.Join(", ", recipe.Seeds)}");
        }

        return seeds;
    }

    private IReadOnlyList<TextPair> TestPairs(ParseResult result, string name, string spec, Dictionary<string, string> tests, int? planned)
    {
        var limit = TaskOptions.AtLeast(1, result.GetValue(_testLimit), "--test-limit") ?? planned;
        return tests.TryGetValue(name, out var test)
            ? _task.Pairs(result, test, "test", limit)
            : _task.SplitOfFolder(result, spec, "test", limit)
                ?? throw new UserException($"--test is missing: --data {(name.Length > 0 ? $"{name}={spec}" : spec)} is not a folder with a test split.");
    }

    private int? Beams(ParseResult result) => TaskOptions.AtLeast(1, result.GetValue(_beams), "--beams");

    private double Scale(ParseResult result)
    {
        var scale = result.GetValue(_scale);
        return scale is > 0 and <= 1 ? scale : throw new UserException(string.Create(CultureInfo.InvariantCulture, $"--scale is {scale}; it must be more than 0 and at most 1."));
    }

    private static int? Scaled(int? number, double scale) => number is { } all ? Math.Max(1, (int)Math.Ceiling(all * scale)) : null;

    private void RequireRecipesOptions(ParseResult result, Recipe? recipe)
    {
        if (recipe is null && new Option[] { _scale, _text, _of }.FirstOrDefault(option => result.GetResult(option) is { Implicit: false }) is { } alone)
        {
            throw new UserException($"{alone.Name} belongs to --recipe, which is missing.");
        }

        if (recipe is not null && _task.KindIsWritten(result))
        {
            throw new UserException($"--task does not go with --recipe: {recipe.Name} says what its tasks are.");
        }
    }

    private static void RequireKnown(Dictionary<string, string> given, IEnumerable<string> names)
    {
        if (given.Keys.FirstOrDefault(name => name.Length > 0 && !names.Contains(name)) is { } unknown)
        {
            throw new UserException($"'{unknown}' is none of the tasks, which are {string.Join(", ", names.Select(name => name.Length > 0 ? name : "without a name"))}.");
        }
    }

    // Words such as NAME=PATH by name; all words without one are one, the empty name's.
    private static Dictionary<string, string>? Named(IReadOnlyList<string> words, string option)
    {
        if (words.Count == 0)
        {
            return null;
        }

        var named = new Dictionary<string, string>();
        foreach (var word in words)
        {
            var at = File.Exists(word) || Directory.Exists(word) ? -1 : word.IndexOf('=', StringComparison.Ordinal);
            if (at > 0)
            {
                Recipe.RequireTaskName(word[..at]);
            }

            var name = at > 0 ? word[..at] : "";
            var path = word[(at + 1)..];
            if (!named.TryAdd(name, path))
            {
                named[name] = name.Length == 0 ? $"{named[name]},{path}" : throw new UserException($"{option} names the data of {name} twice.");
            }
        }

        return named.Count == 1 || !named.ContainsKey("") ? named : throw new UserException($"{option} '{named[""]}' names no task, and others do; write TASK=DATA for each.");
    }
}
