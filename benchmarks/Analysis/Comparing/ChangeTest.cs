using Perfolizer.Mathematics.Distributions.ContinuousDistributions;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>The test of one case and metric, or of all cases' p50 together: its changes, one for each pair, and its answer.</summary>
internal sealed class ChangeTest
{
    // A change that is further out than this many medians of the magnitudes is clipped.
    private const double ClipAtMedians = 3;

    // One-sided 95 % of the normal distribution.
    private const double OneSided95 = 1.645;

    private const int MaxFactor = 1_000;

    // Clipped; 0 for a pair without the figure.
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

    /// <summary>The case's short name; null for all cases together.</summary>
    public string? Case { get; }

    public Metric Metric { get; }

    /// <summary>Whether every pair has the figure, and there are at least two.</summary>
    public bool IsKnown { get; }

    /// <summary>The root mean square of the changes.</summary>
    public double RootMeanSquare { get; }

    /// <summary>The floor that is added to the standard error: the same for all tests of a metric.</summary>
    public double Floor { get; set; }

    public FlippableTest Flippable => new(_changes, RootMeanSquare, Floor);

    private int Count { get; }

    private double Mean { get; }

    private double? Base { get; init; }

    private double? Current { get; init; }

    private bool TooFewCalls { get; init; }

    /// <summary>The test of one case.</summary>
    public static ChangeTest Of(string caseName, Metric metric, IReadOnlyList<Pairing> pairs)
    {
        CaseFigures?[] before = [.. pairs.Select(pair => pair.Base.GetValueOrDefault(caseName))];
        CaseFigures?[] after = [.. pairs.Select(pair => pair.Current.GetValueOrDefault(caseName))];
        return new ChangeTest(caseName, metric, [.. before.Zip(after, metric.Change)])
        {
            Base = MedianOf(before.Select(metric.Figure)),
            Current = MedianOf(after.Select(metric.Figure)),
            TooFewCalls = before.Concat(after).Any(figures => figures?.Calls < metric.CallsNeeded),
        };
    }

    /// <summary>The test of all cases together: the mean of their p50s' changes.</summary>
    /// <param name="cases">The p50 test of each case.</param>
    public static ChangeTest OfAll(IReadOnlyList<ChangeTest> cases)
    {
        bool isKnown = cases.All(one => one.IsKnown);
        IEnumerable<int> pairs = Enumerable.Range(0, cases[0]._changes.Length);
        return new ChangeTest(
            null, Metric.P50OfAll, [.. pairs.Select(pair => isKnown ? cases.Average(one => one._changes[pair]) : (double?)null)]);
    }

    /// <summary>The answer.</summary>
    /// <param name="limit">The greatest statistic that chance explains; null where the level cannot be reached.</param>
    /// <param name="mayFlag">Whether the answer may flag a change.</param>
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

    // Enough pairs for the interval to fit into the band, or for the measured change to be beyond chance: the fewer of both.
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

    private static double? MedianOf(IEnumerable<double?> figures)
    {
        double[] known = [.. figures.OfType<double>()];
        return known.Length > 0 ? Figure.Of(known).Value : null;
    }
}
