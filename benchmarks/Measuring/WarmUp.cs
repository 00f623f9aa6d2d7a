using System.Diagnostics;
using System.Runtime;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>
/// Calls a method's cases alternately, with the same loop that later times them, until the latency is steady. A fixed number
/// of calls would not suffice for every method, and some methods never become steady: see Barrett et al. 2017, "Virtual
/// Machine Warmup Blows Hot and Cold".
/// </summary>
internal static class WarmUp
{
    // The smallest p50 of the last 3 points of the warm-up curve is compared with the smallest p50 of all earlier points. So a
    // short change in the machine's speed, which affects one point, does not decide.
    private const int RecentPoints = 3;

    // The latency counts as steady if its p50 fell by at most 3 % in the last points of the warm-up curve.
    private const double SteadyFall = 0.03;

    /// <summary>The largest number of calls in one batch of a case. A recorder must have at least this capacity.</summary>
    public const int BatchCalls = 64;

    // BenchmarkDotNet calls new methods for each case. Tiered compilation recompiles hot methods 100 ms after the last new method
    // was called. Waiting for 150 ms without a compilation keeps the compiler from running during the pass.
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan s_settleLimit = TimeSpan.FromSeconds(1);

    private static readonly PassLimits s_batch = new(BatchCalls, TimeSpan.FromMilliseconds(10));

    /// <summary>Warms up a method in this process.</summary>
    /// <param name="method">The method's id.</param>
    /// <param name="cases">The method's cases that will be measured.</param>
    /// <param name="recorder">The recorder of the calls. Earlier calls are deleted.</param>
    /// <param name="limits">The time limits of the warm-up.</param>
    /// <param name="onProgress">Called after each point, because a warm-up may take 20 s.</param>
    public static Task<WarmUpReport> RunAsync(
        string method, IReadOnlyList<CaseSetup> cases, CallRecorder recorder, WarmUpLimits limits, Action onProgress)
    {
        Func<Task<double>>[] batches = [.. cases.Select(setup => (Func<Task<double>>)(() => BatchAsync(setup)))];
        return RunAsync(method, batches, () => JitInfo.GetCompiledMethodCount(), limits, onProgress);

        async Task<double> BatchAsync(CaseSetup setup)
        {
            await LatencyPass.RunAsync(setup, recorder, s_batch);
            return ClockTicks.ToNs(Medians.Lower(recorder.ElapsedTicks.ToArray()));
        }
    }

    /// <summary>Warms up a method in this process or in another one.</summary>
    /// <param name="method">The method's id.</param>
    /// <param name="batches">One function per case, which makes some calls and returns their p50, in ns.</param>
    /// <param name="compiledMethods">
    /// Returns the number of methods that the calling process has compiled so far. Null if that number is unknown.
    /// </param>
    /// <param name="limits">The time limits of the warm-up.</param>
    /// <param name="onProgress">Called after each point.</param>
    public static async Task<WarmUpReport> RunAsync(
        string method,
        IReadOnlyList<Func<Task<double>>> batches,
        Func<long>? compiledMethods,
        WarmUpLimits limits,
        Action onProgress)
    {
        var curve = new List<WarmUpPoint>();
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            curve.Add(await NextPointAsync(batches, compiledMethods, began, limits.PointLength));
            onProgress();
            if (curve[^1].Seconds < limits.Min.TotalSeconds)
            {
                continue;
            }

            (bool steady, string reason) = Judge(curve);
            if (steady || curve[^1].Seconds >= limits.Max.TotalSeconds)
            {
                return new WarmUpReport(method, steady, reason, curve);
            }
        }
    }

    /// <summary>Calls a case until the just-in-time compiler has compiled no method for 150 ms, but for at most 1 s.</summary>
    public static async Task SettleAsync(CaseSetup setup, CallRecorder recorder)
    {
        long began = Stopwatch.GetTimestamp();
        long quietSince = began;
        long compiled = JitInfo.GetCompiledMethodCount();
        while (Stopwatch.GetElapsedTime(quietSince) < s_quiet && Stopwatch.GetElapsedTime(began) < s_settleLimit)
        {
            await LatencyPass.RunAsync(setup, recorder, s_batch);
            if (JitInfo.GetCompiledMethodCount() is var now && now != compiled)
            {
                (compiled, quietSince) = (now, Stopwatch.GetTimestamp());
            }
        }
    }

    /// <summary>Decides whether the latency is steady at the end of a warm-up curve, and returns the reason as text.</summary>
    public static (bool Steady, string Reason) Judge(IReadOnlyList<WarmUpPoint> curve)
    {
        if (curve.Count <= RecentPoints)
        {
            return (false, "too short to tell");
        }

        double before = curve.SkipLast(RecentPoints).Min(point => point.P50Ns);
        double recent = curve.TakeLast(RecentPoints).Min(point => point.P50Ns);
        double pointSeconds = curve[^1].Seconds / curve.Count;
        // A p50 of 0 means that calls are shorter than the clock's step. Then the p50 cannot fall further, so the fall is 0.
        double fall = before > 0 ? 1 - (recent / before) : 0;
        int? compiled = curve.TakeLast(RecentPoints).Max(point => point.CompiledMethods);
        string compilation = compiled is { } methods
            ? FormattableString.Invariant($"at most {methods} methods were compiled in {pointSeconds:0.0} s")
            : "what was compiled is not known";
        return (
            fall <= SteadyFall && !(compiled > WarmUpReport.QuietMethods),
            FormattableString.Invariant($"in the last {RecentPoints * pointSeconds:0.0} of {curve[^1].Seconds:0.0} s ")
            + FormattableString.Invariant($"p50 fell by {Math.Max(0, fall) * 100:0.0} % and {compilation}"));
    }

    private static async Task<WarmUpPoint> NextPointAsync(
        IReadOnlyList<Func<Task<double>>> batches, Func<long>? compiledMethods, long began, TimeSpan length)
    {
        long? compiledBefore = compiledMethods?.Invoke();
        long pointBegan = Stopwatch.GetTimestamp();
        var p50s = batches.Select(_ => new List<double>()).ToList();
        while (Stopwatch.GetElapsedTime(pointBegan) < length)
        {
            for (int i = 0; i < batches.Count; i++)
            {
                p50s[i].Add(await batches[i]());
            }
        }

        double meanLog = p50s.Average(medians => Math.Log(Medians.Lower(medians.ToArray())));
        return new WarmUpPoint(
            Stopwatch.GetElapsedTime(began).TotalSeconds,
            Math.Exp(meanLog),
            (int?)(compiledMethods?.Invoke() - compiledBefore));
    }
}
