using Perfolizer.Mathematics.Distributions.ContinuousDistributions;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results.Pools;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>What two processes that were measured together, or two launches, say of each case.</summary>
/// <param name="Base">By a case's short name.</param>
/// <param name="Current">By a case's short name.</param>
internal sealed record Pairing(IReadOnlyDictionary<string, CaseFigures> Base, IReadOnlyDictionary<string, CaseFigures> Current);

/// <summary>
/// What counts as slower. The observation is the pair: calls of one process are not independent, and a test that takes
/// them for observations flags identical code (Kalibera and Jones 2013; Abedi and Brecht 2017, "Conducting Repeatable
/// Experiments in Highly Variable Cloud Computing Environments"). A test a case and metric, and one of all cases'
/// p50 together, which finds what moves everything a little. Its statistic is the mean change over the pairs, outlying
/// ones clipped, divided by its standard error and a floor, so that pairs that agree by chance do not make a small
/// change a sure one (Tusher, Tibshirani and Chu 2001). What is beyond chance is learnt from the pairs themselves: where
/// the code is the same, base and head could change places in any pair, so their signs are flipped, in whole pairs for
/// all tests at once, and the greatest statistic of all tests gives the limit (Westfall and Young 1993): whichever of
/// them is flagged, there is one chance of error for all.
/// </summary>
/// <param name="cases">The short names of the cases that are compared.</param>
/// <param name="metrics">The figures by which they are.</param>
internal sealed class DecisionRule(IReadOnlyList<string> cases, IReadOnlyList<Metric> metrics)
{
    /// <summary>The least pairs of which anything can be called a change: of n pairs chance alone gives one sign to all in 2 of 2ⁿ cases.</summary>
    public const int LeastPairs = 6;

    // The chance of error of all tests of a comparison together; with few pairs there is no telling so sure.
    private const double Error = 0.01;
    private const double ErrorOfFewPairs = 0.05;

    private const double ClipAtMedians = 3;
    private const int Flips = 2_000;

    // As many pairs as have no more sign patterns than that are gone through one by one.
    private const int ExactPairs = 11;

    private const double OneSided95 = 1.645;

    /// <summary>The level at which a number of pairs can be judged, from 0 to 1; null where there are too few.</summary>
    public static double? LevelOf(int pairs) =>
        Math.Pow(2, 1 - pairs) <= Error ? 1 - Error
        : pairs >= LeastPairs ? 1 - ErrorOfFewPairs
        : null;

    /// <summary>Answers each case and metric, and all cases' p50 together.</summary>
    /// <param name="pairs">The observations.</param>
    /// <param name="seed">What the flips are drawn from.</param>
    public IReadOnlyList<Answer> Decide(IReadOnlyList<Pairing> pairs, int seed) => Told(Decide(pairs, seed, LevelOf(pairs.Count), _ => true, mayFlag: true));

    /// <summary>
    /// Answers with a second batch of pairs, which had no part in what the first was flagged for: only what it shows too is
    /// called a change, by its own figures, since those that led to a flag are likely to be exaggerated. All else is
    /// answered from both.
    /// </summary>
    /// <param name="first">The pairs of the first batch.</param>
    /// <param name="second">The pairs of the second batch; empty where there is none.</param>
    /// <param name="seed">What the flips are drawn from.</param>
    public IReadOnlyList<Answer> Decide(IReadOnlyList<Pairing> first, IReadOnlyList<Pairing> second, int seed) =>
        second.Count == 0 ? Decide(first, seed) : Confirm(Decide(first, seed), first, second, seed);

