namespace WorkerRpc.Functions;

/// <summary>Describes in which way an answer is wrong.</summary>
public static class AnswerDifference
{
    private const int ShownBefore = 8;
    private const int ShownLength = 40;

    /// <summary>Describes where an answer first differs from the right one. Times are not compared.</summary>
    /// <param name="expected">The right answer.</param>
    /// <param name="answer">The wrong answer.</param>
    public static string Of(ExecuteResponse expected, ExecuteResponse? answer)
    {
        if (answer is null)
        {
            return "it was null";
        }

        string came = Text(answer);
        string right = Text(expected);
        int at = came.AsSpan().CommonPrefixLength(right);
        return FormattableString.Invariant($"at character {at} came '{Excerpt(came, at)}', expected '{Excerpt(right, at)}'");
    }

    // The text without the times, which may differ.
    private static string Text(ExecuteResponse answer) => (answer with { RuntimeTimestamp = 0, ExecutionTimeMs = 0 }).ToString();

    private static string Excerpt(string text, int at)
    {
        int from = Math.Max(0, at - ShownBefore);
        string shown = text.Substring(from, Math.Min(ShownLength, text.Length - from));
        string plain = string.Concat(shown.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c));
        return $"{(from > 0 ? "…" : "")}{plain}{(from + ShownLength < text.Length ? "…" : "")}";
    }
}
