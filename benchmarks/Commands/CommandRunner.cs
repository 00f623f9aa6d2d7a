using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>Runs one command of a program: it parses the arguments, shows help, and turns an error into an exit code.</summary>
/// <param name="Typed">What a user types ahead of the arguments, such as <c>dotnet run --project benchmarks -- gate</c>.</param>
/// <param name="HelpArguments">What a user types after the program's name to see the help, such as <c>gate --help</c>.</param>
/// <param name="ExitCodes">The exit codes, as the help's last lines.</param>
internal sealed record CommandRunner(string Typed, string HelpArguments, string ExitCodes)
{
    private const int HelpWidth = 110;

    /// <summary>Runs the command.</summary>
    /// <param name="command">What to run.</param>
    /// <param name="args">Its arguments.</param>
    /// <param name="output">Receives what was asked for.</param>
    /// <param name="error">Receives errors and progress.</param>
    /// <param name="interrupted">Cancelled when the user ends the program.</param>
    public async Task<ExitCode> RunAsync(
        ICommand command, string[] args, TextWriter output, TextWriter error, CancellationToken interrupted)
    {
        try
        {
            CommandPlan plan = await PlanAsync(command, args, interrupted);
            return await plan.RunAsync(output, error, interrupted);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            // Nothing was measured yet: a command that measures catches the interruption itself and reports what is finished.
            return ExitCode.Interrupted;
        }
        catch (UnusableInputException e)
        {
            await error.WriteLineAsync($"error: {e.Message}");
            await error.WriteLineAsync($"       {HelpArguments} shows what is accepted.");
            return ExitCode.Unusable;
        }
    }

    /// <summary>Checks the arguments as <see cref="RunAsync"/> does, and stops before the work.</summary>
    /// <exception cref="UnusableInputException">The arguments or what they name cannot be used.</exception>
    public async Task<CommandPlan> PlanAsync(ICommand command, string[] args, CancellationToken interrupted)
    {
        RootCommand syntax = command.Syntax;
        foreach (HelpOption help in syntax.Options.OfType<HelpOption>())
        {
            help.Aliases.Clear();
            help.Action = new HelpWithExamples(Typed, command.Examples, ExitCodes);
        }

        var configuration = new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null };
        ParseResult parsed = syntax.Parse(ForeignFirst(args, syntax), configuration);
        // On a mistake System.CommandLine would print the whole help and return 1, which here means a missed threshold.
        if (parsed.Action is not null and not ParseErrorAction)
        {
            // --help or --version.
            return new CommandPlan(async (output, error, end) =>
                (ExitCode)await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, end))
            {
                ExpectedLength = TimeSpan.Zero,
            };
        }

        return parsed.Errors.Count == 0
            ? await command.PlanAsync(parsed, interrupted)
            : throw new UnusableInputException(string.Join(" ", parsed.Errors.Select(problem => problem.Message)));
    }

    // An option of ours takes every value up to the next known option. BenchmarkDotNet's options and their values would be read
    // as filters or thresholds there. They are moved ahead of ours, in their order.
    private static string[] ForeignFirst(IReadOnlyList<string> args, RootCommand syntax)
    {
        var own = new List<string>();
        var foreign = new List<string>();
        List<string> group = foreign;
        foreach (string arg in args)
        {
            // A dash before a digit belongs to a number.
            if (arg is ['-', not (>= '0' and <= '9'), ..])
            {
                group = syntax.Options.Any(option => option.Name == arg.Split('=', ':')[0]) ? own : foreign;
            }

            group.Add(arg);
        }

        return [.. foreign, .. own];
    }

    /// <summary>System.CommandLine's help, then examples and exit codes.</summary>
    private sealed class HelpWithExamples(string typed, string examples, string exitCodes) : SynchronousCommandLineAction
    {
        // --help beside a mistake shows the help and no error.
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            using var text = new StringWriter();
            var standard = new HelpAction { MaxWidth = HelpWidth };
            parseResult.InvocationConfiguration.Output = text;
            standard.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output = output;
            // System.CommandLine would show the name of the executable, which nobody types.
            string arguments = string.Concat(parseResult.RootCommandResult.Command.Arguments.Select(argument => $"<{argument.Name}> "));
            string usage = $"  {typed} {arguments}[options]";
            output.Write(string.Join('\n', text.ToString().ReplaceLineEndings("\n").Split('\n')
                // The last section says that unknown options are passed on; the examples say to whom.
                .TakeWhile(line => line != "Additional Arguments:")
                .Select(line => line.Contains("[options]", StringComparison.Ordinal) ? usage : line.TrimEnd())).TrimEnd('\n'));
            output.Write("\n\n" + examples.ReplaceLineEndings("\n") + "\n\nExit codes:\n" + exitCodes.ReplaceLineEndings("\n") + "\n");
            return 0;
        }
    }
}

/// <summary>A command of a program.</summary>
internal interface ICommand
{
    /// <summary>Its arguments and options.</summary>
    RootCommand Syntax { get; }

    /// <summary>The examples in its help.</summary>
    string Examples { get; }

    /// <summary>Checks the arguments and plans the work.</summary>
    /// <exception cref="UnusableInputException">The arguments or what they name cannot be used.</exception>
    Task<CommandPlan> PlanAsync(ParseResult parsed, CancellationToken interrupted);
}
