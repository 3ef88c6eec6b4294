using System.Text.Json.Nodes;

namespace Wgqa.Checkpoints;

/// <summary>The first value in which two JSON documents differ.</summary>
/// <param name="Field">Where it is: <c>training.steps</c>, <c>data[0]</c>.</param>
/// <param name="Was">The first document's value as JSON, or <c>absent</c>.</param>
/// <param name="Wanted">The second document's.</param>
public sealed record JsonDifference(string Field, string Was, string Wanted)
{
    /// <summary>Compares two documents; null where they hold the same, in whatever order their fields come.</summary>
    public static JsonDifference? First(JsonNode? was, JsonNode? wanted)
    {
        var (there, here) = (Leaves(was, ""), Leaves(wanted, ""));
        return here.Keys.Union(there.Keys)
            .Select(field => new JsonDifference(field, there.GetValueOrDefault(field, "absent"), here.GetValueOrDefault(field, "absent")))
            .FirstOrDefault(static each => each.Was != each.Wanted);
    }

    // Every value under a node by its path.
    private static Dictionary<string, string> Leaves(JsonNode? node, string path) => node switch
    {
        JsonObject { Count: > 0 } fields => fields.SelectMany(field => Leaves(field.Value, path.Length == 0 ? field.Key : $"{path}.{field.Key}")).ToDictionary(),
        JsonArray { Count: > 0 } items => items.SelectMany((item, index) => Leaves(item, $"{path}[{index}]")).ToDictionary(),
        _ => new() { [path] = node?.ToJsonString() ?? "null" },
    };
}
