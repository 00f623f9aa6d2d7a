namespace WorkerRpc.Functions;

/// <summary>Finds the name that a user probably meant by a mistyped one.</summary>
public static class NearestName
{
    // A name is similar if at most a third of the given characters are wrong. One may always be wrong.
    private const int CharactersPerMistake = 3;

    // A shorter beginning could mean too many names.
    private const int MinBeginning = 2;

    /// <summary>
    /// Returns the known name that differs in the fewest characters, whatever their case; otherwise one that begins with the given text.
    /// Returns null if no name is similar.
    /// </summary>
    public static string? Of(string given, IEnumerable<string> known)
    {
        int most = Math.Max(1, given.Length / CharactersPerMistake);
        string[] names = [.. known];
        (string Name, int Mistakes)[] similar =
        [
            .. from name in names
               where Math.Abs(name.Length - given.Length) <= most
               let mistakes = Mistakes(given.ToUpperInvariant(), name.ToUpperInvariant())
               where mistakes <= most && mistakes < given.Length
               orderby mistakes
               select (name, mistakes),
        ];
        return similar.Length > 0 ? similar[0].Name
            : given.Length < MinBeginning ? null
            : names.FirstOrDefault(name => name.StartsWith(given, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Returns the sentence <c>Did you mean 'name'?</c> with a space before it, or an empty text if no name is similar.</summary>
    public static string Question(string given, IEnumerable<string> known) =>
        Of(given, known) is { } name ? $" Did you mean '{name}'?" : "";

    // The fewest insertions, deletions, replacements and swaps of neighbours that change one text into the other: the optimal string
    // alignment distance, row by row.
    private static int Mistakes(string one, string other)
    {
        int[] beforeLast = [], last = [.. Enumerable.Range(0, other.Length + 1)];
        for (int i = 1; i <= one.Length; i++)
        {
            int[] row = new int[other.Length + 1];
            row[0] = i;
            for (int j = 1; j <= other.Length; j++)
            {
                int replaced = last[j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, Math.Min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                {
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
                }
            }

            (beforeLast, last) = (last, row);
        }

        return last[other.Length];
    }
}
