using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using WorkerRpc.Benchmarks.Presenting;
using WorkerRpc.Benchmarks.Presenting.Serving;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>The program as a function of its arguments and two writers.</summary>
internal static class Cli
{
    private const int HelpWidth = 110;

    private static readonly Dictionary<string, Func<ICommand>> s_commands = new(StringComparer.Ordinal)
    {
        ["compare"] = () => new CompareCommand(),
        ["gate"] = () => new GateCommand(),
        ["measure"] = () => new MeasureCommand(),
        ["report"] = () => new ReportCommand(Browser.OpenAsync),
        ["selftest"] = () => new SelfTestCommand(),
        ["study"] = () => new StudyCommand(),
    };

    /// <summary>Runs the program.</summary>
    /// <param name="args">Only the first can be a command; otherwise it is a run.</param>
    /// <param name="output">What was asked for.</param>
    /// <param name="error">What went wrong, and progress.</param>
    /// <param name="interrupted">Cancelled when the user ends the program.</param>
    public static async Task<ExitCode> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken interrupted)
    {
        bool isCommand = args.Length > 0 && s_commands.ContainsKey(args[0]);
        ICommand command = isCommand ? s_commands[args[0]]() : new RunCommand();
        RootCommand syntax = command.Syntax;
        Prepare(syntax, command, isCommand ? args[0] : null);
        ParseResult parsed = syntax.Parse(ForeignFirst(isCommand ? args[1..] : args, syntax), new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        try
        {
            // Its own answer to a mistake is the whole help and exit code 1, which here means a threshold that is not held.
            if (parsed.Action is not null and not ParseErrorAction)
            {
                // --help or --version.
                return (ExitCode)await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, interrupted);
            }

            if (parsed.Errors.Count > 0)
            {
                throw new UnusableInputException(string.Join(" ", parsed.Errors.Select(problem => problem.Message)));
            }

            return await command.RunAsync(parsed, output, error, interrupted);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            // Before anything was measured: whoever measures tells what is finished.
            return ExitCode.Interrupted;
        }
        catch (UnusableInputException e)
        {
            await error.WriteLineAsync($"error: {e.Message}");
            await error.WriteLineAsync($"       {(isCommand ? args[0] + " " : "")}--help shows what is accepted.");
            return ExitCode.Unusable;
        }
    }

    // An option of ours takes what follows up to the next one that the parser knows. What is not ours, options with their
    // values, would become filters or thresholds there; ahead of ours it stays what it is, in its order.
    private static string[] ForeignFirst(IReadOnlyList<string> args, RootCommand syntax)
    {
        var own = new List<string>();
        var foreign = new List<string>();
        List<string> group = foreign;
        foreach (string arg in args)
        {
            // A dash before a digit is a number's.
            if (arg is ['-', not (>= '0' and <= '9'), ..])
            {
                group = syntax.Options.Any(option => option.Name == arg.Split('=', ':')[0]) ? own : foreign;
            }

            group.Add(arg);
        }

        return [.. foreign, .. own];
    }

    private static void Prepare(RootCommand syntax, ICommand command, string? name)
    {
        foreach (Option option in syntax.Options)
        {
            if (option is HelpOption help)
            {
                help.Aliases.Clear();
                help.Action = new HelpWithExamples(name, command.Examples);
            }
        }
    }

    /// <summary>System.CommandLine's help, with the commands, examples and exit codes that it does not know of.</summary>
    private sealed class HelpWithExamples(string? command, string examples) : SynchronousCommandLineAction
    {
        // A --help beside a mistake still helps.
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            using var text = new StringWriter();
            var standard = new HelpAction { MaxWidth = HelpWidth };
            parseResult.InvocationConfiguration.Output = text;
            standard.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output = output;
            // The name under which the user started it: the program's own file name is not what is typed.
            string usage = $"  {NextCommand.Program} -- {(command is null ? "" : command + " ")}{string.Concat(parseResult.RootCommandResult.Command.Arguments.Select(argument => $"<{argument.Name}> "))}[options]";
            output.Write(string.Join('\n', text.ToString().ReplaceLineEndings("\n").Split('\n')
                // Its last section says that what is unknown is passed on; the examples say to whom.
                .TakeWhile(line => line != "Additional Arguments:")
                .Select(line => line.Contains("[options]", StringComparison.Ordinal) ? usage : line.TrimEnd())).TrimEnd('\n'));
            output.Write("\n\n" + examples.ReplaceLineEndings("\n"));
            output.Write("""


                Exit codes:
                  0 fine; 1 a threshold is not held, something became slower, or the self-test failed;
                  2 the command or its input cannot be used;
                  3 a case or launch failed (all others are reported); 4 not known; 130 interrupted

                """.ReplaceLineEndings("\n"));
            return 0;
        }
    }
}

/// <summary>One of the program's commands.</summary>
internal interface ICommand
{
    /// <summary>Its options.</summary>
    RootCommand Syntax { get; }

    /// <summary>The end of its help.</summary>
    string Examples { get; }

    /// <summary>Runs it.</summary>
    /// <exception cref="UnusableInputException">What the user gave cannot be used.</exception>
    Task<ExitCode> RunAsync(ParseResult parsed, TextWriter output, TextWriter error, CancellationToken interrupted);
}
