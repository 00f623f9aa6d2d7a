using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>The numbers of callers at once that a run is asked to measure.</summary>
internal static class CallerCounts
{
    /// <summary>The most numbers of one run.</summary>
    public const int MaxCounts = 8;

    /// <summary>The callers of each.</summary>
    public static readonly Bounds<int> Bounds = new(1, 1024, "callers");

    /// <summary>Reads a list like <c>1,8,64</c>.</summary>
    /// <returns>The numbers, ascending.</returns>
    /// <exception cref="UnusableInputException">One is no such number or stands twice, or there are too many.</exception>
    public static IReadOnlyList<int> Parse(string text, string setting)
    {
        int[] counts = [.. text.Split(',').Select(each => Bounds.Parse(each, setting)).Order()];
        if (counts.GroupBy(count => count).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new UnusableInputException(FormattableString.Invariant($"{setting} '{text}': {twice.Key} stands more than once; expected different numbers, like 1,8,64."));
        }

        return counts.Length <= MaxCounts
            ? counts
            : throw new UnusableInputException(FormattableString.Invariant($"{setting} '{text}': {counts.Length} numbers; expected 1 to {MaxCounts}."));
    }

    /// <summary>Whether some numbers are as <see cref="Parse"/> gives them, or none.</summary>
    public static bool AreUsable(IReadOnlyList<int> counts) =>
        counts.Count <= MaxCounts && counts.SequenceEqual(counts.Distinct().Order()) && counts.All(count => count >= Bounds.Min && count <= Bounds.Max);
}
