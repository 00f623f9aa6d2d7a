using System.Diagnostics;
using System.Runtime;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>Some calls of a case.</summary>
/// <param name="P50Ns">The p50 of the calls, in ns.</param>
/// <param name="Calls">The number of calls.</param>
internal readonly record struct WarmUpBatch(double P50Ns, int Calls);

/// <summary>A case of a warm-up.</summary>
/// <param name="Name">The case's name.</param>
/// <param name="CallAsync">Makes some calls of the case.</param>
internal sealed record WarmUpCase(string Name, Func<Task<WarmUpBatch>> CallAsync);

/// <summary>
/// Calls a method's cases alternately, with the same loop that later times them, until <see cref="WarmUpJudge"/> finds no case that
/// becomes faster. A launch visits each method twice: first all methods one after another, then all again. So some seconds lie between
/// a method's first call and its last visit, in which a late change can begin, and the launch does not wait for them.
/// </summary>
/// <param name="method">The method's id.</param>
/// <param name="cases">The method's cases that will be measured.</param>
/// <param name="compiledMethods">
/// Returns the number of methods that the calling process has compiled so far. Null if that number is unknown.
/// </param>
/// <param name="limits">The time limits of the warm-up.</param>
/// <param name="onProgress">Called after each point of the curve, because a warm-up may take 20 s.</param>
/// <param name="time">The clock of the warm-up.</param>
internal sealed class WarmUp(
    string method,
    IReadOnlyList<WarmUpCase> cases,
    Func<long>? compiledMethods,
    WarmUpLimits limits,
    Action onProgress,
    TimeProvider time)
{
    /// <summary>The largest number of calls in one batch of a case. A recorder must have at least this capacity.</summary>
    public const int BatchCalls = 64;

    // Change points are found in slices, which are shorter than the points of the curve that reports show.
    private const int SlicesPerPoint = 5;

    // BenchmarkDotNet calls new methods for each case. Tiered compilation recompiles hot methods 100 ms after the last new method
    // was called. Waiting for 150 ms without a compilation keeps the compiler from running during the pass.
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan s_settleLimit = TimeSpan.FromSeconds(1);

    private static readonly PassLimits s_batch = new(BatchCalls, TimeSpan.FromMilliseconds(10));

    private readonly List<double> _sliceEnds = [];
    private readonly List<double>[] _sliceP50s = [.. cases.Select(_ => new List<double>())];
    private readonly List<WarmUpPoint> _curve = [];
    private readonly List<double>[] _pointP50s = [.. cases.Select(_ => new List<double>())];
    private readonly int[] _calls = new int[cases.Count];
    private TimeSpan _called;
    private long? _began;

    /// <summary>Creates the warm-up of a method in this process.</summary>
    /// <param name="method">The method's id.</param>
    /// <param name="setups">The method's cases that will be measured.</param>
    /// <param name="recorder">The recorder of the calls. Earlier calls are deleted.</param>
    /// <param name="limits">The time limits of the warm-up.</param>
    /// <param name="onProgress">Called after each point of the curve.</param>
    public static WarmUp InProcess(
        string method, IEnumerable<CaseSetup> setups, CallRecorder recorder, WarmUpLimits limits, Action onProgress)
    {
        WarmUpCase[] cases = [.. setups.Select(setup => new WarmUpCase(setup.Id.ToString(), () => BatchAsync(setup)))];
        return new WarmUp(method, cases, () => JitInfo.GetCompiledMethodCount(), limits, onProgress, TimeProvider.System);

        async Task<WarmUpBatch> BatchAsync(CaseSetup setup)
        {
            await LatencyPass.RunAsync(setup, recorder, s_batch);
            if (recorder.Count == 0 && setup.Answers.Failure is { } failure)
            {
                throw new InvalidOperationException($"{setup.Id}: {failure}");
            }

            return new WarmUpBatch(ClockTicks.ToNs(Medians.Lower(recorder.ElapsedTicks.ToArray())), recorder.Count);
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

    /// <summary>The number of calls so far.</summary>
    public long Calls => _calls.Sum(calls => (long)calls);

    /// <summary>Makes the calls of the first visit: all of the shortest warm-up but its last points.</summary>
    public async Task BeginAsync()
    {
        while (_called < limits.Min - (WarmUpJudge.QuietPoints * limits.PointLength))
        {
            await AddPointAsync();
        }
    }

    /// <summary>Makes calls until the method is steady or the time limit is reached.</summary>
    public async Task<WarmUpReport> FinishAsync()
    {
        while (true)
        {
            await AddPointAsync();
            // Slow calls go on beyond the time limit, until each case has enough of them to be compiled.
            bool isLast = _called >= limits.Max && (_calls.Min() >= WarmUpJudge.MinCalls || _calls.Max() == 0);
            if (!isLast && (_called < limits.Min || _curve[^1].Seconds < limits.Span.TotalSeconds))
            {
                continue;
            }

            WarmUpJudgement judgement = WarmUpJudge.Judge(Curves(), isLast);
            if (judgement.Steady || isLast)
            {
                return new WarmUpReport(method, judgement.Steady, judgement.Reason, _curve)
                {
                    Courses = [.. judgement.Cases.Select(Report)],
                };
            }
        }
    }

    private CaseWarmUp Report(JudgedCase judged, int index) => new(
        cases[index].Name, judged.Course, Math.Round(judged.HeldSeconds, 2), [.. _pointP50s[index].Select(ThreeDigits)]);

    private WarmUpCurves Curves() => new(
        [.. cases.Select(one => one.Name)],
        _sliceEnds,
        _sliceP50s,
        _calls.Min(),
        _curve.TakeLast(WarmUpJudge.QuietPoints).Max(point => point.CompiledMethods),
        limits.PointLength.TotalSeconds);

    private async Task AddPointAsync()
    {
        long? compiledBefore = compiledMethods?.Invoke();
        _began ??= time.GetTimestamp();
        int firstSlice = _sliceEnds.Count;
        TimeSpan end = _called + limits.PointLength;
        while (_called < end)
        {
            await AddSliceAsync(limits.PointLength / SlicesPerPoint);
        }

        for (int i = 0; i < cases.Count; i++)
        {
            _pointP50s[i].Add(Medians.Lower(_sliceP50s[i].Skip(firstSlice).ToArray()));
        }

        _curve.Add(new WarmUpPoint(
            time.GetElapsedTime(_began.Value).TotalSeconds,
            Math.Exp(_pointP50s.Average(p50s => Math.Log(p50s[^1]))),
            (int?)(compiledMethods?.Invoke() - compiledBefore)));
        onProgress();
    }

    // Calls each case at least once.
    private async Task AddSliceAsync(TimeSpan length)
    {
        List<double>[] p50s = [.. cases.Select(_ => new List<double>())];
        long began = time.GetTimestamp();
        do
        {
            for (int i = 0; i < cases.Count; i++)
            {
                WarmUpBatch batch = await cases[i].CallAsync();
                p50s[i].Add(batch.P50Ns);
                _calls[i] += batch.Calls;
            }
        }
        while (time.GetElapsedTime(began) < length);

        _called += time.GetElapsedTime(began);
        _sliceEnds.Add(_called.TotalSeconds);
        for (int i = 0; i < cases.Count; i++)
        {
            _sliceP50s[i].Add(Medians.Lower(p50s[i].ToArray()));
        }
    }

    private static double ThreeDigits(double ns)
    {
        // More digits would only make the report file longer.
        double unit = ns > 0 ? Math.Pow(10, Math.Floor(Math.Log10(ns)) - 2) : 1;
        return Math.Round(Math.Round(ns / unit) * unit, 3);
    }
}
