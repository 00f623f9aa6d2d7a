using Perfolizer.Mathematics.Distributions.ContinuousDistributions;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>
/// A statistical test: did a metric of one case change, or the p50 of all cases together? The test uses one change for each pair.
/// </summary>
internal sealed class ChangeTest
{
    // For flags, outliers are clipped: a change is limited to this multiple of the median magnitude of all changes. "Same" uses the changes
    // as they are, because a change that only some processes have is an outlier too.
    private const double ClipAtMedians = 3;

    // The one-sided 95 % quantile of the normal distribution.
    private const double OneSided95 = 1.645;

    // An answer states the number of pairs needed only if that number is below this multiple of the measured pairs.
    private const int MaxFactor = 1_000;

    // One change for each pair, and the same changes with outliers clipped. A pair without the figure has the change 0.
    private readonly double[] _changes;
    private readonly double[] _clipped;

    // The clipped changes are computed from `steady` if that is given, otherwise from the changes.
    private ChangeTest(string? caseName, Metric metric, double?[] changes, double[]? steady = null)
    {
        (Case, Metric) = (caseName, metric);
        Known = changes.Count(change => change is not null);
        IsKnown = Known == changes.Length && Known > 1;
        _changes = [.. changes.Select(change => change ?? 0)];
        steady ??= _changes;
        double clip = IsKnown ? ClipAtMedians * Medians.Lower([.. steady.Select(Math.Abs)]) : 0;
        _clipped = [.. steady.Select(change => Math.Clamp(change, -clip, clip))];
        Mean = _clipped.Average();
        double extreme = Math.Max(clip, metric.OpenBeyond);
        bool isSearched = IsKnown && metric.FindsSlowProcesses;
        Outliers = isSearched ? Outliers.Of(_changes, extreme) : Outliers.None;
        HasExtremes = isSearched && _changes.Any(change => Math.Abs(change) > extreme);
    }

    /// <summary>The case's short name. Null if the test is for all cases together.</summary>
    public string? Case { get; }

    public Metric Metric { get; }

    /// <summary>Whether the test can be computed: there are at least two pairs, and each pair has the figure.</summary>
    public bool IsKnown { get; }

    /// <summary>The mean of the changes, with outliers clipped.</summary>
    public double Mean { get; }

    /// <summary>The pairs whose change is far from that of the others.</summary>
    public Outliers Outliers { get; }

    /// <summary>Whether a pair's change is extreme. That does not depend on the signs of the changes.</summary>
    public bool HasExtremes { get; }

    /// <summary>
    /// The test's clipped changes, for computing its statistic. The test for all cases together does not take part in a floor.
    /// </summary>
    public FlippableTest Flippable => new(_clipped, Case is null ? null : Metric.Name, Metric.Name);

    /// <summary>Whether the mean change is large enough to be reported.</summary>
    public bool Matters => IsKnown && Metric.Matters(Base.Value, Mean);

    private int Known { get; }

    private Ranged Base { get; init; }

    private Ranged Current { get; init; }

    private bool TooFewCalls { get; init; }

    /// <summary>Creates the test for a metric of one case.</summary>
    public static ChangeTest Of(string caseName, Metric metric, IReadOnlyList<Pairing> pairs)
    {
        CaseFigures?[] before = [.. pairs.Select(pair => pair.Base.GetValueOrDefault(caseName))];
        CaseFigures?[] after = [.. pairs.Select(pair => pair.Current.GetValueOrDefault(caseName))];
        return new ChangeTest(caseName, metric, [.. before.Zip(after, metric.Change)])
        {
            Base = RangeOfKnown(before.Select(metric.Figure)),
            Current = RangeOfKnown(after.Select(metric.Figure)),
            TooFewCalls = before.Concat(after).Any(figures => figures?.Calls < metric.CallsNeeded),
        };
    }

    /// <summary>Creates the test for all cases together. Its change in a pair is the mean of the cases' p50 changes in that pair.</summary>
    /// <param name="cases">The p50 tests, one for each case.</param>
    public static ChangeTest OfAll(IReadOnlyList<ChangeTest> cases)
    {
        ChangeTest[] known = [.. cases.Where(one => one.IsKnown)];
        int pairs = cases[0]._changes.Length;
        return known.Length == 0
            ? new ChangeTest(null, Metric.P50OfAll, new double?[pairs])
            : new ChangeTest(null, Metric.P50OfAll, [.. MeanOf(one => one._changes).Cast<double?>()], MeanOf(one => one._clipped));

        double[] MeanOf(Func<ChangeTest, double[]> changes) =>
            [.. Enumerable.Range(0, pairs).Select(pair => known.Average(one => changes(one)[pair]))];
    }

