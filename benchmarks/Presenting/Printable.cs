using System.Globalization;
using System.Text;

namespace WorkerRpc.Benchmarks.Presenting;

/// <summary>Text as a terminal may show it. The names in a report are others' word: one could move the cursor, or turn the line around.</summary>
internal static class Printable
{
    /// <summary>The same text in one line, with a mark where a character would not be drawn but obeyed.</summary>
    public static string Of(string text) => text.AsSpan().ContainsAnyExceptInRange(' ', '~') ? Marked(text) : text;

    private static string Marked(string text)
    {
        var shown = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            shown.Append(Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse ? Rune.ReplacementChar : rune);
        }

        return shown.ToString();
    }
}
