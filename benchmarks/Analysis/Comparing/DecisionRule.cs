using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>Decides which cases are slower or faster in one build than in another.</summary>
/// <remarks>
/// The unit of observation is the pair. Calls of one process depend on each other, and a test that treats them as independent reports
/// changes between identical builds (Kalibera and Jones 2013; Abedi and Brecht 2017, "Conducting Repeatable Experiments in Highly Variable
/// Cloud Computing Environments").
/// <para>The rule runs one test for each case and metric, and one test for the p50 of all cases together, which finds a small change that
/// all cases share. A test's statistic is the mean change over the pairs, with outliers clipped, divided by the standard error plus a
/// constant. The constant prevents a false alarm if the pairs of a small change agree by chance (Tusher, Tibshirani and Chu 2001).</para>
/// <para>A permutation test computes how great a statistic chance can make. If the builds are identical, base and head can be exchanged in
/// any pair, which flips the sign of the pair's changes. The rule flips the signs at random, for all tests at once, and takes the greatest
/// statistic of all tests as the limit (Westfall and Young 1993). The error rate therefore applies to all tests together.</para>
/// </remarks>
/// <param name="cases">The short names of the compared cases.</param>
/// <param name="metrics">The compared metrics.</param>
internal sealed class DecisionRule(IReadOnlyList<string> cases, IReadOnlyList<Metric> metrics)
{
    /// <summary>
    /// The least number of pairs with which the rule can report a change. The changes of 6 pairs all have the same sign by chance in 2 ÷ 2⁶
    /// = 3 % of runs.
    /// </summary>
    public const int LeastPairs = 6;

    // The error rate of all tests together: the probability that the rule reports a change between identical builds. Fewer than 8 pairs
    // cannot reach 1 %, so their error rate is 5 %.
    private const double Error = 0.01;
    private const double ErrorOfFewPairs = 0.05;

    private const int Flips = 2_000;

    // Up to this number of pairs, the permutation test tries all sign patterns, at most 2 048. With more pairs, it tries random patterns.
    private const int ExactPairs = 11;

    /// <summary>The confidence level, from 0 to 1, that a number of pairs allows. Null if there are too few pairs.</summary>
    public static double? LevelOf(int pairs) =>
        Math.Pow(2, 1 - pairs) <= Error ? 1 - Error
        : pairs >= LeastPairs ? 1 - ErrorOfFewPairs
        : null;

    /// <summary>Judges each metric of each case, and the p50 of all cases together.</summary>
    /// <param name="pairs">The measured pairs.</param>
    /// <param name="seed">The seed of the random sign patterns.</param>
    public IReadOnlyList<Answer> Decide(IReadOnlyList<Pairing> pairs, int seed) =>
        WithoutRedundantTotal(Decide(pairs, seed, LevelOf(pairs.Count), _ => true, mayFlag: true));

    /// <summary>
    /// Judges two batches of pairs. A change is reported only if both batches show it. The answer then has the figures of the second batch,
    /// because the figures of the first batch are probably exaggerated. Answers without a change use both batches.
    /// </summary>
    /// <param name="first">The pairs of the first batch.</param>
    /// <param name="second">The pairs of the second batch; the list is empty if only one batch was measured.</param>
    /// <param name="seed">The seed of the random sign patterns.</param>
    public IReadOnlyList<Answer> Decide(IReadOnlyList<Pairing> first, IReadOnlyList<Pairing> second, int seed) =>
        second.Count == 0 ? Decide(first, seed) : Confirm(Decide(first, seed), first, second, seed);

    /// <summary>
    /// Confirms the answers of the first batch with a second batch. The caller has already computed the answers of the first batch.
    /// </summary>
    /// <param name="answers">The answers of the first batch.</param>
    /// <param name="first">The pairs of the first batch.</param>
    /// <param name="second">The pairs of the second batch; at least one.</param>
    /// <param name="seed">The seed of the random sign patterns.</param>
    public IReadOnlyList<Answer> Confirm(
        IReadOnlyList<Answer> answers, IReadOnlyList<Pairing> first, IReadOnlyList<Pairing> second, int seed)
    {
        Dictionary<(string?, Metric), Judgement> flagged = answers
            .Where(answer => answer.IsFlag)
            .ToDictionary(answer => (answer.Case, answer.Metric), answer => answer.Judgement);
        // Use an error rate of 5 %. It is low enough here, because only the few tests that showed a change in the first batch are repeated.
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

    // Removes the answer for all cases together if the p50 of a case changed, because that one case can change the mean of all cases.
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

    // Sets the constant that is added to the standard error: for each metric, the median of the standard errors of its cases.
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

    // Computes the limit on the statistics by a permutation test. For each sign pattern, finds the greatest statistic of all tests. Returns
    // the quantile of these greatest statistics at the confidence level.
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