    /// <summary>Computes the smallest change that a limit on the statistic lets pass in 5 % of runs.</summary>
    /// <param name="limit">The limit.</param>
    /// <param name="error">The standard error of the mean change.</param>
    /// <param name="floor">The constant that is added to the standard error.</param>
    public double VisibleAt(double limit, double error, double floor) =>
        Math.Max((limit * (error + floor)) + (OneSided95 * error), Metric.MarginAsChange);

    /// <summary>Answers that the metric changed. The figures are those with outliers clipped.</summary>
    /// <param name="judgement">Slower or faster.</param>
    /// <param name="visible">The smallest change that the rule sees; null if it is unknown.</param>
    public Answer Changed(Judgement judgement, double? visible) => Interval(_clipped, visible) with { Judgement = judgement };

    /// <summary>Answers that some processes of the current side differ from the others.</summary>
    /// <param name="judgement">Some slower, perhaps some slower, or some faster.</param>
    public Answer SomeChanged(Judgement judgement) => Interval(_changes, visible: null) with { Judgement = judgement };

    /// <summary>Answers "same" if the data shows it, otherwise "too noisy".</summary>
    /// <param name="visible">The smallest change that the rule sees; null if there are too few pairs to report any change.</param>
    public Answer NotFlagged(double? visible)
    {
        if (!IsKnown)
        {
            return new Answer
            {
                Case = Case,
                Metric = Metric,
                Judgement = Judgement.TooNoisy,
                Base = Base,
                Current = Current,
                Withheld = WhyUnknown(),
            };
        }

        Answer answer = Interval(_changes, visible);
        bool isSame = Metric.IsWithinBand(Base.Value, answer.Low!.Value) && Metric.IsWithinBand(Base.Value, answer.High!.Value);
        return isSame
            ? answer with { Judgement = Judgement.Same }
            : answer with { PairsNeeded = PairsNeeded(answer) };
    }

    private Answer Interval(double[] changes, double? visible)
    {
        double mean = changes.Average();
        double error = Math.Sqrt(changes.Sum(change => (change - mean) * (change - mean)) / (changes.Length - 1) / changes.Length);
        double half = new StudentDistribution(changes.Length - 1).Quantile(0.975) * error;
        return new Answer
        {
            Case = Case,
            Metric = Metric,
            Judgement = Judgement.TooNoisy,
            Base = Base,
            Current = Current,
            Change = mean,
            Low = mean - half,
            High = mean + half,
            Visible = visible,
            Outliers = Outliers,
        };
    }

    private string WhyUnknown()
    {
        int missing = _changes.Length - Known;
        string why = TooFewCalls ? FormattableString.Invariant($": it needs {Metric.CallsNeeded} calls") : "";
        return missing > 0
            ? FormattableString.Invariant($"not known in {missing} of {_changes.Length}{why}")
            : "one alone has no interval";
    }

    // Estimates how many pairs are enough for a judgement, and returns the smaller of two numbers. `toBeSame`: the interval fits into the
    // band. `toBeChange`: the measured change exceeds what chance explains. The interval shrinks with the square root of the number of
    // pairs.
    private int? PairsNeeded(Answer answer)
    {
        double change = Math.Abs(answer.Change!.Value);
        double half = answer.High!.Value - answer.Change.Value;
        double room = Metric.BandAsChange - change;
        double toBeSame = room > 0 ? Math.Pow(half / room, 2) : double.PositiveInfinity;
        double toBeChange = answer.Visible is { } visible && change > Metric.MarginAsChange
            ? Math.Pow(visible / change, 2)
            : double.PositiveInfinity;
        double factor = Math.Min(toBeSame, toBeChange);
        return factor is > 1 and < MaxFactor ? (int)Math.Ceiling(Known * factor) : null;
    }

    // One pair alone has no range.
    private static Ranged RangeOfKnown(IEnumerable<double?> figures)
    {
        double[] sorted = [.. figures.OfType<double>().Order()];
        return sorted.Length switch
        {
            0 => default,
            1 => new Ranged(sorted[0], null, null),
            _ => new Ranged(Medians.Middle(sorted), sorted[0], sorted[^1]),
        };
    }
}
