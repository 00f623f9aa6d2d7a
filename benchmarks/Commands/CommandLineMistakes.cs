using System.CommandLine;
using System.CommandLine.Parsing;
using WorkerRpc.Benchmarks.Adapter;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>Finds the mistakes in a parsed command line that every command refuses in the same words.</summary>
/// <param name="parsed">The parsed command line.</param>
/// <param name="name">The command's name, or an empty text for a program or run without one.</param>
/// <param name="commands">The names of the program's commands, if the command line could have named one.</param>
internal sealed class CommandLineMistakes(ParseResult parsed, string name, IReadOnlyList<string> commands)
{
    private const string From = "--from";

    private readonly Command _command = parsed.CommandResult.Command;

    private string Start => name.Length > 0 ? name + ": " : "";

    /// <summary>Whether an argument is an option: it starts with a dash. A dash before a digit starts a negative number.</summary>
    public static bool IsOption(string argument) => argument is ['-', not (>= '0' and <= '9'), ..];

    /// <summary>Throws if the command line has a mistake.</summary>
    /// <exception cref="UnusableInputException">The message names the mistakes of one kind.</exception>
    public void Refuse()
    {
        // Later kinds can follow from earlier ones: a value after an unknown option is an unexpected argument too.
        IEnumerable<string>[] kinds = [UnknownNames(), EmptyValues(), MissingValues(), parsed.Errors.Select(error => error.Message)];
        if (kinds.Select(mistakes => string.Join(" ", mistakes)).FirstOrDefault(text => text.Length > 0) is { } mistake)
        {
            throw new UnusableInputException(mistake);
        }
    }

    private IEnumerable<string> UnknownNames()
    {
        IReadOnlyList<string> unmatched = parsed.UnmatchedTokens;
        if (commands.Count > 0 && unmatched is [{ Length: > 0 } word, ..] && !IsOption(word))
        {
            return
            [
                commands.Contains(word)
                    ? $"The command '{word}' has to be the first argument."
                    : UnusableInputException.Unknown("command", word, commands).Message + " Without a command, options start a run.",
            ];
        }

        bool forwards = !_command.TreatUnmatchedTokensAsErrors;
        string[] own = [.. _command.Options.Where(option => !option.Hidden).Select(option => option.Name)];
        if (unmatched.FirstOrDefault(token => IsOption(token) && !(forwards && IsForwarded(NameOf(token)))) is { } unknown)
        {
            IEnumerable<string> known = own.Concat(forwards ? ForwardedArguments.Honoured : []);
            return [$"{Start}Unknown option '{unknown}'.{NearestName.Question(NameOf(unknown), known)}"];
        }

        return forwards || unmatched.Count == 0 ? [] : [UnexpectedArgument(unmatched[0])];

        static string NameOf(string token) => token.Split('=')[0];

        // BenchmarkDotNet ignores the case of its options, and has some of the same name.
        bool IsForwarded(string option) =>
            ForwardedArguments.IsKnown(option) && !own.Contains(option, StringComparer.OrdinalIgnoreCase);
    }

    private string UnexpectedArgument(string word)
    {
        IEnumerable<string> arguments = _command.Arguments.Select(argument => $"<{argument.Name}> ");
        string meant = _command.Options.Any(option => option.Name == From) && Path.Exists(word) ? $" Did you mean '{From} {word}'?" : "";
        return $"{Start}Unexpected argument '{word}'.{meant} Expected: {string.Concat(arguments)}[options].";
    }

    private IEnumerable<string> EmptyValues()
    {
        foreach (Argument argument in _command.Arguments.Where(argument => HasEmptyToken(parsed.GetResult(argument))))
        {
            yield return $"{Start}<{argument.Name}> '': expected a value, not an empty text.";
        }

        foreach (Option option in _command.Options.Where(option => HasEmptyToken(parsed.GetResult(option))))
        {
            yield return $"{Start}{option.Name} '': expected <{option.HelpName}>, not an empty text.";
        }

        int empty = parsed.UnmatchedTokens.ToList().FindIndex(string.IsNullOrWhiteSpace);
        if (empty >= 0)
        {
            string before = empty > 0 ? parsed.UnmatchedTokens[empty - 1] + " " : "";
            yield return $"{Start}{before}'': expected a value, not an empty text.";
        }
    }

    private IEnumerable<string> MissingValues()
    {
        foreach (Argument argument in _command.Arguments)
        {
            if ((parsed.GetResult(argument)?.Tokens.Count ?? 0) < argument.Arity.MinimumNumberOfValues)
            {
                yield return $"{Start}The argument <{argument.Name}> is missing.";
            }
        }

        foreach (Option option in _command.Options)
        {
            if (parsed.GetResult(option) is { Implicit: false } given)
            {
                if (given.Tokens.Count < option.Arity.MinimumNumberOfValues)
                {
                    yield return $"{Start}The value <{option.HelpName}> of {option.Name} is missing.";
                }
            }
            else if (option.Required)
            {
                yield return $"{Start}The option {option.Name} <{option.HelpName}> is missing.";
            }
        }
    }

    private static bool HasEmptyToken(SymbolResult? result) =>
        result is not null && result.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value));
}
