using Perfolizer.Mathematics.Distributions.ContinuousDistributions;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>
/// A statistical test: did a metric of one case change, or the p50 of all cases together? The test uses one change for each pair.
/// </summary>
internal sealed class ChangeTest
{
    // Outliers are clipped: a change is limited to this multiple of the median magnitude of all changes.
    private const double ClipAtMedians = 3;

    // The one-sided 95 % quantile of the normal distribution.
    private const double OneSided95 = 1.645;

    // An answer states the number of pairs needed only if that number is below this multiple of the measured pairs.
    private const int MaxFactor = 1_000;

    // One change for each pair, with outliers clipped. A pair without the figure has the change 0.
    private readonly double[] _changes;

    private ChangeTest(string? caseName, Metric metric, double?[] changes)
    {
        (Case, Metric) = (caseName, metric);
        double[] known = [.. changes.OfType<double>()];
        Count = known.Length;
        IsKnown = known.Length == changes.Length && known.Length > 1;
        double clip = IsKnown ? ClipAtMedians * Medians.Lower([.. known.Select(Math.Abs)]) : 0;
        _changes = [.. changes.Select(change => Math.Clamp(change ?? 0, -clip, clip))];
        RootMeanSquare = Math.Sqrt(_changes.Average(change => change * change));
        Mean = _changes.Average();
    }

    /// <summary>The case's short name. Null if the test is for all cases together.</summary>
    public string? Case { get; }

    public Metric Metric { get; }

    /// <summary>Whether the test can be computed: there are at least two pairs, and each pair has the figure.</summary>
    public bool IsKnown { get; }

    /// <summary>The root mean square of the changes.</summary>
    public double RootMeanSquare { get; }

    /// <summary>A constant that is added to the standard error. All tests of a metric use the same constant.</summary>
    public double Floor { get; set; }

    public FlippableTest Flippable => new(_changes, RootMeanSquare, Floor);

    private int Count { get; }

    private double Mean { get; }

    private double? Base { get; init; }

    private double? Current { get; init; }

    private bool TooFewCalls { get; init; }

    /// <summary>Creates the test for a metric of one case.</summary>
    public static ChangeTest Of(string caseName, Metric metric, IReadOnlyList<Pairing> pairs)
    {
        CaseFigures?[] before = [.. pairs.Select(pair => pair.Base.GetValueOrDefault(caseName))];
        CaseFigures?[] after = [.. pairs.Select(pair => pair.Current.GetValueOrDefault(caseName))];
        return new ChangeTest(caseName, metric, [.. before.Zip(after, metric.Change)])
        {
            Base = MedianOfKnown(before.Select(metric.Figure)),
            Current = MedianOfKnown(after.Select(metric.Figure)),
            TooFewCalls = before.Concat(after).Any(figures => figures?.Calls < metric.CallsNeeded),
        };
    }

    /// <summary>Creates the test for all cases together. Its change in a pair is the mean of the cases' p50 changes in that pair.</summary>
    /// <param name="cases">The p50 tests, one for each case.</param>
    public static ChangeTest OfAll(IReadOnlyList<ChangeTest> cases)
    {
        bool isKnown = cases.All(one => one.IsKnown);
        IEnumerable<int> pairs = Enumerable.Range(0, cases[0]._changes.Length);
        return new ChangeTest(
            null, Metric.P50OfAll, [.. pairs.Select(pair => isKnown ? cases.Average(one => one._changes[pair]) : (double?)null)]);
    }

    /// <summary>Judges the changes of this test.</summary>
    /// <param name="limit">
    /// The limit on the test's statistic: a greater value is a change that chance does not explain. Null if there are too few pairs for the
    /// confidence level.
    /// </param>
    /// <param name="mayFlag">Whether the answer may be "slower" or "faster".</param>
    public Answer Answer(double? limit, bool mayFlag)
    {
        var answer = new Answer { Case = Case, Metric = Metric, Judgement = Judgement.TooNoisy, Base = Base, Current = Current };
        if (!IsKnown)
        {
            return answer with { Withheld = WhyUnknown() };
        }

        double error = FlippedTests.ErrorOf(RootMeanSquare, Mean, Count);
        double half = new StudentDistribution(Count - 1).Quantile(0.975) * error;
        answer = answer with
        {
            Change = Mean,
            Low = Mean - half,
            High = Mean + half,
            Visible = limit is { } beyond
                ? Math.Max((beyond * (error + Floor)) + (OneSided95 * error), Metric.MarginAsChange)
                : null,
        };
        bool isChange = mayFlag && FlippedTests.StatisticOf(Mean, error + Floor) > limit && Metric.Matters(Base, Mean);
        bool isSame = Metric.IsWithinBand(Base, Mean - half) && Metric.IsWithinBand(Base, Mean + half);
        return isChange ? answer with { Judgement = Mean > 0 ? Judgement.Slower : Judgement.Faster }
            : isSame ? answer with { Judgement = Judgement.Same }
            : answer with { PairsNeeded = PairsNeeded(half, answer.Visible) };
    }

    private string WhyUnknown()
    {
        int missing = _changes.Length - Count;
        string why = TooFewCalls ? FormattableString.Invariant($": it needs {Metric.CallsNeeded} calls") : "";
        return missing > 0
            ? FormattableString.Invariant($"not known in {missing} of {_changes.Length}{why}")
            : "one alone has no interval";
    }

    // Estimates how many pairs are enough for a judgement, and returns the smaller of two numbers. `toBeSame`: the interval fits into the
    // band. `toBeChange`: the measured change exceeds what chance explains. The interval shrinks with the square root of the number of
    // pairs.
    private int? PairsNeeded(double half, double? visible)
    {
        double room = Metric.BandAsChange - Math.Abs(Mean);
        double toBeSame = room > 0 ? Math.Pow(half / room, 2) : double.PositiveInfinity;
        double toBeChange = visible is { } change && Math.Abs(Mean) > Metric.MarginAsChange
            ? Math.Pow(change / Mean, 2)
            : double.PositiveInfinity;
        double factor = Math.Min(toBeSame, toBeChange);
        return factor is > 1 and < MaxFactor ? (int)Math.Ceiling(Count * factor) : null;
    }

    private static double? MedianOfKnown(IEnumerable<double?> figures)
    {
        double[] sorted = [.. figures.OfType<double>().Order()];
        return sorted.Length > 0 ? Medians.Middle(sorted) : null;
    }
}
