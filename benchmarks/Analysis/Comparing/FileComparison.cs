using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>Compares two files of the same kind.</summary>
internal static class FileComparison
{
    /// <summary>Compares the cases that both files have.</summary>
    /// <param name="before">The file that is the base.</param>
    /// <param name="after">The file that is compared with the base.</param>
    /// <param name="force">Whether to show the figures of files that are not comparable. Such figures get no judgement.</param>
    /// <exception cref="UnusableInputException">The files are not comparable, or have no case in common.</exception>
    public static Comparison Of(ComparedFile before, ComparedFile after, bool force)
    {
        if (before.GetType() != after.GetType() || before.Kind != after.Kind)
        {
            throw new UnusableInputException(
                $"{before.Path} is a {before.Kind}, {after.Path} a {after.Kind}. Accepted: two of a kind.");
        }

        string[] shared = [.. before.SharedConditions.Keys.Intersect(after.SharedConditions.Keys)];
        string[] differences =
        [
            .. Differences(before.Conditions, after.Conditions),
            .. Differences(
                shared.ToDictionary(name => name, name => before.SharedConditions[name]),
                shared.ToDictionary(name => name, name => after.SharedConditions[name])),
        ];
        if (differences.Length > 0 && !force)
        {
            throw new UnusableInputException(
                $"The two cannot be compared: {string.Join("; ", differences)}. --force shows their figures, without an answer.");
        }

        string[] cases = [.. before.Cases.Intersect(after.Cases)];
        if (cases.Length == 0)
        {
            throw new UnusableInputException("The two have no case in common. "
                + $"{before.Path}: {string.Join(", ", before.Cases)}; {after.Path}: {string.Join(", ", after.Cases)}.");
        }

        IReadOnlyList<Answer> answers = before.Compare(after, cases);
        return new Comparison
        {
            Title = "Comparison",
            Base = before.Path,
            Current = after.Path,
            Answers = differences.Length == 0 ? answers : [.. answers.Select(NotJudged)],
            Failures = [.. Named(before, before.Failures), .. Named(after, after.Failures)],
            Basis = [.. before.Basis],
            Warnings =
            [
                .. differences.Select(difference => $"cannot be compared: {difference}"),
                .. Differences(before.Remarks, after.Remarks),
                .. Named(before, before.Warnings), .. Named(after, after.Warnings),
                .. Only(before, before.Cases.Except(cases)), .. Only(after, after.Cases.Except(cases)),
            ],
        };
    }

    private static Answer NotJudged(Answer answer) => answer with
    {
        Judgement = Judgement.NotJudged,
        Low = null,
        High = null,
        Visible = null,
        PairsNeeded = null,
        Withheld = null,
    };

    private static IEnumerable<string> Differences(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
        from name in before.Keys.Union(after.Keys)
        let was = before.GetValueOrDefault(name, "unknown")
        let now = after.GetValueOrDefault(name, "unknown")
        where was != now
        select $"{name} was {was}, is {now}";

    private static IEnumerable<string> Named(ComparedFile file, IEnumerable<string> lines) => lines.Select(line => $"{file.Path}: {line}");

    private static IEnumerable<string> Only(ComparedFile file, IEnumerable<string> cases) =>
        cases.ToArray() is { Length: > 0 } only ? [$"only {file.Path} has {string.Join(", ", only)}"] : [];
}