    /// <summary>What <see cref="Decide(IReadOnlyList{Pairing}, IReadOnlyList{Pairing}, int)"/> comes to, for who has the first batch's answers.</summary>
    /// <param name="answers">Those of the first batch.</param>
    /// <param name="first">The pairs of the first batch.</param>
    /// <param name="second">The pairs of the second batch; at least one.</param>
    /// <param name="seed">What the flips are drawn from.</param>
    public IReadOnlyList<Answer> Confirm(IReadOnlyList<Answer> answers, IReadOnlyList<Pairing> first, IReadOnlyList<Pairing> second, int seed)
    {
        Dictionary<(string?, Metric), Judgement> flagged = answers.Where(answer => answer.IsFlag).ToDictionary(answer => (answer.Case, answer.Metric), answer => answer.Judgement);
        // What is to be shown was named beforehand, and there is little of it.
        double? level = LevelOf(second.Count) is null ? null : 1 - ErrorOfFewPairs;
        var confirmed = Decide(second, seed, level, test => flagged.ContainsKey((test.Case, test.Metric)), mayFlag: true)
            .Where(again => again.Judgement == flagged[(again.Case, again.Metric)])
            .ToDictionary(again => (again.Case, again.Metric));
        Pairing[] both = [.. first, .. second];
        return Told([.. Decide(both, seed, LevelOf(both.Length), _ => true, mayFlag: false)
            .Select(answer => confirmed.GetValueOrDefault((answer.Case, answer.Metric), answer))]);
    }

    // One case that is flagged can move the mean of all; that all were slower would then be no news, and misleading.
    private static IReadOnlyList<Answer> Told(IReadOnlyList<Answer> answers) =>
        answers.Any(answer => answer.IsFlag && answer.Metric == Metric.P50) ? [.. answers.Where(answer => answer.Case is not null)] : answers;

    private IReadOnlyList<Answer> Decide(
        IReadOnlyList<Pairing> pairs, int seed, double? level, Func<Test, bool> isAsked, bool mayFlag)
    {
        if (pairs.Count == 0)
        {
            return [];
        }

        List<Test> tests = [.. from name in cases from metric in metrics select Test.Of(name, metric, pairs)];
        if (metrics.Contains(Metric.P50) && cases.Count > 1)
        {
            tests.Add(Test.OfAll([.. tests.Where(test => test.Metric == Metric.P50)]));
        }

        foreach (IGrouping<string, Test> metric in tests.GroupBy(test => test.Metric.Name))
        {
            double[] floors = [.. metric.Where(test => test.Case is not null && test.IsKnown).Select(test => test.RootMeanSquare / Math.Sqrt(pairs.Count))];
            double floor = floors.Length > 0 ? WarmUp.Median(floors) : 0;
            foreach (Test test in metric)
            {
                test.Floor = floor;
            }
        }

        double? limit = level is { } sure ? LimitOf([.. tests.Where(test => test.IsKnown && isAsked(test))], pairs.Count, seed, sure) : null;
        return [.. tests.Where(isAsked).Select(test => test.Answer(limit, mayFlag))];
    }

    // The level's quantile, over sign patterns of whole pairs, of the greatest statistic of all tests.
    private static double LimitOf(IReadOnlyList<Test> tests, int pairs, int seed, double level)
    {
        bool exact = pairs <= ExactPairs;
        double[] greatest = new double[exact ? 1 << pairs : Flips];
        var flipped = new FlippedTests([.. tests.Select(test => test.Flippable)], pairs);
        var random = new Random(seed);
        double[] signs = new double[pairs];
        for (int flip = 0; flip < greatest.Length; flip++)
        {
            for (int pair = 0; pair < pairs; pair++)
            {
                signs[pair] = (exact ? (flip >> pair) & 1 : random.Next(2)) == 0 ? 1 : -1;
            }

            greatest[flip] = flipped.GreatestStatistic(signs);
        }

        Array.Sort(greatest);
        return greatest[(int)Math.Ceiling(level * greatest.Length) - 1];
    }

    /// <summary>The changes of one case and metric, a pair each.</summary>
    private sealed class Test
    {
        // Clipped; 0 where a pair lacks the figure.
        private readonly double[] _changes;

        private Test(string? name, Metric metric, double?[] changes)
        {
            (Case, Metric) = (name, metric);
            double[] known = [.. changes.OfType<double>()];
            Count = known.Length;
            IsKnown = known.Length == changes.Length && known.Length > 1;
            double clip = IsKnown ? ClipAtMedians * WarmUp.Median([.. known.Select(Math.Abs)]) : 0;
            _changes = [.. changes.Select(change => Math.Clamp(change ?? 0, -clip, clip))];
            RootMeanSquare = Math.Sqrt(_changes.Average(change => change * change));
            Mean = _changes.Average();
        }

