using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>
/// Decides what is slower. The observation is the pair: calls of one process are not independent, and a test that treats them as
/// independent flags identical code (Kalibera and Jones 2013; Abedi and Brecht 2017, "Conducting Repeatable Experiments in Highly
/// Variable Cloud Computing Environments").
/// <para>There is a test for each case and metric, and one for the p50 of all cases together, which finds small changes of
/// everything. The statistic is the mean change over the pairs, with outliers clipped, divided by its standard error plus a floor.
/// The floor keeps a small change from being flagged because its pairs agree by chance (Tusher, Tibshirani and Chu 2001).</para>
/// <para>The pairs themselves show what chance explains. For identical code, base and head could change places in any pair. So the
/// signs of whole pairs are flipped for all tests at once, and the greatest statistic of all tests gives the limit (Westfall and
/// Young 1993). The chance of error therefore holds for all tests together.</para>
/// </summary>
/// <param name="cases">The short names of the compared cases.</param>
/// <param name="metrics">The compared metrics.</param>
internal sealed class DecisionRule(IReadOnlyList<string> cases, IReadOnlyList<Metric> metrics)
{
    /// <summary>The fewest pairs that can flag a change. By chance, 6 pairs all have the same sign in 2 ÷ 2⁶ = 3 % of runs.</summary>
    public const int LeastPairs = 6;

    // The error rate of all tests together: the probability that identical code gets a flag. Fewer than 8 pairs cannot reach 1 %,
    // so their error rate is 5 %.
    private const double Error = 0.01;
    private const double ErrorOfFewPairs = 0.05;

    private const int Flips = 2_000;

    // With up to 11 pairs every sign pattern is tried, at most 2 048. With more pairs, random patterns are drawn.
    private const int ExactPairs = 11;

    /// <summary>The confidence level, from 0 to 1, for a number of pairs; null if there are too few pairs.</summary>
    public static double? LevelOf(int pairs) =>
        Math.Pow(2, 1 - pairs) <= Error ? 1 - Error
        : pairs >= LeastPairs ? 1 - ErrorOfFewPairs
        : null;

    /// <summary>Answers each case and metric, and the p50 of all cases together.</summary>
    /// <param name="pairs">The observations.</param>
    /// <param name="seed">The seed of the flips.</param>
    public IReadOnlyList<Answer> Decide(IReadOnlyList<Pairing> pairs, int seed) =>
        WithoutRedundantTotal(Decide(pairs, seed, LevelOf(pairs.Count), _ => true, mayFlag: true));

    /// <summary>
    /// Answers from two batches of pairs. A change is flagged only if both batches show it. The answer then has the figures of the
    /// second batch, since the figures that led to the first flag are probably exaggerated. Other answers use both batches.
    /// </summary>
    /// <param name="first">The pairs of the first batch.</param>
    /// <param name="second">The pairs of the second batch; empty where there is none.</param>
    /// <param name="seed">The seed of the flips.</param>
    public IReadOnlyList<Answer> Decide(IReadOnlyList<Pairing> first, IReadOnlyList<Pairing> second, int seed) =>
        second.Count == 0 ? Decide(first, seed) : Confirm(Decide(first, seed), first, second, seed);

    /// <summary>Confirms the answers of the first batch, for a caller that already has them.</summary>
    /// <param name="answers">The answers of the first batch.</param>
    /// <param name="first">The pairs of the first batch.</param>
    /// <param name="second">The pairs of the second batch; at least one.</param>
    /// <param name="seed">The seed of the flips.</param>
    public IReadOnlyList<Answer> Confirm(
        IReadOnlyList<Answer> answers, IReadOnlyList<Pairing> first, IReadOnlyList<Pairing> second, int seed)
    {
        Dictionary<(string?, Metric), Judgement> flagged = answers
            .Where(answer => answer.IsFlag)
            .ToDictionary(answer => (answer.Case, answer.Metric), answer => answer.Judgement);
        // An error rate of 5 % is enough here: the flagged tests are few, and were chosen before the second batch was measured.
        double? level = LevelOf(second.Count) is null ? null : 1 - ErrorOfFewPairs;
        var confirmed = Decide(second, seed, level, test => flagged.ContainsKey((test.Case, test.Metric)), mayFlag: true)
            .Where(again => again.Judgement == flagged[(again.Case, again.Metric)])
            .ToDictionary(again => (again.Case, again.Metric));
        Pairing[] both = [.. first, .. second];
        return WithoutRedundantTotal(
        [
            .. Decide(both, seed, LevelOf(both.Length), _ => true, mayFlag: false)
                .Select(answer => confirmed.GetValueOrDefault((answer.Case, answer.Metric), answer)),
        ]);
    }

    // Leaves out the answer for all cases together if a case is flagged: that case alone can move the mean of all cases.
    private static IReadOnlyList<Answer> WithoutRedundantTotal(IReadOnlyList<Answer> answers) =>
        answers.Any(answer => answer.IsFlag && answer.Metric == Metric.P50)
            ? [.. answers.Where(answer => answer.Case is not null)]
            : answers;

    private IReadOnlyList<Answer> Decide(
        IReadOnlyList<Pairing> pairs, int seed, double? level, Func<ChangeTest, bool> isAsked, bool mayFlag)
    {
        if (pairs.Count == 0)
        {
            return [];
        }

        List<ChangeTest> tests = [.. from name in cases from metric in metrics select ChangeTest.Of(name, metric, pairs)];
        if (metrics.Contains(Metric.P50) && cases.Count > 1)
        {
            tests.Add(ChangeTest.OfAll([.. tests.Where(test => test.Metric == Metric.P50)]));
        }

        SetFloors(tests, pairs.Count);
        double? limit = level is { } reached
            ? LimitOf([.. tests.Where(test => test.IsKnown && isAsked(test))], pairs.Count, seed, reached)
            : null;
        return [.. tests.Where(isAsked).Select(test => test.Answer(limit, mayFlag))];
    }

    // Sets the floor of each metric to the median standard error of its cases.
    private static void SetFloors(List<ChangeTest> tests, int pairs)
    {
        foreach (IGrouping<string, ChangeTest> metric in tests.GroupBy(test => test.Metric.Name))
        {
            double[] errors =
                [.. metric.Where(test => test.Case is not null && test.IsKnown).Select(test => test.RootMeanSquare / Math.Sqrt(pairs))];
            double floor = errors.Length > 0 ? Medians.Lower(errors) : 0;
            foreach (ChangeTest test in metric)
            {
                test.Floor = floor;
            }
        }
    }

    // Computes the limit: flips the signs of whole pairs, takes the greatest statistic of all tests for each sign pattern, and returns
    // the quantile of these at the confidence level.
    private static double LimitOf(IReadOnlyList<ChangeTest> tests, int pairs, int seed, double level)
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
}
