using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Wgqa.Checkpoints;
using Wgqa.Experiments.Recipes;
using Wgqa.Training;

namespace Wgqa.Experiments.Sweeps;

/// <summary>One task of a sweep: what is read, and how each variant is trained and evaluated on it.</summary>
internal sealed record SweepTask
{
    /// <summary>The name that its folders carry.</summary>
    public required string Name { get; init; }

    /// <summary>Kind, prefix, lengths and metric.</summary>
    public required TextTask Task { get; init; }

    /// <summary>The data as the user named it.</summary>
    public required string Data { get; init; }

    /// <summary>Training pairs.</summary>
    public required int Pairs { get; init; }

    /// <summary>Held-out pairs that scores are computed on.</summary>
    public required int TestPairs { get; init; }

    /// <summary>Pairs per training batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Beams when generating.</summary>
    public int Beams { get; init; } = 1;

    /// <summary>Texts generated together.</summary>
    public int EvaluationBatch { get; init; } = 32;

    /// <summary>What scores depend on beside the model: how many test pairs and which, and with how many beams.</summary>
    public required string EvaluatedOn { get; init; }

    /// <summary>Hyper-parameters of fine-tuning; each cell has its own seed in place of this one's.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>Training on plain text before that; null where there is none.</summary>
    public SweepUptraining? Uptraining { get; init; }

    /// <summary>What a trained cell depends on: everything but the test.</summary>
    public JsonObject WhatTrains()
    {
        var json = JsonSerializer.SerializeToNode(this with { EvaluatedOn = "", TestPairs = 0, Beams = 1, EvaluationBatch = 1 }, SweepPlan.Json)!.AsObject();
        RemoveSeeds(json);
        return json;
    }

    /// <summary>Removes from a task's JSON the seeds, of which each cell has its own.</summary>
    internal static void RemoveSeeds(JsonObject task)
    {
        foreach (var training in new[] { task["training"], task["uptraining"]?["training"] })
        {
            training?.AsObject().Remove("seed");
        }
    }
}

/// <summary>One cell of a sweep: a task, a variant and a seed.</summary>
/// <param name="Task">The task's name.</param>
/// <param name="Variant">The variant's name.</param>
/// <param name="Seed">Where all of the run's randomness comes from.</param>
internal sealed record CellKey(string Task, string Variant, long Seed)
{
    /// <summary>The cell in one word.</summary>
    public string Path => $"{Task}/{Variant}/{Seed}";
}

/// <summary>What a sweep was asked for, as <c>sweep.json</c> keeps it: every variant with every seed on every task.</summary>
internal sealed record SweepPlan
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>The format of the folder.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The preset that the sweep follows, with its version; null where all was written by hand.</summary>
    public string? Recipe { get; init; }

    /// <summary>The multi-head model's folder.</summary>
    public required string Model { get; init; }

    /// <summary>The tasks, in the order of the table.</summary>
    public required IReadOnlyList<SweepTask> Tasks { get; init; }

    /// <summary>The variants' names, in the order of the table.</summary>
    public required IReadOnlyList<string> Variants { get; init; }

    /// <summary>The seeds.</summary>
    public required IReadOnlyList<long> Seeds { get; init; }

    /// <summary>Where to compute.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>What of the recipe was made smaller, in words; null where nothing was.</summary>
    public IReadOnlyList<string>? Scaled { get; init; }

    /// <summary>All cells, in the order in which they are run: every variant once before a second seed begins, so that an early look compares them.</summary>
    [JsonIgnore]
    public IReadOnlyList<CellKey> Cells =>
        [.. Seeds.SelectMany(seed => Tasks.SelectMany(task => Variants.Select(variant => new CellKey(task.Name, variant, seed))))];

    /// <summary>A cell in words: without the task where there is one only, and without the seed where there is one only.</summary>
    public string Words(CellKey cell) => string.Join(", ", new[] { Tasks.Count > 1 ? cell.Task : "", cell.Variant, Seeds.Count > 1 ? $"seed {cell.Seed}" : "" }.Where(word => word.Length > 0));

    /// <summary>Reads <c>sweep.json</c>.</summary>
    /// <exception cref="UserException">There is none, or it is no sweep's.</exception>
    public static SweepPlan Read(string file)
    {
        if (!File.Exists(file))
        {
            throw new UserException($"{file} does not exist; a sweep's folder has one.");
        }

        try
        {
            return JsonSerializer.Deserialize<SweepPlan>(File.ReadAllText(file), Json) ?? throw new JsonException("it is null");
        }
        catch (JsonException error)
        {
            throw new UserException($"{file} was not written by a sweep: {error.Message}", error);
        }
    }

    /// <summary>Writes <c>sweep.json</c>.</summary>
    public void Write(string file)
    {
        var json = JsonSerializer.SerializeToNode(this, Json)!.AsObject();
        foreach (var task in json["tasks"]!.AsArray())
        {
            SweepTask.RemoveSeeds(task!.AsObject());
        }

        CompleteFile.Write(file, json.ToJsonString(Json) + "\n");
    }
}
