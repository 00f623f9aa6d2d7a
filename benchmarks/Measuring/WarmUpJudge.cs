using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>What a method's warm-up has measured so far. All times are times of calls: pauses of the warm-up are left out.</summary>
/// <param name="Cases">The names of the method's cases.</param>
/// <param name="EndSeconds">The end of each time slice, in seconds of calls.</param>
/// <param name="P50Ns">The p50 of each case in each slice, in ns.</param>
/// <param name="Calls">The smallest number of calls of a case.</param>
/// <param name="Compiled">
/// The largest number of methods that the JIT compiled in one of the last points of the curve. Null if it is unknown.
/// </param>
/// <param name="PointSeconds">The length of a point of the curve, in seconds.</param>
internal sealed record WarmUpCurves(
    IReadOnlyList<string> Cases,
    IReadOnlyList<double> EndSeconds,
    IReadOnlyList<IReadOnlyList<double>> P50Ns,
    int Calls,
    int? Compiled,
    double PointSeconds);

/// <summary>The course of one case.</summary>
/// <param name="Course">How the case's p50 changed.</param>
/// <param name="HeldSeconds">The time of calls since the case's fastest level began, in seconds.</param>
internal readonly record struct JudgedCase(WarmUpCourse Course, double HeldSeconds);

/// <summary>The judgement of a method's warm-up.</summary>
/// <param name="Steady">Whether no case becomes faster any more.</param>
/// <param name="Reason">The reason as text for reports.</param>
/// <param name="Cases">The course of each case.</param>
internal sealed record WarmUpJudgement(bool Steady, string Reason, IReadOnlyList<JudgedCase> Cases);

/// <summary>
/// Judges each case of a warm-up by its change points, as Barrett et al. 2017, "Virtual Machine Warmup Blows Hot and Cold". A method is
/// steady if for some time no case changed to a faster level, all cases together fell by less than 1.5 % a second, and the just-in-time
/// compiler was quiet. Slower levels do not delay the warm-up: a machine that changes its speed does so after a warm-up too.
/// </summary>
internal static class WarmUpJudge
{
    /// <summary>The number of the last points of the curve in which the just-in-time compiler has to be quiet.</summary>
    public const int QuietPoints = 2;

    // No faster level may begin in the last quarter of the warm-up, as in Barrett et al., and not in the last 3 points (1.5 s).
    private const double HeldShare = 0.25;
    private const int HeldPoints = 3;

    // Levels that differ by less than 5 % or 20 ns, two steps of a usual clock, count as one. A pass may drift by 10 %.
    private const double SameLevel = 0.05;
    private const double SameLevelNs = 20;

    // Tiered compilation counts 30 calls for each of its two recompilations of a method, and compiles in the background. A method may
    // be called only every second call, so the number is more than twice as high.
    public const int MinCalls = 150;

    // All cases of the method together must fall by less than this share a second, with the one-sided confidence that belongs to Z (99 %).
    // No case alone may fall by a level.
    private const double SteadyFall = 0.015;
    private const double Z = 2.33;

    // The standard error of a median ÷ that of a mean, and the standard deviation ÷ the median absolute deviation, of normal noise.
    private const double MedianError = 1.2533;
    private const double SigmaOfDeviation = 1.4826;

    // The time to find change points grows with the square of the number of slices. More slices are merged.
    private const int MaxSlices = 40;

    private const int MinSegment = 3;
    private const int Neighbours = 5;
    private const double MaxSpike = 0.25;
    private const int NamedCases = 2;

