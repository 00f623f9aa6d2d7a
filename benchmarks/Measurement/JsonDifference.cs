using System.Text.Json;

namespace WorkerRpc.Benchmarks.Measurement;

/// <summary>A member that two JSON documents of one form have differently.</summary>
/// <param name="Name">The member's own name.</param>
/// <param name="Was">Its value in the earlier one, as JSON.</param>
/// <param name="Is">Its value in the later one, as JSON.</param>
internal sealed record JsonDifference(string Name, string Was, string Is)
{
    /// <summary>The members, at whatever depth, in which two documents differ.</summary>
    public static IEnumerable<JsonDifference> Between(JsonElement earlier, JsonElement later, string name = "") =>
        JsonElement.DeepEquals(earlier, later) ? []
        : earlier.ValueKind == JsonValueKind.Object && later.ValueKind == JsonValueKind.Object
            ? later.EnumerateObject().SelectMany(member => Between(earlier.GetProperty(member.Name), member.Value, member.Name))
            : [new JsonDifference(name, earlier.GetRawText(), later.GetRawText())];
}
