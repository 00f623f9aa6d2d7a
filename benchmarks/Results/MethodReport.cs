using System.Text.Json.Serialization;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>The description of a measured method.</summary>
public sealed record MethodReport
{
    /// <summary>The method's id.</summary>
    public required string Id { get; init; }

    /// <summary>The categories of the method. They are listed in <see cref="MethodTags"/>.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>The settings of the method, in one line.</summary>
    public required string Settings { get; init; }

    /// <summary>The latency that the project's brief expects of the method. Null if the brief expects none.</summary>
    public required ExpectedLatency? Expected { get; init; }

    /// <summary>
    /// The id of the reference that only moves the method's bytes. Null if there is no such reference. It is no lower bound, despite the
    /// member's name, which older reports have.
    /// </summary>
    public required string? Floor { get; init; }

    /// <summary>How far apart caller and runtime may be. Null in reports of older programs, and for a method without a channel.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MethodReach? Reach { get; init; }

    /// <summary>The id of the reference that only encodes and decodes the method's values. Null if there is no such reference.</summary>
    public required string? Serializer { get; init; }
}
