using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>A method, as its binding describes it.</summary>
public sealed record MethodReport
{
    /// <summary>The method's id.</summary>
    public required string Id { get; init; }

    /// <summary>Its categories.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>Its settings, in one line.</summary>
    public required string Settings { get; init; }

    /// <summary>What the brief expects of it; null where it says nothing.</summary>
    public required ExpectedLatency? Expected { get; init; }

    /// <summary>The reference row whose time is the method's floor; null for none.</summary>
    public required string? Floor { get; init; }

    /// <summary>The reference row whose time is the method's serializer's; null for none.</summary>
    public required string? Serializer { get; init; }
}
