using System.Globalization;
using System.Text;

namespace WorkerRpc.Benchmarks.Presenting.Wording;

/// <summary>
/// Makes a text safe for a terminal. The names in another user's report can contain control characters, which could move the cursor or
/// reverse the line.
/// </summary>
internal static class Printable
{
    /// <summary>Replaces each character that a terminal cannot draw, including line breaks, by U+FFFD.</summary>
    public static string Of(string text) => text.AsSpan().ContainsAnyExceptInRange(' ', '~') ? Replace(text) : text;

    private static string Replace(string text)
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
