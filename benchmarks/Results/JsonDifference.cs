using System.Text.Json;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>A difference between two JSON documents: a member with different values.</summary>
/// <param name="Name">The member's name, without the names of its parents.</param>
/// <param name="Was">The value in the earlier document, as one line of JSON.</param>
/// <param name="Is">The value in the later document, as one line of JSON.</param>
internal sealed record JsonDifference(string Name, string Was, string Is)
{
    /// <summary>
    /// Finds all members, at any depth, whose values differ between two documents. Both documents must have the same members.
    /// </summary>
    public static IEnumerable<JsonDifference> Between(JsonElement earlier, JsonElement later, string name = "") =>
        JsonElement.DeepEquals(earlier, later) ? []
        : earlier.ValueKind == JsonValueKind.Object && later.ValueKind == JsonValueKind.Object
            ? later.EnumerateObject().SelectMany(member => Between(earlier.GetProperty(member.Name), member.Value, member.Name))
            : [new JsonDifference(name, InOneLine(earlier), InOneLine(later))];

    // Removes the line breaks of indented JSON, because a message shows the value in one line.
    private static string InOneLine(JsonElement value) => JsonSerializer.Serialize(value);
}
