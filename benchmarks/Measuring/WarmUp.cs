using System.Diagnostics;
using System.Runtime;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>
/// Calls a method's cases in turn, by the loop that will time them, until it is steady. Ahead of Barrett et al. 2017
/// ("Virtual Machine Warmup Blows Hot and Cold") nobody assumes that a fixed count of calls is enough, nor that it
/// ever becomes steady.
/// </summary>
internal static class WarmUp
{
    // The points that are compared with all before them; a machine that changes its speed for a moment moves one of them.
    private const int RecentPoints = 3;

    private const double SteadyFall = 0.03;

    /// <summary>The most calls of a turn: a recorder has to have room for them, however few a pass makes.</summary>
    public const int TurnCalls = 64;

    // The runtime recompiles what has become hot only when no new code was met for 100 ms, and each case brings some of
    // BenchmarkDotNet's: without a rest between its iterations and the pass, the compiler would work during the pass.
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan s_settleLimit = TimeSpan.FromSeconds(1);

    private static readonly PassLimits s_turn = new(TurnCalls, TimeSpan.FromMilliseconds(10));

    /// <summary>Warms a method up in this process.</summary>
    /// <param name="method">The method's id.</param>
    /// <param name="cases">The cases that will be measured.</param>
    /// <param name="recorder">Used and emptied.</param>
    /// <param name="limits">How long it goes on.</param>
    /// <param name="alive">Called after each point: the longest part of a launch in which it has nothing else to say.</param>
    public static Task<WarmUpReport> RunAsync(
        string method, IReadOnlyList<CaseSetup> cases, CallRecorder recorder, WarmUpLimits limits, Action alive)
    {
        Func<Task<double>>[] turns = [.. cases.Select(setup => (Func<Task<double>>)(() => TurnAsync(setup)))];
        return RunAsync(method, turns, () => JitInfo.GetCompiledMethodCount(), limits, alive);

        async Task<double> TurnAsync(CaseSetup setup)
        {
            await LatencyPass.RunAsync(setup, recorder, s_turn);
            return Median(recorder.ElapsedTicks.ToArray()) * 1e9 / Stopwatch.Frequency;
        }
    }

    /// <summary>Warms a method up, wherever its calls are made.</summary>
    /// <param name="method">The method's id.</param>
    /// <param name="turns">One a case: makes some calls, and gives their p50, in ns.</param>
    /// <param name="compiledMethods">The methods compiled so far where the calls are made; null where that is not known.</param>
    /// <param name="limits">How long it goes on.</param>
    /// <param name="alive">Called after each point.</param>
    public static async Task<WarmUpReport> RunAsync(
        string method, IReadOnlyList<Func<Task<double>>> turns, Func<long>? compiledMethods, WarmUpLimits limits, Action alive)
    {
        var curve = new List<WarmUpPoint>();
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            curve.Add(await NextPointAsync(turns, compiledMethods, began, limits.Point));
            alive();
            if (curve[^1].Seconds < limits.Least.TotalSeconds)
            {
                continue;
            }

            (bool steady, string reason) = Judge(curve);
            if (steady || curve[^1].Seconds >= limits.Most.TotalSeconds)
            {
                return new WarmUpReport(method, steady, reason, curve);
            }
        }
    }

    /// <summary>Calls a case until nothing is compiled any more, for at most a second.</summary>
    public static async Task SettleAsync(CaseSetup setup, CallRecorder recorder)
    {
        long began = Stopwatch.GetTimestamp();
        long quietSince = began;
        long compiled = JitInfo.GetCompiledMethodCount();
        while (Stopwatch.GetElapsedTime(quietSince) < s_quiet && Stopwatch.GetElapsedTime(began) < s_settleLimit)
        {
            await LatencyPass.RunAsync(setup, recorder, s_turn);
            if (JitInfo.GetCompiledMethodCount() is var now && now != compiled)
            {
                (compiled, quietSince) = (now, Stopwatch.GetTimestamp());
            }
        }
    }

    /// <summary>Whether a curve is steady at its end, and why.</summary>
    public static (bool Steady, string Reason) Judge(IReadOnlyList<WarmUpPoint> curve)
    {
        if (curve.Count <= RecentPoints)
        {
            return (false, "too short to tell");
        }

        double before = curve.SkipLast(RecentPoints).Min(point => point.P50Ns);
        double recent = curve.TakeLast(RecentPoints).Min(point => point.P50Ns);
        double pointSeconds = curve[^1].Seconds / curve.Count;
        // Below the clock's step there is nothing left to fall.
        double fall = before > 0 ? 1 - (recent / before) : 0;
        int? compiled = curve.TakeLast(RecentPoints).Max(point => point.CompiledMethods);
        string compilation = compiled is { } methods
            ? FormattableString.Invariant($"at most {methods} methods were compiled in {pointSeconds:0.0} s")
            : "what was compiled is not known";
        return (
            fall <= SteadyFall && !(compiled > WarmUpReport.QuietMethods),
            FormattableString.Invariant(
                $"in the last {RecentPoints * pointSeconds:0.0} of {curve[^1].Seconds:0.0} s p50 fell by {Math.Max(0, fall) * 100:0.0} % and {compilation}"));
    }

    private static async Task<WarmUpPoint> NextPointAsync(IReadOnlyList<Func<Task<double>>> turns, Func<long>? compiledMethods, long began, TimeSpan length)
    {
        long? compiledBefore = compiledMethods?.Invoke();
        long pointBegan = Stopwatch.GetTimestamp();
        var p50s = turns.Select(_ => new List<double>()).ToList();
        while (Stopwatch.GetElapsedTime(pointBegan) < length)
        {
            for (int i = 0; i < turns.Count; i++)
            {
                p50s[i].Add(await turns[i]());
            }
        }

        double meanLog = p50s.Average(medians => Math.Log(Median(medians.ToArray())));
        return new WarmUpPoint(
            Stopwatch.GetElapsedTime(began).TotalSeconds,
            Math.Exp(meanLog),
            (int?)(compiledMethods?.Invoke() - compiledBefore));
    }

    /// <summary>The median; the lower one of an even number of values. Sorts them.</summary>
    public static T Median<T>(T[] values)
    {
        Array.Sort(values);
        return values[(values.Length - 1) / 2];
    }
}