        public string? Case { get; }

        public Metric Metric { get; }

        public int Count { get; }

        public bool IsKnown { get; }

        public double RootMeanSquare { get; }

        public double Floor { get; set; }

        private double Mean { get; }

        private double? Base { get; init; }

        private double? Current { get; init; }

        private bool TooFewCalls { get; init; }

        public static Test Of(string name, Metric metric, IReadOnlyList<Pairing> pairs)
        {
            CaseFigures?[] before = [.. pairs.Select(pair => pair.Base.GetValueOrDefault(name))];
            CaseFigures?[] after = [.. pairs.Select(pair => pair.Current.GetValueOrDefault(name))];
            return new Test(name, metric, [.. before.Zip(after, metric.Change)])
            {
                Base = MedianOf(before.Select(metric.Figure)),
                Current = MedianOf(after.Select(metric.Figure)),
                TooFewCalls = before.Concat(after).Any(figures => figures?.Calls < metric.CallsNeeded),
            };
        }

        public static Test OfAll(IReadOnlyList<Test> cases) =>
            new(null, Metric.P50OfAll, [.. Enumerable.Range(0, cases[0]._changes.Length)
                .Select(pair => cases.All(one => one.IsKnown) ? cases.Average(one => one._changes[pair]) : (double?)null)]);

        public FlippableTest Flippable => new(_changes, RootMeanSquare, Floor);

        public Answer Answer(double? limit, bool mayFlag)
        {
            var answer = new Answer { Case = Case, Metric = Metric, Judgement = Judgement.TooNoisy, Base = Base, Current = Current };
            if (!IsKnown)
            {
                int missing = _changes.Length - Count;
                string why = TooFewCalls ? FormattableString.Invariant($": it needs {Metric.CallsNeeded} calls") : "";
                return answer with { Withheld = missing > 0 ? FormattableString.Invariant($"not known in {missing} of {_changes.Length}{why}") : "one alone has no interval" };
            }

            double error = ErrorOf(Mean);
            double half = new StudentDistribution(Count - 1).Quantile(0.975) * error;
            answer = answer with
            {
                Change = Mean,
                Low = Mean - half,
                High = Mean + half,
                Visible = limit is { } beyond ? Math.Max((beyond * (error + Floor)) + (OneSided95 * error), Metric.MarginAsChange) : null,
            };
            return mayFlag && StatisticOf(Mean) > limit && Metric.Matters(Base, Mean) ? answer with { Judgement = Mean > 0 ? Judgement.Slower : Judgement.Faster }
                : Metric.IsWithinBand(Base, Mean - half) && Metric.IsWithinBand(Base, Mean + half) ? answer with { Judgement = Judgement.Same }
                : answer with { PairsNeeded = PairsNeeded(half, answer.Visible) };
        }

        // Either for the interval to fit into the band, or for the change that was seen to be beyond chance.
        private int? PairsNeeded(double half, double? visible)
        {
            double room = Metric.BandAsChange - Math.Abs(Mean);
            double factor = Math.Min(
                room > 0 ? Math.Pow(half / room, 2) : double.PositiveInfinity,
                visible is { } change && Math.Abs(Mean) > Metric.MarginAsChange ? Math.Pow(change / Mean, 2) : double.PositiveInfinity);
            return factor is > 1 and < 1_000 ? (int)Math.Ceiling(Count * factor) : null;
        }

        private double StatisticOf(double mean) => FlippedTests.StatisticOf(mean, ErrorOf(mean) + Floor);

        private double ErrorOf(double mean) => FlippedTests.ErrorOf(RootMeanSquare, mean, Count);

        private static double? MedianOf(IEnumerable<double?> figures)
        {
            double[] known = [.. figures.OfType<double>()];
            return known.Length > 0 ? Figure.Of(known).Value : null;
        }
    }
}
