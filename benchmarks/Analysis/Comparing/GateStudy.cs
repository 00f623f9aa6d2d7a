using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>How often the decision rule flags gate runs that are drawn from measured pairs.</summary>
/// <param name="What">The code that was measured: identical code, or an injected delay.</param>
/// <param name="Pairs">The number of such pairs in the pool.</param>
/// <param name="First">
/// The share of draws, from 0 to 1, that the first batch flags: any flag for identical code, the delayed case for an injection.
/// </param>
/// <param name="Confirmed">The share of draws that the second batch confirms.</param>
/// <param name="NotKnown">The share of draws in which nothing is slower, but some answer is too noisy.</param>
/// <param name="MostFlagged">The answers that were flagged most often, with their share of draws; the most frequent first.</param>
internal sealed record StudyRow(
    string What, int Pairs, double First, double Confirmed, double NotKnown, IReadOnlyList<(string Answer, double Share)> MostFlagged);

/// <summary>Draws gate runs from a pool of measured pairs, and counts how often the decision rule is right.</summary>
internal static class GateStudy
{
    private const int MaxNamed = 4;

    /// <summary>Computes the rows of a study: identical code, then each injection.</summary>
    /// <param name="pool">The measured pairs.</param>
    /// <param name="pairs">The number of pairs in a batch.</param>
    /// <param name="draws">The number of gate runs to draw.</param>
    /// <exception cref="UnusableInputException">The pool has too few pairs of a kind.</exception>
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
    /// How much a figure varies between identical builds: the root mean square of its changes over the pool's pairs. Null if a pair
    /// lacks the figure.
    /// </summary>
    public static double? Noise(StudyPool pool, string caseName, Metric metric)
    {
        double[] changes = [.. pool.Pairs.Select(pair => metric.Change(pair.Base[caseName], pair.Head[caseName])).OfType<double>()];
        return changes.Length < pool.Pairs.Count ? null : Math.Sqrt(changes.Average(change => change * change));
    }

    // A delay of each call has to be found in the p50. A delay of some calls may be found in any metric.
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
