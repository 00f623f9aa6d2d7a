using System.Text;

namespace WorkerRpc.Tests.Docs;

/// <summary>A line for a shell, continuation lines joined.</summary>
/// <param name="Number">Where it begins in its file.</param>
/// <param name="Text">The line as it stands there.</param>
/// <param name="Commands">The commands in it, between pipes and <c>&amp;&amp;</c>.</param>
internal sealed record ShellLine(int Number, string Text, IReadOnlyList<ShellCommand> Commands)
{
    private const string Operators = "|&;<>()";

    /// <summary>Reads the lines of a script. Knows quotes, comments, pipes and redirections, and no control structures.</summary>
    /// <param name="script">The script.</param>
    /// <param name="firstLine">The number of its first line in its file.</param>
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
                // A digit before it names a stream.
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
/// <param name="AllWords">Its words, those that set variables included.</param>
internal sealed record ShellCommand(IReadOnlyList<ShellWord> AllWords)
{
    /// <summary>The program and its arguments.</summary>
    public IReadOnlyList<ShellWord> Words { get; } = [.. AllWords.SkipWhile(word => word.SetsVariable)];
}

/// <summary>A word of a command, or an operator between commands.</summary>
/// <param name="Text">The word without its quotes.</param>
/// <param name="IsOperator">Whether it is an operator.</param>
/// <param name="HasWildcard">Whether a <c>*</c> stands outside quotes, which the shell replaces by names of files.</param>
internal sealed record ShellWord(string Text, bool IsOperator, bool HasWildcard)
{
    /// <summary>Whether it sets a variable for the command after it.</summary>
    public bool SetsVariable =>
        Text.IndexOf('=', StringComparison.Ordinal) is > 0 and var at && Text[..at].All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    /// <summary>Whether its value is known only where the line runs.</summary>
    public bool HasVariable => Text.Contains('$', StringComparison.Ordinal);
}
