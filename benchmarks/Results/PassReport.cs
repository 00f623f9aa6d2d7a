using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>One pass: the timed calls of one case in one launch.</summary>
public sealed record PassReport
{
    /// <summary>The limit for a stalled call, in ms: a call is stalled if it takes at least this much longer than the pass's p50.</summary>
    public const int StallMs = 10;

    /// <summary>The launch's number, from 1.</summary>
    [Range(1, double.PositiveInfinity)]
    public required int Launch { get; init; }

    /// <summary>The number of timed calls.</summary>
    [Range(1, double.PositiveInfinity)]
    public required int Calls { get; init; }

    /// <summary>Whether the pass stopped at its time limit before all requested calls were made.</summary>
    public required bool HitTimeLimit { get; init; }

    /// <summary>
    /// Whether the pass stopped before its limits, because its p50, p95 and p99 had narrow sampling intervals. Null, also in reports of
    /// older programs, if the pass continued to a limit.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? EndedEarly { get; init; }

    /// <summary>The durations of all calls, in ticks of the launch's clock: an HdrHistogram in V2 compressed encoding, as base64.</summary>
    [MinLength(1)]
    public required string Histogram { get; init; }

    /// <summary>
    /// The durations of all calls without the function's own time, in ticks, encoded like <see cref="Histogram"/>. Null if they are
    /// unknown.
    /// </summary>
    [MinLength(1)]
    public required string? DelegationHistogram { get; init; }

    /// <summary>
    /// The number of calls that took longer than the histogram's ceiling. The histogram records them with the ceiling's duration.
    /// </summary>
    public required int AboveCeiling { get; init; }

    /// <summary>The mean duration of a call, in ns.</summary>
    public required double MeanNs { get; init; }

    /// <summary>
    /// Whether <see cref="MeanNs"/> was timed from outside: requests of 2N calls less requests of N calls, divided by N. A caller worker's
    /// clock with coarse steps measures 0 for most of its calls. Null, also in reports of older programs, if the mean is that of the calls.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? MeanIsFromOutside { get; init; }

    /// <summary>
    /// Whether a caller worker sorted the durations of each request. Then the order of the calls within a request is unknown, and a drift
    /// within a request is not seen. Null, also in reports of older programs, if the durations are in the order of the calls.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? ResultsAreSorted { get; init; }

    /// <summary>The duration of the shortest call, in ns.</summary>
    public required double MinNs { get; init; }

    /// <summary>The duration of the longest call, in ns.</summary>
    public required double MaxNs { get; init; }

    /// <summary>The time from the start of the first call until the last call returned, in ns. Null if the time is unknown.</summary>
    public required double? WallNs { get; init; }

    /// <summary>The duration of the pass, in ns, measured by the parent process. Null if there was no parent process.</summary>
    public required double? ParentNs { get; init; }

    /// <summary>
    /// The time in which the answers were checked, between the calls, in ns. No call's time includes it. Null in reports of older programs,
    /// which did not check the answers of a pass, and if another process made the calls.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? CheckingNs { get; init; }

    /// <summary>
    /// The number of calls of the pass that failed or had a wrong answer. The pass's other figures leave them out. Null if no call failed.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Range(1, double.PositiveInfinity)]
    public int? FailedCalls { get; init; }

    /// <summary>
    /// The settings of the process that the method changed, one text each, such as a culture. Null if it changed none.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Changes { get; init; }

    /// <summary>The process's use of memory and processors during the pass. Null if another process made the calls.</summary>
    public required ProcessReport? Process { get; init; }

    /// <summary>Bytes of one call's encoded request and response. Null if another process made the calls.</summary>
    public required double? MovedBytes { get; init; }

    /// <summary>The p50 of the durations in the first third of the calls, in ns.</summary>
    public required double FirstThirdP50Ns { get; init; }

    /// <summary>The p50 of the durations in the last third of the calls, in ns.</summary>
    public required double LastThirdP50Ns { get; init; }

    /// <summary>The stalled calls and their causes. Null if the causes are unknown.</summary>
    public required StallReport? Stalls { get; init; }

    /// <summary>The causes of the slowest calls. Null if the causes are unknown, or if the pass has too few calls for a p99.</summary>
    public required TailReport? Tail { get; init; }

    /// <summary>
    /// Measurements of the same case with several concurrent callers, sorted by the number of callers. The list is empty for references,
    /// and if the user requested no concurrent callers.
    /// </summary>
    public required IReadOnlyList<CallersReport> Callers { get; init; }
}

/// <summary>The use of memory and processors, during a pass, by the process that contains the caller and the runtime worker.</summary>
public sealed record ProcessReport
{
    /// <summary>
    /// Bytes allocated per call, summed over all threads of the process. The process contains the caller and the runtime worker.
    /// </summary>
    public required double AllocatedBytes { get; init; }

    /// <summary>
    /// Processor time per call, in ns, summed over all threads of the process. The time in which answers were checked is subtracted.
    /// </summary>
    public required double CpuNs { get; init; }

    /// <summary>The number of garbage collections during the pass: one number each for the generations 0, 1 and 2.</summary>
    [Length(3, 3)]
    public required IReadOnlyList<int> Collections { get; init; }

    /// <summary>The total time for which garbage collections paused the process during the pass, in ns.</summary>
    public required double PausedNs { get; init; }

    /// <summary>The number of methods that the JIT compiled during the pass.</summary>
    public required int CompiledMethods { get; init; }
}

/// <summary>
/// The slowest calls of a pass, counted by cause: the calls at or above the p99. A call with several causes is counted once, for the first
/// cause in this order: gen 2, gen 1, gen 0, compilation.
/// </summary>
/// <param name="Calls">The number of calls at or above the p99.</param>
/// <param name="Gen2">The number of calls that overlapped a pause of a gen 2 or background collection.</param>
/// <param name="Gen1">The number of calls that overlapped a pause of a gen 1 collection.</param>
/// <param name="Gen0">The number of calls that overlapped a pause of a gen 0 collection.</param>
/// <param name="Compilation">The number of calls during which the JIT compiled a method.</param>
public sealed record TailReport(int Calls, int Gen2, int Gen1, int Gen0, int Compilation);

/// <summary>
/// The stalled calls of a pass, counted by cause. <see cref="PassReport.StallMs"/> defines a stalled call. A call with both causes is
/// counted once, for the garbage collection.
/// </summary>
/// <param name="Calls">The number of stalled calls.</param>
/// <param name="TotalNs">The sum of the stalled calls' durations, in ns.</param>
/// <param name="Collections">The number of calls that overlapped a pause of a garbage collection.</param>
/// <param name="Compilation">The number of calls during which the JIT compiled a method.</param>
public sealed record StallReport(int Calls, double TotalNs, int Collections, int Compilation);
