using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>Parses and checks the option that gives the numbers of concurrent callers, such as <c>1,8,64</c>.</summary>
internal static class CallerCounts
{
    /// <summary>The greatest number of entries in the list: a run measures at most this many different numbers of callers.</summary>
    public const int MaxCounts = 8;

    public const int Min = 1;
    public const int Max = 1024;

    /// <summary>The accepted range of a number of callers.</summary>
    public static readonly Bounds<int> Bounds = new(Min, Max, "callers");

    /// <summary>Parses a list such as <c>1,8,64</c>, and sorts its numbers in ascending order.</summary>
    /// <exception cref="UnusableInputException">A number is out of range or occurs twice, or the list is too long.</exception>
    public static IReadOnlyList<int> Parse(string text, string setting)
    {
        int[] counts = [.. text.Split(',').Select(each => Bounds.Parse(each, setting)).Order()];
        if (counts.GroupBy(count => count).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new UnusableInputException(FormattableString.Invariant(
                $"{setting} '{text}': {twice.Key} stands more than once; expected different numbers, like 1,8,64."));
        }

        return counts.Length <= MaxCounts
            ? counts
            : throw new UnusableInputException(FormattableString.Invariant(
                $"{setting} '{text}': {counts.Length} numbers; expected 1 to {MaxCounts}."));
    }

    /// <summary>Whether a list is valid: empty, or one that <see cref="Parse"/> can return.</summary>
    public static bool AreUsable(IReadOnlyList<int> counts) =>
        counts.Count <= MaxCounts
        && counts.SequenceEqual(counts.Distinct().Order())
        && counts.All(count => count >= Bounds.Min && count <= Bounds.Max);
}
