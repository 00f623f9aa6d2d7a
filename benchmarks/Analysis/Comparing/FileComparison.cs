using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>Compares two files of the same kind.</summary>
internal static class FileComparison
{
    // The conditions that the spread between runs depends on.
    private static readonly string[] s_ofSpread =
        [RunConditions.Processor, RunConditions.Cores, RunConditions.OperatingSystem, RunConditions.Payloads];

    /// <summary>Compares the cases that both files have, by the spread of the runs in this repository.</summary>
    /// <param name="before">The file that is the base.</param>
    /// <param name="after">The file that is compared with the base.</param>
    /// <param name="force">Whether to show the figures of files that are not comparable. Such figures get no judgement.</param>
    /// <exception cref="UnusableInputException">The files are not comparable, or have no case in common.</exception>
    public static Comparison Of(ComparedFile before, ComparedFile after, bool force) => Of(before, after, force, BetweenRuns.Recorded);

    /// <summary>Compares the cases that both files have.</summary>
    /// <param name="before">The file that is the base.</param>
    /// <param name="after">The file that is compared with the base.</param>
    /// <param name="force">Whether to show the figures of files that are not comparable. Such figures get no judgement.</param>
    /// <param name="spread">How much runs of identical code differ.</param>
    /// <exception cref="UnusableInputException">The files are not comparable, or have no case in common.</exception>
    public static Comparison Of(ComparedFile before, ComparedFile after, bool force, BetweenRuns spread)
    {
        if (before.Kind != after.Kind)
        {
            throw new UnusableInputException($"{before.Path} is a {before.Kind}, {after.Path} a {after.Kind}. Accepted: two of a kind.");
        }

        string[] obstacles =
        [
            .. Unknown(before), .. Unknown(after),
            .. before.Conditions is { } was && after.Conditions is { } now ? Differences(was, now, was.Keys.Union(now.Keys)) : [],
            .. Differences(before.SharedConditions, after.SharedConditions),
            .. TooFewLaunches(before, spread), .. TooFewLaunches(after, spread),
        ];
        if (obstacles.Length > 0 && !force)
        {
            throw new UnusableInputException(
                $"The two cannot be compared: {string.Join("; ", obstacles)}. --force shows their figures, without an answer.");
        }

        string[] cases = [.. before.Cases.Intersect(after.Cases)];
        if (cases.Length == 0)
        {
            throw new UnusableInputException("The two have no case in common. "
                + $"{before.Path}: {string.Join(", ", before.Cases)}; {after.Path}: {string.Join(", ", after.Cases)}.");
        }

        string[] others = [.. OtherMachine(after, spread), .. OtherCases(before, spread), .. OtherCases(after, spread)];
        var rule = new BetweenRunsRule(spread, others.Length == 0);
        IReadOnlyList<Answer> answers = rule.Decide(before.Figures, after.Figures, cases);
        return new Comparison
        {
            Title = "Comparison",
            Base = before.Path,
            Current = after.Path,
            Answers = obstacles.Length == 0 ? answers : [.. answers.Where(answer => answer.Case is not null).Select(NotJudged)],
            Failures = [.. Named(before, before.Failures), .. Named(after, after.Failures)],
            Basis = obstacles.Length > 0 ? [] : [.. Basis(spread, rule, others)],
            Warnings =
            [
                .. obstacles.Select(obstacle => $"cannot be compared: {obstacle}"),
                .. Differences(before.Remarks, after.Remarks),
                .. Named(before, before.Warnings), .. Named(after, after.Warnings),
                .. Only(before, before.Cases.Except(cases)), .. Only(after, after.Cases.Except(cases)),
            ],
        };
    }

    private static IEnumerable<string> Basis(BetweenRuns spread, BetweenRunsRule rule, string[] others)
    {
        string recorded = FormattableString.Invariant($"{spread.Runs} recorded runs of identical code in {spread.Sittings} sittings");
        if (others.Length == 0 && spread.IsKnown)
        {
            yield return $"two runs at different times; intervals and flags hold the spread between {recorded}";
            yield break;
        }

        string why = others.Length > 0
            ? $"it was recorded under other conditions ({string.Join("; ", others)})"
            : FormattableString.Invariant($"there are only {recorded}, and it takes {BetweenRuns.LeastRuns} in two sittings");
        yield return $"the spread between runs is not known here: {why}; `study record-runs` records it";
        yield return $"so nothing is called the same, and a change is flagged only beyond twice the greatest difference of {recorded}: "
            + string.Join(", ", ComparedMetrics.All.Select(metric => $"{metric.Name} {metric.WriteSize(rule.LimitOfUnknown(metric))}"));
    }

    // The machine and the payload kind of the recorded runs have to be the compared ones, because the spread is about both.
    private static IEnumerable<string> OtherMachine(ComparedFile file, BetweenRuns spread) =>
        file.Conditions is { } conditions ? Differences(spread.Header.Conditions, conditions, s_ofSpread) : [];

    // A process that measures other cases has other figures, because its collector and its pools see other work.
    private static IEnumerable<string> OtherCases(ComparedFile file, BetweenRuns spread) =>
        spread.Cases.ToHashSet().SetEquals(file.Cases)
            ? []
            : [FormattableString.Invariant($"{file.Path} has {file.Cases.Count} cases, not the {spread.Cases.Count} recorded ones")];

    private static IEnumerable<string> Unknown(ComparedFile file) => file.Conditions is null
        ? [$"{file.Path} does not name its processor, runtime and settings "
            + "(percentiles.csv and percentiles.md do; `report --from` writes them again from an older report.json)"]
        : [];

    private static IEnumerable<string> TooFewLaunches(ComparedFile file, BetweenRuns spread) =>
        file.Conditions is not null && file.Launches < spread.Header.Launches
            ? [FormattableString.Invariant($"{file.Path} has {file.Launches} of the {spread.Header.Launches} launches that this takes ")
                + "(--resume completes a run that ended early, --profile standard measures all)"]
            : [];

    private static Answer NotJudged(Answer answer) => answer with
    {
        Judgement = Judgement.NotJudged,
        Low = null,
        High = null,
        Visible = null,
        Withheld = null,
    };

    private static IEnumerable<string> Differences(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
        Differences(before, after, before.Keys.Intersect(after.Keys));

    private static IEnumerable<string> Differences(
        IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after, IEnumerable<string> names) =>
        from name in names
        let was = RunConditions.ValueOf(before, name)
        let now = RunConditions.ValueOf(after, name)
        where !RunConditions.AreEqual(was, now)
        select $"{name} was {was}, is {now}";

    private static IEnumerable<string> Named(ComparedFile file, IEnumerable<string> lines) => lines.Select(line => $"{file.Path}: {line}");

    private static IEnumerable<string> Only(ComparedFile file, IEnumerable<string> cases) =>
        cases.ToArray() is { Length: > 0 } only ? [$"only {file.Path} has {string.Join(", ", only)}"] : [];
}
