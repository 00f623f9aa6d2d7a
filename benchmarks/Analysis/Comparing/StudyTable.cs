using System.Globalization;
using System.Text;
using WorkerRpc.Benchmarks.Presenting;
using WorkerRpc.Benchmarks.Results.Pools;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>How often the rule flags gate runs that are drawn from real pairs.</summary>
/// <param name="What">What was measured: identical code, or what the head was slowed by.</param>
/// <param name="Pairs">The pairs that there are of it.</param>
/// <param name="First">The share of draws, from 0 to 1, that the first batch flags: of identical code anything, of slowed code what was slowed.</param>
/// <param name="Confirmed">The share of draws that the second batch confirms too.</param>
/// <param name="NotKnown">The share of draws in which nothing is slower, but something is too noisy to tell.</param>
/// <param name="Named">What was flagged most often.</param>
internal sealed record StudyRow(string What, int Pairs, double First, double Confirmed, double NotKnown, string Named);

/// <summary>What the gate would say of runs that are drawn from a pool of real pairs.</summary>
internal static class StudyTable
{
    private const int Draws = 1_000;
    private const int MaxNamed = 4;

    /// <summary>Draws gate runs from a pool, and tells what came of them, with the noise of its pairs.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="pairs">The pairs of a batch.</param>
    /// <exception cref="Functions.UnusableInputException">It has too few pairs of a kind.</exception>
    public static string Write(StudyPool pool, int pairs)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{pool.Pairs.Count} pairs of commit {pool.Header.Commit[..10]}, seed {pool.Header.Seed}, {pool.Header.Environment.Cpu}, {pool.Header.Environment.Cores} cores, {pool.Header.RuntimeSettings}\n");
        text.Append(CultureInfo.InvariantCulture, $"{Draws} draws of {pairs} pairs, and of {pairs} more where the first flagged something\n\n");
        text.Append(MarkdownTable.Write(
            [("what was measured", false), ("pairs", true), ("flagged", true), ("and confirmed", true), ("not known", true), ("flagged most often", false)],
            [.. Rows(pool, pairs, Draws).Select(row => (IReadOnlyList<string>)[row.What, row.Pairs.ToString(CultureInfo.InvariantCulture), Percent(row.First), Percent(row.Confirmed), Percent(row.NotKnown), row.Named])]));
        text.Append("\nPair noise: root mean square of a figure's change over the pairs of identical code\n\n");
        text.Append(MarkdownTable.Write(
            [("case", false), .. Metric.All.Select(metric => (metric.Name, true))],
            [.. pool.Header.Cases.Select(name => (IReadOnlyList<string>)[name, .. Metric.All.Select(metric => Noise(pool, name, metric))])]));
        return text.ToString();
    }

    /// <summary>Draws gate runs from a pool, again and again, and counts what the rule says of identical code, and of each injection.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="pairs">The pairs of a batch.</param>
    /// <param name="draws">The runs that are drawn.</param>
    /// <exception cref="Functions.UnusableInputException">It has too few pairs of a kind.</exception>
    public static IReadOnlyList<StudyRow> Rows(StudyPool pool, int pairs, int draws) =>
    [
        Row(pool, "identical code", [.. pool.Pairs.Select(GateResult.HeadOf)], pairs, draws, answer => answer.IsFlag),
        .. pool.Pairs.GroupBy(pair => pair.Injection).OrderBy(group => group.Key.Every).ThenByDescending(group => group.Key.Share).Select(group =>
            Row(pool, group.Key.ToString(), [.. group.Select(GateResult.ControlOf)], pairs, draws, answer => IsFound(answer, group.Key))),
    ];

    // A share of the p50 is to be found there; a tail, in whatever tells of one.
    private static bool IsFound(Answer answer, Injection injection) =>
        answer.Judgement == Judgement.Slower && answer.Case == injection.Case && (injection.Share is null || answer.Metric == Metric.P50);

    private static StudyRow Row(StudyPool pool, string what, Pairing[] all, int pairs, int draws, Func<Answer, bool> isFound)
    {
        if (all.Length < 2 * pairs)
        {
            throw new Functions.UnusableInputException(
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
            drawn[number] = (answers, answers.Any(answer => answer.IsFlag) ? rule.Confirm(answers, first, shuffled[pairs..(2 * pairs)], number) : answers);
        });
        return new StudyRow(
            what,
            all.Length,
            drawn.Count(draw => draw.First.Any(isFound)) / (double)draws,
            drawn.Count(draw => draw.Confirmed.Any(isFound)) / (double)draws,
            drawn.Count(draw => draw.Confirmed.Any(answer => answer.IsOpen) && !draw.Confirmed.Any(answer => answer.Judgement == Judgement.Slower)) / (double)draws,
            string.Join(", ", drawn
                .SelectMany(draw => draw.Confirmed.Where(answer => answer.IsFlag))
                .GroupBy(answer => $"{answer.Name} {answer.Metric.Name} {answer.Words}")
                .OrderByDescending(group => group.Count())
                .Take(MaxNamed)
                .Select(group => $"{group.Key} {Percent(group.Count() / (double)draws)}")));
    }

    private static string Noise(StudyPool pool, string name, Metric metric)
    {
        double[] changes = [.. pool.Pairs.Select(pair => metric.Change(pair.Base[name], pair.Head[name])).OfType<double>()];
        return changes.Length < pool.Pairs.Count
            ? "not known"
            : string.Create(CultureInfo.InvariantCulture, $"{100 * Math.Sqrt(changes.Average(change => change * change)):0.00} {(metric.IsShare ? "pp" : "%")}");
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0} %");
}
