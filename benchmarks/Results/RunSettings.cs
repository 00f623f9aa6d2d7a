using System.ComponentModel.DataAnnotations;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>The options of a run, and the commit that it measures.</summary>
public sealed record RunSettings
{
    /// <summary>The accepted range of <c>--launches</c>.</summary>
    public static readonly Bounds<int> LaunchBounds = new(1, 100, "launches");

    /// <summary>The accepted range of <c>--iterations</c>.</summary>
    public static readonly Bounds<int> CallBounds = new(1, 1_000_000, "timed calls a case and launch");

    /// <summary>The profile's name.</summary>
    public required string Profile { get; init; }

    /// <summary>The requested number of launches.</summary>
    [Range(1, double.PositiveInfinity)]
    public required int Launches { get; init; }

    /// <summary>The requested number of calls per pass.</summary>
    [Range(1, double.PositiveInfinity)]
    public required int Calls { get; init; }

    /// <summary>The pass's time limit, in seconds. After it, no call starts.</summary>
    public required double PassLimitSeconds { get; init; }

    /// <summary>The numbers of concurrent callers that are measured in additional passes, ascending; empty if not requested.</summary>
    [Distinct]
    [MaxLength(CallerCounts.MaxCounts)]
    [Range(CallerCounts.Min, CallerCounts.Max)]
    public required IReadOnlyList<int> Callers { get; init; }

    /// <summary>The seed of the random order of the cases.</summary>
    public required int Seed { get; init; }

    /// <summary>The user's thresholds, unchanged.</summary>
    public required IReadOnlyList<string> Thresholds { get; init; }

    /// <summary>The arguments for BenchmarkDotNet.</summary>
    public required IReadOnlyList<string> BenchmarkDotNetArguments { get; init; }

    /// <summary>The URL of a running caller worker that makes the calls; null if the run starts launches instead.</summary>
    public required string? CallerUrl { get; init; }

    /// <summary>The user's file, measured as an additional payload; null if there is none.</summary>
    public required PayloadFileReport? PayloadFile { get; init; }

    /// <summary>When the run started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The measured commit; null if git does not report it.</summary>
    public required string? Commit { get; init; }

    /// <summary>Whether the work tree has uncommitted changes; null if git does not report it.</summary>
    public required bool? Dirty { get; init; }
}
