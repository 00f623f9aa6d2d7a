using System.Text.RegularExpressions;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Tests.Commands;

namespace WorkerRpc.Tests.Docs;

/// <summary>A line of commands that the documentation shows.</summary>
/// <param name="Source">The file that shows it, or the help of a command.</param>
/// <param name="Line">The commands.</param>
internal sealed record DocumentedLine(string Source, ShellLine Line)
{
    public override string ToString() => $"{Source}:{Line.Number} {Line.Text}";
}

/// <summary>Code between backticks in a sentence, such as an option or a command line.</summary>
/// <param name="Source">Path of the page.</param>
/// <param name="Number">Line number in the page.</param>
/// <param name="Text">The text between backticks.</param>
internal sealed record DocumentedSpan(string Source, int Number, string Text)
{
    public override string ToString() => $"{Source}:{Number} {Text}";
}

/// <summary>Every command that README, the pages, the workflows, <c>.ci/run</c> and the program's help show.</summary>
internal static partial class DocumentedCommands
{
    private static readonly string[] s_shells = ["sh", "bash", "shell", "console"];

    /// <summary>The arguments that name each command. A run has none.</summary>
    private static readonly string[][] s_helps = [[], ["compare"], ["gate"], ["history"], ["measure"], ["report"], ["selftest"], ["study"]];

    /// <summary>The lines in code blocks of Markdown files.</summary>
    public static IEnumerable<DocumentedLine> InPages =>
        from page in MarkdownPage.All
        from block in page.Blocks
        where s_shells.Contains(block.Info)
        from line in ShellLine.Parse(block.Lines, block.FirstLine)
        select new DocumentedLine(page.Path, line);

    /// <summary>The lines of workflows and of <c>.ci/run</c> that begin with one of our tools.</summary>
    public static IEnumerable<DocumentedLine> InScripts =>
        from file in Directory.EnumerateFiles(Path.Combine(SourceState.Root, ".github", "workflows"))
            .Append(Path.Combine(SourceState.Root, ".ci", "run"))
        let lines = File.ReadAllLines(file)
        from index in Enumerable.Range(0, lines.Length)
        let command = ScriptCommand().Match(lines[index])
        where command.Success
        from line in ShellLine.Parse([command.Groups["command"].Value], index + 1)
        select new DocumentedLine(Path.GetRelativePath(SourceState.Root, file), line);

    /// <summary>The examples in the help of our programs.</summary>
    public static IEnumerable<DocumentedLine> InHelp(IReadOnlyDictionary<string, string> helps) =>
        from help in helps
        let lines = help.Value.Split('\n').Select(line => line.Trim()).SkipWhile(line => line != "Examples:").Where(IsExample).ToArray()
        from line in ShellLine.Parse(lines, 1)
        select new DocumentedLine($"{help.Key} --help", line);

    /// <summary>Options and parts of commands in the sentences of the documentation.</summary>
    public static IEnumerable<DocumentedSpan> InSentences =>
        from page in MarkdownPage.Documentation
        from line in page.Prose
        from Match match in CodeSpan().Matches(line.Text)
        select new DocumentedSpan(page.Path, line.Number, match.Groups["text"].Value);

    /// <summary>The help text of <c>studies</c>.</summary>
    public static async Task<string> StudiesHelpAsync()
    {
        using var output = new StringWriter { NewLine = "\n" };
        await WorkerRpc.Studies.Program.RunAsync(["--help"], output, TextWriter.Null, TestContext.Current.CancellationToken);
        return output.ToString();
    }

    /// <summary>The help text of every command of <c>benchmarks</c>, by the command's name.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> HelpsAsync()
    {
        var helps = new Dictionary<string, string>();
        foreach (string[] command in s_helps)
        {
            helps[string.Concat(command)] = (await Outcome.OfAsync([.. command, "--help"])).Output;
        }

        return helps;
    }

    private static bool IsExample(string line) => line.StartsWith("dotnet ", StringComparison.Ordinal);

    [GeneratedRegex(@"^\s*(- )?(run: )?(check )?(?<command>(dotnet|git|\.ci/run)\b.*)$")]
    private static partial Regex ScriptCommand();

    [GeneratedRegex("`(?<text>[^`]+)`")]
    private static partial Regex CodeSpan();
}