    /// <summary>Judges a warm-up.</summary>
    /// <param name="curves">What was measured so far.</param>
    /// <param name="isLast">
    /// Whether the time limit is reached. Before, a method counts as steady only if noise can hide no fall. At the limit, a method that
    /// is not seen to fall is steady, because some methods are never quiet enough.
    /// </param>
    public static WarmUpJudgement Judge(WarmUpCurves curves, bool isLast)
    {
        bool compiles = curves.Compiled > WarmUpReport.QuietMethods || curves.Calls < MinCalls;
        if (compiles && !isLast)
        {
            return new WarmUpJudgement(false, "", []);
        }

        curves = Merged(curves);
        double end = curves.EndSeconds[^1];
        double hold = Math.Max(HeldShare * end, HeldPoints * curves.PointSeconds);
        IReadOnlyList<IReadOnlyList<ChangePoint>> changes = ChangePoints.FindInAll(
            [.. curves.P50Ns.Select(WithoutSpikes)], ChangePoints.DefaultLevel, MinSegment);
        JudgedCase[] cases = [.. curves.P50Ns.Zip(changes, (p50Ns, found) => Course(curves.EndSeconds, p50Ns, found, hold))];
        double[] steady = [.. cases.Where(one => one.Course != WarmUpCourse.StillFalling).Select(one => one.HeldSeconds)];
        double held = steady.DefaultIfEmpty(hold).Min();
        Fall[] falls = [.. curves.P50Ns.Select(p50Ns => Fall.Within(curves.EndSeconds, p50Ns, held))];
        // The median over the cases ignores a single case whose level changed.
        double fall = Medians.Middle([.. falls.Select(one => one.Share).Order()]) / (held / 2);
        double error = Z * MedianError * Math.Sqrt(falls.Average(one => one.Variance) / falls.Length) / (held / 2);
        bool allFall = isLast ? fall - error > 0 && fall > SteadyFall : fall + error > SteadyFall;
        string compiled = curves.Calls < MinCalls ? FormattableString.Invariant($"a case has only {curves.Calls} calls")
            : curves.Compiled is { } methods
                ? FormattableString.Invariant($"at most {methods} methods were compiled in {curves.PointSeconds:0.0#} s")
            : "what was compiled is not known";
        cases =
        [
            .. cases.Zip(falls, (one, own) =>
                one.Course == WarmUpCourse.StillFalling || allFall || own.Share - (Z * Math.Sqrt(own.Variance)) > SameLevel
                    ? one with { Course = WarmUpCourse.StillFalling }
                : compiles ? one with { Course = WarmUpCourse.StillCompiling }
                : one),
        ];
        string other = cases.Any(one => one.Course == WarmUpCourse.StillFalling) ? "other " : "";
        return new WarmUpJudgement(
            cases.All(one => one.Course is not (WarmUpCourse.StillFalling or WarmUpCourse.StillCompiling)),
            FormattableString.Invariant($"for {held:0.0} of {end:0.0} s of calls no {other}case ")
            + FormattableString.Invariant($"became faster, all together fell by at most {Math.Max(0, fall + error) * 100:0.0} % a second, ")
            + $"and {compiled}"
            + Unusual(curves.Cases, cases),
            cases);
    }

    private static JudgedCase Course(
        IReadOnlyList<double> endSeconds, IReadOnlyList<double> p50Ns, IReadOnlyList<ChangePoint> changes, double hold)
    {
        int[] starts = [0, .. changes.Select(change => change.Index)];
        double[] levels = [.. starts.Zip([.. starts.Skip(1), p50Ns.Count], (from, to) => Median(p50Ns, from, to))];
        double lowest = levels.Min();
        bool[] isLowest = [.. levels.Select(level => level <= Math.Max(lowest * (1 + SameLevel), lowest + SameLevelNs))];
        int fastest = Array.IndexOf(isLowest, true);
        double held = Since(fastest);
        int lastChange = Array.LastIndexOf(isLowest, !isLowest[^1]) + 1;
        WarmUpCourse course = fastest > 0 && held < hold ? WarmUpCourse.StillFalling
            : !isLowest[^1] && Since(lastChange) >= hold ? WarmUpCourse.SlowedDown
            : Array.IndexOf(isLowest, false, fastest) >= 0 ? WarmUpCourse.NoSteadyState
            : fastest > 0 ? WarmUpCourse.WarmedUp
            : WarmUpCourse.Flat;
        return new JudgedCase(course, held);

        double Since(int level) => endSeconds[^1] - (starts[level] == 0 ? 0 : endSeconds[starts[level] - 1]);
    }

