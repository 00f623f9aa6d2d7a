using System.Text.Json;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>A JSON member whose values differ between two documents.</summary>
/// <param name="Name">The member's name, without its parents.</param>
/// <param name="Was">The value in the earlier document, as one line of JSON.</param>
/// <param name="Is">The value in the later document, as one line of JSON.</param>
internal sealed record JsonDifference(string Name, string Was, string Is)
{
    /// <summary>The members in which two documents differ, at any depth. The documents must have the same members.</summary>
    public static IEnumerable<JsonDifference> Between(JsonElement earlier, JsonElement later, string name = "") =>
        JsonElement.DeepEquals(earlier, later) ? []
        : earlier.ValueKind == JsonValueKind.Object && later.ValueKind == JsonValueKind.Object
            ? later.EnumerateObject().SelectMany(member => Between(earlier.GetProperty(member.Name), member.Value, member.Name))
            : [new JsonDifference(name, InOneLine(earlier), InOneLine(later))];

    // Removes the line breaks of indented JSON: a message shows the value in one line.
    private static string InOneLine(JsonElement value) => JsonSerializer.Serialize(value);
}
