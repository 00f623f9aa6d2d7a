using System.Text;

namespace WorkerRpc.Tests.Docs;

/// <summary>A command line for a shell. Lines that end with a backslash are joined with the next one.</summary>
/// <param name="Number">Line number in the file.</param>
/// <param name="Text">Text of the line.</param>
/// <param name="Commands">Commands of the line, split at pipes and <c>&amp;&amp;</c>.</param>
internal sealed record ShellLine(int Number, string Text, IReadOnlyList<ShellCommand> Commands)
{
    private const string Operators = "|&;<>()";

    /// <summary>Parses the lines of a script: quotes, comments, pipes and redirections. Control structures are not supported.</summary>
    /// <param name="script">The lines of the script.</param>
    /// <param name="firstLine">The file's line number of the first line.</param>
    public static IEnumerable<ShellLine> Parse(IReadOnlyList<string> script, int firstLine)
    {
        for (int index = 0; index < script.Count; index++)
        {
            int number = firstLine + index;
            var text = new StringBuilder(script[index]);
            while (text.Length > 0 && text[^1] == '\\' && index + 1 < script.Count)
            {
                text.Length--;
                text.Append(script[++index].TrimStart());
            }

            string line = text.ToString();
            ShellCommand[] commands = [.. CommandsOf(line)];
            if (commands.Length > 0)
            {
                yield return new ShellLine(number, line.Trim(), commands);
            }
        }
    }

    private static IEnumerable<ShellCommand> CommandsOf(string line)
    {
        var words = new List<ShellWord>();
        bool redirects = false;
        foreach (ShellWord token in Tokens(line))
        {
            if (token.IsOperator && token.Text[0] is '<' or '>')
            {
                // Drops the stream number before a redirection, such as the 2 of 2>.
                if (words.Count > 0 && words[^1] is { Text: "1" or "2" })
                {
                    words.RemoveAt(words.Count - 1);
                }

                redirects = true;
            }
            else if (token.IsOperator)
            {
                if (words.Count > 0)
                {
                    yield return new ShellCommand([.. words]);
                }

                words.Clear();
            }
            else if (redirects)
            {
                redirects = false;
            }
            else
            {
                words.Add(token);
            }
        }

        if (words.Count > 0)
        {
            yield return new ShellCommand([.. words]);
        }
    }

    private static IEnumerable<ShellWord> Tokens(string line)
    {
        for (int at = 0; at < line.Length;)
        {
            if (char.IsWhiteSpace(line[at]))
            {
                at++;
            }
            else if (line[at] == '#')
            {
                yield break;
            }
            else if (Operators.Contains(line[at], StringComparison.Ordinal))
            {
                int start = at;
                while (at < line.Length && Operators.Contains(line[at], StringComparison.Ordinal))
                {
                    at++;
                }

                yield return new ShellWord(line[start..at], IsOperator: true, HasWildcard: false);
            }
            else
            {
                yield return Word(line, ref at);
            }
        }
    }

    private static ShellWord Word(string line, ref int at)
    {
        var text = new StringBuilder();
        bool hasWildcard = false;
        while (at < line.Length && !char.IsWhiteSpace(line[at]) && !Operators.Contains(line[at], StringComparison.Ordinal))
        {
            if (line[at] is '\'' or '"')
            {
                int end = line.IndexOf(line[at], at + 1);
                Assert.True(end > at, $"A quote is open in: {line}");
                text.Append(line, at + 1, end - at - 1);
                at = end + 1;
            }
            else
            {
                hasWildcard |= line[at] == '*';
                text.Append(line[at++]);
            }
        }

        return new ShellWord(text.ToString(), IsOperator: false, hasWildcard);
    }
}

/// <summary>A command: a program and its arguments.</summary>
/// <param name="AllWords">All words, including those that set variables.</param>
internal sealed record ShellCommand(IReadOnlyList<ShellWord> AllWords)
{
    /// <summary>The program and its arguments.</summary>
    public IReadOnlyList<ShellWord> Words { get; } = [.. AllWords.SkipWhile(word => word.SetsVariable)];
}

/// <summary>A word of a command, or an operator between commands.</summary>
/// <param name="Text">The word without its quotes.</param>
/// <param name="IsOperator">Whether it is an operator.</param>
/// <param name="HasWildcard">Whether the word has a <c>*</c> outside quotes, which a shell expands to file names.</param>
internal sealed record ShellWord(string Text, bool IsOperator, bool HasWildcard)
{
    /// <summary>Whether the word sets a variable for the command, such as <c>A=1</c>.</summary>
    public bool SetsVariable =>
        Text.IndexOf('=', StringComparison.Ordinal) is > 0 and var at && Text[..at].All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    /// <summary>Whether the word contains a variable, so its value is known only when the line runs.</summary>
    public bool HasVariable => Text.Contains('$', StringComparison.Ordinal);
}