    // Times near the clock's step differ by steps. They count as equal, like levels that differ by less than two steps.
    private static double Log(double ns) => Math.Log(Math.Max(ns, SameLevelNs));

    private static double LogMedian(IReadOnlyList<double> p50Ns, int from, int to) => Log(Median(p50Ns, from, to));

    private static double Median(IReadOnlyList<double> p50Ns, int from, int to) =>
        Medians.Middle([.. p50Ns.Skip(from).Take(to - from).Order()]);

    // Returns the logarithms of the times. A slice in which the machine was busy can be 10 times longer than the others, and would hide
    // the changes. So each time is limited to 25 % more or less than the median of the 5 times around it.
    private static double[] WithoutSpikes(IReadOnlyList<double> p50Ns) =>
    [
        .. p50Ns.Select((ns, index) =>
        {
            int from = Math.Clamp(index - (Neighbours / 2), 0, Math.Max(0, p50Ns.Count - Neighbours));
            double usual = LogMedian(p50Ns, from, Math.Min(from + Neighbours, p50Ns.Count));
            return Math.Clamp(Log(ns), usual - MaxSpike, usual + MaxSpike);
        }),
    ];

    private static WarmUpCurves Merged(WarmUpCurves curves)
    {
        int size = (curves.EndSeconds.Count + MaxSlices - 1) / MaxSlices;
        return curves with
        {
            EndSeconds = [.. curves.EndSeconds.Chunk(size).Select(slices => slices[^1])],
            P50Ns = [.. curves.P50Ns.Select(p50Ns => (double[])[.. p50Ns.Chunk(size).Select(Medians.Lower)])],
        };
    }

    private static string Unusual(IReadOnlyList<string> names, JudgedCase[] cases) => string.Concat(
        from course in new[]
        {
            (Course: WarmUpCourse.StillFalling, Words: "still falling"),
            (Course: WarmUpCourse.SlowedDown, Words: "slowed down"),
            (Course: WarmUpCourse.NoSteadyState, Words: "no steady state"),
        }
        let named = names.Where((_, index) => cases[index].Course == course.Course).ToList()
        where named.Count > 0
        let more = named.Count > NamedCases ? FormattableString.Invariant($" and {named.Count - NamedCases} more") : ""
        select $"; {course.Words}: {string.Join(", ", named.Take(NamedCases))}{more}");

    /// <summary>
    /// The fall of a case's p50 from the first half to the second half of the time for which it changed to no faster level. Change points
    /// need more slices to show a change than this comparison.
    /// </summary>
    /// <param name="Share">The fall between the medians of the halves, as the logarithm of their ratio.</param>
    /// <param name="Variance">The square of the fall's standard error.</param>
    private readonly record struct Fall(double Share, double Variance)
    {
        public static Fall Within(IReadOnlyList<double> endSeconds, IReadOnlyList<double> p50Ns, double held)
        {
            double end = endSeconds[^1];
            int count = endSeconds.Count;
            int from = endSeconds.Count(second => second <= end - held);
            int half = endSeconds.Count(second => second <= end - (held / 2));
            if (half == from || half == count)
            {
                return new Fall(0, double.PositiveInfinity);
            }

            (double before, double after) = (LogMedian(p50Ns, from, half), LogMedian(p50Ns, half, count));
            double[] deviations =
                [.. Enumerable.Range(from, count - from).Select(i => Math.Abs(Log(p50Ns[i]) - (i < half ? before : after))).Order()];
            double error = MedianError * SigmaOfDeviation * Medians.Middle(deviations);
            return new Fall(before - after, error * error * ((1.0 / (half - from)) + (1.0 / (count - half))));
        }
    }
}
