using System.Globalization;
using System.Text;

namespace WorkerRpc.Benchmarks.Presenting.Wording;

/// <summary>
/// Text that a terminal may show. The names in a report come from others: a control character could move the cursor or reverse the
/// line.
/// </summary>
internal static class Printable
{
    /// <summary>The text in one line, with a replacement character for each character that a terminal would not draw.</summary>
    public static string Of(string text) => text.AsSpan().ContainsAnyExceptInRange(' ', '~') ? Marked(text) : text;

    private static string Marked(string text)
    {
        var shown = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            shown.Append(IsDrawn(Rune.GetUnicodeCategory(rune)) ? rune : Rune.ReplacementChar);
        }

        return shown.ToString();
    }

    private static bool IsDrawn(UnicodeCategory category) => category is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse);
}
