using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Wgqa.Experiments.Sweeps;

namespace Wgqa.Experiments.Reports;

/// <summary>What was run and on what, as names and values: everything that <c>sweep.json</c> and the cells' environments say.</summary>
internal static class Conditions
{
    /// <summary>The sweep as a whole.</summary>
    public static IReadOnlyList<(string Name, string Value)> Of(SweepAnalysis sweep) =>
    [
        ("recipe", sweep.Plan.Recipe ?? "none: every setting as given"),
        .. (sweep.Plan.Scaled ?? []).Select(scaled => ("made smaller", scaled)),
        ("multi-head model", Place(sweep.Plan.Model)),
        ("variants", string.Join(", ", sweep.Plan.Variants)),
        ("seeds", string.Join(", ", sweep.Plan.Seeds.Select(seed => seed.ToString(CultureInfo.InvariantCulture)))),
        ("device", sweep.Plan.Device),
        ("training time, all runs together", Numbers.Duration(sweep.Training)),
        .. sweep.Time is { } time
            ? [("first begun, last finished (UTC)", string.Create(CultureInfo.InvariantCulture, $"{time.First.UtcDateTime:yyyy-MM-dd HH:mm}, {time.Last.UtcDateTime:yyyy-MM-dd HH:mm}"))]
            : Array.Empty<(string, string)>(),
        ("tests", $"{Numbers.Count(sweep.Trials)} trials, seed {sweep.Seed}"),
    ];

    /// <summary>One task with every hyper-parameter.</summary>
    public static IReadOnlyList<(string Name, string Value)> Of(SweepTask task)
    {
        var json = JsonSerializer.SerializeToNode(task with { Data = Place(task.Data) }, SweepPlan.Json)!.AsObject();
        ((JsonObject)json["training"]!).Remove("seed");
        json.Remove("name");
        return [.. Flat(json, "")];
    }

    /// <summary>An environment.</summary>
    public static IReadOnlyList<(string Name, string Value)> Of(CellEnvironment environment) =>
    [
        ("version", environment.Version ?? "unknown"),
        ("commit", environment.Commit ?? "unknown"),
        ("libtorch", environment.Torch),
        (".NET", environment.Dotnet),
        ("system", environment.System),
        ("processor", string.Create(CultureInfo.InvariantCulture, $"{environment.Processor}, {environment.Cores} logical cores, {environment.Threads} thread{(environment.Threads == 1 ? "" : "s")} of libtorch")),
        ("device", environment.Device),
    ];

    // A report is passed on: where on somebody's disk a folder lies is nobody else's business.
    private static string Place(string path) => Path.IsPathRooted(path)
        ? string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries).TakeLast(2))
        : path;

    private static IEnumerable<(string, string)> Flat(JsonObject json, string prefix)
    {
        foreach (var (name, value) in json)
        {
            var words = prefix + Words(name);
            if (value is JsonObject inner)
            {
                foreach (var each in Flat(inner, name == "training" ? "" : $"{Words(name)}: "))
                {
                    yield return each;
                }
            }
            else if (value is not null)
            {
                yield return (words, value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString());
            }
        }
    }

    // learningRate → learning rate
    private static string Words(string camelCase) => string.Concat(camelCase.Select(c => char.IsAsciiLetterUpper(c) ? $" {char.ToLowerInvariant(c)}" : $"{c}"));
}
