using System.Text.Json;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>A difference between two JSON documents: a member with different values. The value of a missing member is null.</summary>
/// <param name="Name">The member's name, without the names of its parents.</param>
/// <param name="Was">The value in the earlier document, as one line of JSON.</param>
/// <param name="Is">The value in the later document, as one line of JSON.</param>
internal sealed record JsonDifference(string Name, string Was, string Is)
{
    private static readonly JsonElement s_null = JsonSerializer.SerializeToElement<string?>(null);

    /// <summary>
    /// Finds all members, at any depth, whose values differ between two documents.
    /// </summary>
    public static IEnumerable<JsonDifference> Between(JsonElement earlier, JsonElement later, string name = "") =>
        JsonElement.DeepEquals(earlier, later) ? []
        : earlier.ValueKind == JsonValueKind.Object && later.ValueKind == JsonValueKind.Object
            ? later.EnumerateObject().Concat(earlier.EnumerateObject())
                .Select(member => member.Name)
                .Distinct()
                .SelectMany(member => Between(Member(earlier, member), Member(later, member), member))
            : [new JsonDifference(name, InOneLine(earlier), InOneLine(later))];

    private static JsonElement Member(JsonElement document, string name) =>
        document.TryGetProperty(name, out JsonElement value) ? value : s_null;

    // Removes the line breaks of indented JSON, because a message shows the value in one line.
    private static string InOneLine(JsonElement value) => JsonSerializer.Serialize(value);
}
