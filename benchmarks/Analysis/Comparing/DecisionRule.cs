namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>Decides which cases are slower or faster in one build than in another.</summary>
/// <remarks>
/// The unit of observation is the pair. Calls of one process depend on each other, and a test that treats them as independent reports
/// changes between identical builds (Kalibera and Jones 2013; Abedi and Brecht 2017, "Conducting Repeatable Experiments in Highly Variable
/// Cloud Computing Environments").
/// <para>The rule runs one test for each case and metric, and one test for the p50 of all cases together, which finds a small change that
/// all cases share. A test's statistic is the mean change over the pairs, with outliers clipped, divided by the standard error plus a
/// floor. The floor prevents a false alarm if the pairs of a small change agree by chance (Tusher, Tibshirani and Chu 2001).</para>
/// <para>A permutation test computes how great a statistic chance can make. If the builds are identical, base and head can be exchanged in
/// any pair, which flips the sign of the pair's changes. The rule flips the signs at random, for all tests at once, and takes the greatest
/// statistic of all tests as the limit (Westfall and Young 1993). The error rate therefore applies to all tests together.</para>
/// <para>A gate looks at many cases in two stages. The first batch of pairs only names suspects. The second batch tests the suspects, with
/// pairs of its own. Whatever the first batch names, the error rate of the second applies: so it is the error rate of the gate.</para>
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

    // A statistic above this value makes a suspect. The study of the gate shows the power and the number of suspects that result. Figures
    // that never decide the outcome have a greater limit, because a few calls can move them.
    private const double Suspicious = 1.8;
    private const double SuspiciousTail = 2.5;

    // Outliers in one direction make a suspect if chance makes as many with at most this probability: from two outliers on.
    private const double SuspiciousOutliers = 0.25;

    private const int Flips = 2_000;

    // Up to this number of pairs, the permutation test tries all sign patterns, at most 2 048. With more pairs, it tries random patterns.
    private const int ExactPairs = 11;

    /// <summary>The confidence level, from 0 to 1, that a number of pairs allows. Null if there are too few pairs.</summary>
    public static double? LevelOf(int pairs) =>
        Math.Pow(2, 1 - pairs) <= Error ? 1 - Error
        : pairs >= LeastPairs ? 1 - ErrorOfFewPairs
        : null;

    /// <summary>Judges each metric of each case, and the p50 of all cases together, by one batch of pairs.</summary>
    /// <param name="pairs">The measured pairs.</param>
    /// <param name="seed">The seed of the random sign patterns.</param>
    public IReadOnlyList<Answer> Decide(IReadOnlyList<Pairing> pairs, int seed)
    {
        if (pairs.Count == 0)
        {
            return [];
        }

        ChangeTest[] tests = Tests(pairs);
        Measured[] measured = Measure(tests, pairs.Count);
        double? limit = LimitOf([.. measured.Select(one => one.Test)], pairs.Count, seed);
        Dictionary<ChangeTest, Measured> known = measured.ToDictionary(one => one.Test);
        return WithoutRedundantTotal([.. tests.Select(test =>
        {
            Measured? one = known.TryGetValue(test, out Measured? found) ? found : null;
            double? visible = one is not null && limit is { } beyond ? test.VisibleAt(beyond, one.Error, one.Floor) : null;
            return one?.Statistic > limit && test.Matters ? test.Changed(Direction(test), visible) : test.NotFlagged(visible);
        })]);
    }

    /// <summary>Names the tests that a second batch has to decide.</summary>
    /// <param name="pairs">The pairs of the first batch.</param>
    public IReadOnlyList<Suspect> Suspects(IReadOnlyList<Pairing> pairs)
    {
        if (pairs.Count == 0)
        {
            return [];
        }

        Measured[] measured = Measure([.. Tests(pairs).Where(test => test.Case is not null)], pairs.Count);
        Measured[] changed = [.. measured.Where(IsSuspicious)];
        // The p50 of all cases is suspected only if it seems to change in those cases that are not suspects themselves.
        ChangeTest[] others = [.. measured.Except(changed).Select(one => one.Test).Where(test => test.Metric == Metric.P50)];
        Measured[] total = others.Length > 1 ? Measure([.. others, ChangeTest.OfAll(others)], pairs.Count) : [];
        return
        [
            .. changed.Concat(total.Where(one => one.Test.Case is null && IsSuspicious(one)))
                .Select(one => new Suspect(one.Test.Case, one.Test.Metric, Direction(one.Test))),
            .. measured.Where(one => one.Test.Outliers.Probability <= SuspiciousOutliers)
                .Select(one => new Suspect(one.Test.Case, one.Test.Metric, SomeDirection(one.Test))),
        ];
    }

    /// <summary>
    /// Judges two batches of pairs. A change is reported only if the first batch suspected it and the second shows it. The answer then has
    /// the figures of the second batch, because those of the first are probably exaggerated. Answers without a change use both batches.
    /// </summary>
    /// <param name="first">The pairs of the first batch.</param>
    /// <param name="suspects">The tests that the first batch suspected.</param>
    /// <param name="second">
    /// The pairs of the second batch, with at least the cases of the suspects; the list is empty if nothing was suspected.
    /// </param>
    /// <param name="seed">The seed of the random sign patterns.</param>
    public IReadOnlyList<Answer> Confirm(
        IReadOnlyList<Pairing> first, IReadOnlyList<Suspect> suspects, IReadOnlyList<Pairing> second, int seed)
    {
        if (first.Count == 0)
        {
            return [];
        }

        Dictionary<(string?, Metric), Answer> confirmed = Confirmed(suspects, second, seed);
        ChangeTest[] tests = Tests(first);
        Dictionary<ChangeTest, Measured> known = Measure(tests, first.Count).ToDictionary(one => one.Test);
        Dictionary<(string?, Metric), ChangeTest> both = TestsOf(suspects, [.. first, .. second], second.Count);
        return WithoutRedundantTotal([.. tests.Select(test => confirmed.GetValueOrDefault((test.Case, test.Metric)) is { } flagged
            ? flagged
            : both.GetValueOrDefault((test.Case, test.Metric), test).NotFlagged(
                known.TryGetValue(test, out Measured? one) && LevelOf(first.Count) is not null
                    ? test.VisibleAt(SuspiciousFrom(test.Metric), one.Error, one.Floor)
                    : null))]);
    }

    /// <summary>
    /// Whether more pairs of a second batch can change its answer: some processes of a case are suspected, and a pair of the batch is
    /// extreme. The signs of the pairs' changes do not matter, so the permutation test stays exact.
    /// </summary>
    /// <param name="suspects">The tests that the first batch suspected.</param>
    /// <param name="second">The pairs of the second batch.</param>
    public bool NeedsMorePairs(IReadOnlyList<Suspect> suspects, IReadOnlyList<Pairing> second)
    {
        Dictionary<(string?, Metric), ChangeTest> tests = TestsOf(suspects, second, second.Count);
        return suspects.Any(suspect =>
            suspect.IsOfSome && tests.GetValueOrDefault((suspect.Case, suspect.Metric)) is { HasExtremes: true });
    }

    private static double SuspiciousFrom(Metric metric) => metric.Decides ? Suspicious : SuspiciousTail;

    private static bool IsSuspicious(Measured one) => one.Test.Matters && one.Statistic > SuspiciousFrom(one.Test.Metric);

    // Returns the suspected changes that the second batch shows too.
    private Dictionary<(string?, Metric), Answer> Confirmed(IReadOnlyList<Suspect> suspects, IReadOnlyList<Pairing> second, int seed)
    {
        var answers = new Dictionary<(string?, Metric), Answer>();
        if (second.Count == 0 || suspects.Count == 0)
        {
            return answers;
        }

        Dictionary<(string?, Metric), ChangeTest> tests = TestsOf(suspects, second, second.Count);
        Suspect[] some = [.. suspects.Where(suspect => suspect.IsOfSome && tests.ContainsKey((suspect.Case, suspect.Metric)))];
        foreach (Suspect suspect in some)
        {
            ChangeTest test = tests[(suspect.Case, suspect.Metric)];
            if (SomeDirection(test) != suspect.Direction || test.Outliers.Probability > SuspiciousOutliers)
            {
                continue;
            }

            if (test.Outliers.Probability * some.Length <= Error)
            {
                answers[(test.Case, test.Metric)] = test.SomeChanged(suspect.Direction);
            }
            else if (suspect.Direction == Judgement.SomeSlower)
            {
                answers[(test.Case, test.Metric)] = test.SomeChanged(Judgement.PerhapsSomeSlower);
            }
        }

        Suspect[] all = [.. suspects.Where(suspect => !suspect.IsOfSome && tests.ContainsKey((suspect.Case, suspect.Metric)))];
        Measured[] measured = Measure([.. all.Select(suspect => tests[(suspect.Case, suspect.Metric)])], second.Count);
        double? limit = LimitOf([.. measured.Select(one => one.Test)], second.Count, seed);
        foreach ((Suspect suspect, Measured one) in all.Zip(measured))
        {
            if (one.Statistic > limit && one.Test.Matters && Direction(one.Test) == suspect.Direction)
            {
                answers[(suspect.Case, suspect.Metric)] =
                    one.Test.Changed(suspect.Direction, one.Test.VisibleAt(limit.Value, one.Error, one.Floor));
            }
        }

        return answers;
    }

    // Creates the known tests of the cases that are suspected: of all cases if all together are.
    private Dictionary<(string?, Metric), ChangeTest> TestsOf(
        IReadOnlyList<Suspect> suspects, IReadOnlyList<Pairing> pairs, int second)
    {
        string[] names = suspects.Any(suspect => suspect.Case is null)
            ? [.. cases]
            : [.. suspects.Select(suspect => suspect.Case!).Distinct()];
        return second == 0 || names.Length == 0
            ? []
            : Tests(names, pairs).Where(test => test.IsKnown && (test.Case is not null || names.Length == cases.Count))
                .ToDictionary(test => (test.Case, test.Metric));
    }

    private ChangeTest[] Tests(IReadOnlyList<Pairing> pairs) => Tests(cases, pairs);

    private ChangeTest[] Tests(IReadOnlyList<string> names, IReadOnlyList<Pairing> pairs)
    {
        List<ChangeTest> tests = [.. from name in names from metric in metrics select ChangeTest.Of(name, metric, pairs)];
        if (metrics.Contains(Metric.P50) && names.Count > 1)
        {
            tests.Add(ChangeTest.OfAll([.. tests.Where(test => test.Metric == Metric.P50)]));
        }

        return [.. tests];
    }

    // Computes the statistics of those tests that are known.
    private static Measured[] Measure(IReadOnlyList<ChangeTest> tests, int pairs)
    {
        ChangeTest[] known = [.. tests.Where(test => test.IsKnown)];
        double[] unflipped = [.. Enumerable.Repeat(1.0, pairs)];
        return pairs < 2
            ? []
            : [.. new FlippedTests([.. known.Select(test => test.Flippable)], pairs).Of(unflipped)
                .Zip(known, (values, test) => new Measured(test, values.Statistic, values.Error, values.Floor))];
    }

    // Computes the limit on the statistics by a permutation test. For each sign pattern, finds the greatest statistic of all tests. Returns
    // the quantile of these greatest statistics at the confidence level. The measured pattern is one of them, which makes the test exact.
    // Returns null if there are too few pairs.
    private static double? LimitOf(IReadOnlyList<ChangeTest> tests, int pairs, int seed)
    {
        if (LevelOf(pairs) is not { } level)
        {
            return null;
        }

        bool exact = pairs <= ExactPairs;
        double[] greatest = new double[exact ? 1 << pairs : Flips];
        var flipped = new FlippedTests([.. tests.Select(test => test.Flippable)], pairs);
        var random = new Random(seed);
        double[] signs = new double[pairs];
        for (int flip = 0; flip < greatest.Length; flip++)
        {
            for (int pair = 0; pair < pairs; pair++)
            {
                signs[pair] = (exact ? (flip >> pair) & 1 : flip == 0 ? 0 : random.Next(2)) == 0 ? 1 : -1;
            }

            greatest[flip] = flipped.GreatestStatistic(signs);
        }

        Array.Sort(greatest);
        return greatest[(int)Math.Ceiling(level * greatest.Length) - 1];
    }

    // Removes the answer for all cases together if the p50 of a case changed, because that one case can change the mean of all cases.
    private static IReadOnlyList<Answer> WithoutRedundantTotal(IReadOnlyList<Answer> answers) =>
        answers.Any(answer => answer.IsFlag && answer.Metric == Metric.P50)
            ? [.. answers.Where(answer => answer.Case is not null)]
            : answers;

    private static Judgement Direction(ChangeTest test) => test.Mean > 0 ? Judgement.Slower : Judgement.Faster;

    private static Judgement SomeDirection(ChangeTest test) => test.Outliers.AreWorse ? Judgement.SomeSlower : Judgement.SomeFaster;

    // A test with its statistic, its standard error and the floor of its group.
    private sealed record Measured(ChangeTest Test, double Statistic, double Error, double Floor);
}

/// <summary>A change that a first batch of pairs suspected.</summary>
/// <param name="Case">The case's short name. Null for all cases together.</param>
/// <param name="Metric">The metric that seems to have changed.</param>
/// <param name="Direction">The suspected answer.</param>
internal sealed record Suspect(string? Case, Metric Metric, Judgement Direction)
{
    /// <summary>Whether only some processes seem to differ.</summary>
    public bool IsOfSome => Direction is Judgement.SomeSlower or Judgement.SomeFaster;
}
