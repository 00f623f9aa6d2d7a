using System.Text.Json;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>A member that two JSON documents of one form have differently.</summary>
/// <param name="Name">The member's own name.</param>
/// <param name="Was">Its value in the earlier one, as JSON in one line.</param>
/// <param name="Is">Its value in the later one, likewise.</param>
internal sealed record JsonDifference(string Name, string Was, string Is)
{
    /// <summary>The members, at whatever depth, in which two documents differ.</summary>
    public static IEnumerable<JsonDifference> Between(JsonElement earlier, JsonElement later, string name = "") =>
        JsonElement.DeepEquals(earlier, later) ? []
        : earlier.ValueKind == JsonValueKind.Object && later.ValueKind == JsonValueKind.Object
            ? later.EnumerateObject().SelectMany(member => Between(earlier.GetProperty(member.Name), member.Value, member.Name))
            : [new JsonDifference(name, InOneLine(earlier), InOneLine(later))];

    // A document that was written to be read has its lists in a line an item; a message has one line.
    private static string InOneLine(JsonElement value) => JsonSerializer.Serialize(value);
}
