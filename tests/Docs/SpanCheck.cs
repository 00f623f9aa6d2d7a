using System.Text.RegularExpressions;
using WorkerRpc.Benchmarks.Commands;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Docs;

/// <summary>Checks code in sentences: each option exists, and each whole command line can be planned.</summary>
internal static partial class SpanCheck
{
    /// <summary>The options in a help text.</summary>
    public static IEnumerable<string> OptionsIn(string help) => Option().Matches(help).Select(match => match.Value);

    /// <summary>Checks the text between two backticks.</summary>
    /// <param name="text">The text.</param>
    /// <param name="commands">The names of the program's commands.</param>
    /// <param name="options">The options of all commands.</param>
    /// <param name="check">Plans command lines.</param>
    /// <exception cref="UnusableInputException">The text is an unknown option, or a command line that cannot be used.</exception>
    public static async Task RequireUsableAsync(
        string text, IEnumerable<string> commands, IReadOnlySet<string> options, CommandCheck check)
    {
        ShellLine line = ShellLine.Parse([text], 1).FirstOrDefault() ?? new ShellLine(1, text, []);
        string[] words = [.. line.Commands.SelectMany(command => command.Words).Select(word => word.Text)];
        bool isCommand = words.Length > 1 && commands.Contains(words[0]);
        bool isOurs = isCommand || (words.Length > 0 && IsOption(words[0]));
        if (words is ["dotnet", _, _, ..])
        {
            await check.PlanAsync(line);
        }
        else if (isOurs && words.FirstOrDefault(word => IsOption(word) && !options.Contains(word)) is { } unknown)
        {
            throw new UnusableInputException($"unknown option {unknown}");
        }
        else if (isOurs && words.Length > 1 && !words.Any(word => Placeholder().IsMatch(word)))
        {
            await check.PlanAsync(ProgramCommands.PlanAsync, words);
        }
    }

    private static bool IsOption(string word) => word.StartsWith("--", StringComparison.Ordinal);

    [GeneratedRegex(@"(?<![\w-])--[a-zA-Z][\w-]*")]
    private static partial Regex Option();

    // Matches placeholders such as DIR, FILE.json and N.
    [GeneratedRegex(@"^[A-Z]+(\.\w+)?$")]
    private static partial Regex Placeholder();
}
