using System.Text.Json.Serialization;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>
/// The warm-up of one method in one launch: calls before the measurement, until no case becomes faster any more or a limit is reached.
/// </summary>
/// <param name="Method">The method's id.</param>
/// <param name="Steady">Whether every case of the method had stopped to become faster before the warm-up's time limit.</param>
/// <param name="Reason">Why the warm-up is steady, or what still changed at its end.</param>
/// <param name="Curve">The stretches (time slices) of the warm-up, in order.</param>
public sealed record WarmUpReport(string Method, bool Steady, string Reason, IReadOnlyList<WarmUpPoint> Curve)
{
    /// <summary>
    /// The limit below which a process counts as warm: the JIT compiles at most this many methods in a stretch of the warm-up or in a pass.
    /// A warm process still compiles a few methods of timers, of the thread pool or of BenchmarkDotNet. A cold process compiles hundreds.
    /// </summary>
    public const int QuietMethods = 10;

    /// <summary>
    /// The warm-up of each case. Null in reports of older programs, which judged all cases of a method together.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<CaseWarmUp>? Courses { get; init; }

    /// <summary>
    /// How the live heap grew in the second visit of the warm-up. Null if it was not measured, and in reports of older programs.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HeapGrowth? Heap { get; init; }
}

/// <summary>The growth of the live heap during some calls of a method.</summary>
/// <param name="Calls">The number of calls.</param>
/// <param name="Bytes">The bytes in use after a full collection, less those before the calls. It may be below 0.</param>
public sealed record HeapGrowth(long Calls, long Bytes)
{
    /// <summary>Whether a report notes the growth: at least 2 MB, and at least 64 bytes a call.</summary>
    [JsonIgnore]
    public bool IsNoted => Bytes >= 2_000_000 && Bytes >= 64 * Calls;
}

/// <summary>One stretch (time slice) of a warm-up.</summary>
/// <param name="Seconds">
/// The end of the stretch, in seconds after the method's first call. Other methods are called between some stretches.
/// </param>
/// <param name="P50Ns">The geometric mean of the p50s of the method's cases in this stretch, in ns.</param>
/// <param name="CompiledMethods">The number of methods that the JIT compiled during the stretch; null if the number is unknown.</param>
public sealed record WarmUpPoint(double Seconds, double P50Ns, int? CompiledMethods);

/// <summary>The warm-up of one case in one launch.</summary>
/// <param name="Case">The case's name: method, function and payload.</param>
/// <param name="Course">How the case's p50 changed during the warm-up.</param>
/// <param name="HeldSeconds">The time of calls for which no faster level began before the warm-up ended, in seconds.</param>
/// <param name="P50Ns">The case's p50 in each stretch of <see cref="WarmUpReport.Curve"/>, in ns, rounded to three digits.</param>
public sealed record CaseWarmUp(string Case, WarmUpCourse Course, double HeldSeconds, IReadOnlyList<double> P50Ns)
{
    /// <summary>Whether the case had stopped to become faster when the warm-up ended.</summary>
    [JsonIgnore]
    public bool IsWarm => Course is not (WarmUpCourse.StillFalling or WarmUpCourse.StillCompiling);
}

/// <summary>
/// How a case's p50 changed during the warm-up. The first four are the classes of Barrett et al. 2017, "Virtual Machine Warmup Blows Hot
/// and Cold": levels between change points, where levels that differ by less than a tolerance count as one.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<WarmUpCourse>))]
public enum WarmUpCourse
{
    /// <summary>One level from the first call on.</summary>
    [JsonStringEnumMemberName("flat")]
    Flat,

    /// <summary>The p50 fell to a level, and held it.</summary>
    [JsonStringEnumMemberName("warmed up")]
    WarmedUp,

    /// <summary>The p50 rose to a level, and held it.</summary>
    [JsonStringEnumMemberName("slowed down")]
    SlowedDown,

    /// <summary>The p50 went up and down between levels. No level was faster than the earlier ones for some time.</summary>
    [JsonStringEnumMemberName("no steady state")]
    NoSteadyState,

    /// <summary>The p50 still fell when the warm-up ended, so the case is not warm.</summary>
    [JsonStringEnumMemberName("still falling")]
    StillFalling,

    /// <summary>The JIT still compiled methods when the warm-up ended, so the case is not warm.</summary>
    [JsonStringEnumMemberName("still compiling")]
    StillCompiling,
}
