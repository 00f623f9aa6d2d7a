using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>
/// One row of a study: how often the decision rule reports a change in gate runs that are drawn at random from measured pairs.
/// </summary>
/// <param name="What">The compared code, as text: identical code, or an added delay.</param>
/// <param name="Pairs">The number of pairs of this kind in the pool.</param>
/// <param name="First">
/// The share of the drawn gate runs, from 0 to 1, with a change in the first batch: any change for identical code, or the change of the
/// delayed case.
/// </param>
/// <param name="Confirmed">The share of the drawn gate runs whose second batch confirms the change.</param>
/// <param name="NotKnown">The share of the drawn gate runs without a slower case, but with an answer that is too noisy.</param>
/// <param name="MostFlagged">
/// The answers that reported a change most often, with their shares of the drawn gate runs, sorted by share from high to low.
/// </param>
internal sealed record StudyRow(
    string What, int Pairs, double First, double Confirmed, double NotKnown, IReadOnlyList<(string Answer, double Share)> MostFlagged);

/// <summary>Draws gate runs at random from a pool of measured pairs, and counts how often the decision rule is right.</summary>
internal static class GateStudy
{
    private const int MaxNamed = 4;

    /// <summary>Computes the rows of a study: first the row of identical code, then one row for each delay.</summary>
    /// <param name="pool">The measured pairs.</param>
    /// <param name="pairs">The number of pairs in a batch.</param>
    /// <param name="draws">The number of gate runs to draw.</param>
    /// <exception cref="UnusableInputException">The pool has too few pairs of one kind.</exception>
    public static IReadOnlyList<StudyRow> Rows(StudyPool pool, int pairs, int draws)
    {
        var injections = pool.Pairs.GroupBy(pair => pair.Injection)
            .OrderBy(group => group.Key.Every)
            .ThenByDescending(group => group.Key.Share);
        return
        [
            Row(pool, "identical code", [.. pool.Pairs.Select(GateResult.HeadOf)], pairs, draws, answer => answer.IsFlag),
            .. injections.Select(group => Row(
                pool, group.Key.ToString(), [.. group.Select(GateResult.ControlOf)], pairs, draws, answer => IsFound(answer, group.Key))),
        ];
    }

    /// <summary>
    /// Computes how much a figure varies between identical builds: the root mean square of its changes over the pool's pairs. Returns null
    /// if the figure is missing in a pair.
    /// </summary>
    public static double? Noise(StudyPool pool, string caseName, Metric metric)
    {
        double[] changes = [.. pool.Pairs.Select(pair => metric.Change(pair.Base[caseName], pair.Head[caseName])).OfType<double>()];
        return changes.Length < pool.Pairs.Count ? null : Math.Sqrt(changes.Average(change => change * change));
    }

    // If each call is delayed, the p50 has to show the delay. If only some calls are delayed, any metric may show it.
    private static bool IsFound(Answer answer, Injection injection) =>
        answer.Judgement == Judgement.Slower
        && answer.Case == injection.Case
        && (injection.Share is null || answer.Metric == Metric.P50);

    private static StudyRow Row(StudyPool pool, string what, Pairing[] all, int pairs, int draws, Func<Answer, bool> isFound)
    {
        if (all.Length < 2 * pairs)
        {
            throw new UnusableInputException(
                FormattableString.Invariant($"The pool has {all.Length} pairs of {what}; two batches of {pairs} need {2 * pairs}."));
        }

        var rule = new DecisionRule(pool.Header.Cases, Metric.All);
        var drawn = new (IReadOnlyList<Answer> First, IReadOnlyList<Answer> Confirmed)[draws];
        Parallel.For(0, draws, number =>
        {
            var random = new Random(unchecked((pool.Header.Seed * 397) ^ number));
            Pairing[] shuffled = [.. all];
            random.Shuffle(shuffled);
            Pairing[] first = shuffled[..pairs];
            IReadOnlyList<Answer> answers = rule.Decide(first, number);
            bool isFlagged = answers.Any(answer => answer.IsFlag);
            drawn[number] = (answers, isFlagged ? rule.Confirm(answers, first, shuffled[pairs..(2 * pairs)], number) : answers);
        });
        return new StudyRow(
            what,
            all.Length,
            Share(draw => draw.First.Any(isFound)),
            Share(draw => draw.Confirmed.Any(isFound)),
            Share(draw => draw.Confirmed.Any(answer => answer.IsOpen)
                && !draw.Confirmed.Any(answer => answer.Judgement == Judgement.Slower)),
            [
                .. drawn.SelectMany(draw => draw.Confirmed.Where(answer => answer.IsFlag))
                    .GroupBy(answer => $"{answer.Name} {answer.Metric.Name} {answer.Words}")
                    .OrderByDescending(group => group.Count())
                    .Take(MaxNamed)
                    .Select(group => (group.Key, group.Count() / (double)draws)),
            ]);

        double Share(Func<(IReadOnlyList<Answer> First, IReadOnlyList<Answer> Confirmed), bool> isCounted) =>
            drawn.Count(isCounted) / (double)draws;
    }
}
