using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>Runs one command: parses its arguments, shows its help, and turns an error into an exit code.</summary>
/// <param name="Typed">Command line before the arguments, such as <c>dotnet run --project benchmarks -- gate</c>.</param>
/// <param name="HelpArguments">Arguments that show the help, such as <c>gate --help</c>.</param>
/// <param name="ExitCodes">Lines about exit codes at the end of the help.</param>
internal sealed record CommandRunner(string Typed, string HelpArguments, string ExitCodes)
{
    private const int HelpWidth = 110;

    /// <summary>Runs the command. Writes results to <paramref name="output"/>, errors and progress to <paramref name="error"/>.</summary>
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
            // A command that measures handles the interruption itself and reports its finished cases. So nothing was measured here.
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
    /// <exception cref="UnusableInputException">An argument, or a file that it names, cannot be used.</exception>
    public async Task<CommandPlan> PlanAsync(ICommand command, string[] args, CancellationToken interrupted)
    {
        RootCommand syntax = command.Syntax;
        foreach (HelpOption help in syntax.Options.OfType<HelpOption>())
        {
            help.Aliases.Clear();
            help.Action = new HelpWithExamples(Typed, command.Examples, ExitCodes);
        }

        var configuration = new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null };
        ParseResult parsed = syntax.Parse(MoveUnknownFirst(args, syntax), configuration);
        // For a wrong argument System.CommandLine would print the whole help and return 1, our code for a missed threshold.
        if (parsed.Action is not null and not ParseErrorAction)
        {
            // The action prints the help or the version.
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

    // Moves BenchmarkDotNet's options ahead of our own. After an own option such as --filter, the parser would read them as filters,
    // because that option takes all values up to the next option that the parser knows.
    private static string[] MoveUnknownFirst(IReadOnlyList<string> args, RootCommand syntax)
    {
        var own = new List<string>();
        var unknown = new List<string>();
        List<string> group = unknown;
        foreach (string arg in args)
        {
            // A dash before a digit starts a negative number, not an option.
            if (arg is ['-', not (>= '0' and <= '9'), ..])
            {
                group = syntax.Options.Any(option => option.Name == arg.Split('=', ':')[0]) ? own : unknown;
            }

            group.Add(arg);
        }

        return [.. unknown, .. own];
    }

    /// <summary>Prints System.CommandLine's help, then the examples and the exit codes.</summary>
    private sealed class HelpWithExamples(string typed, string examples, string exitCodes) : SynchronousCommandLineAction
    {
        // With --help the help is shown, even if other arguments are wrong.
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            using var text = new StringWriter();
            var standard = new HelpAction { MaxWidth = HelpWidth };
            parseResult.InvocationConfiguration.Output = text;
            standard.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output = output;
            // The usage line shows the command line that a user types. System.CommandLine would show the executable's name.
            string arguments = string.Concat(parseResult.RootCommandResult.Command.Arguments.Select(argument => $"<{argument.Name}> "));
            string usage = $"  {typed} {arguments}[options]";
            output.Write(string.Join('\n', text.ToString().ReplaceLineEndings("\n").Split('\n')
                // Skips the last section, on unknown options: the examples explain them.
                .TakeWhile(line => line != "Additional Arguments:")
                .Select(line => line.Contains("[options]", StringComparison.Ordinal) ? usage : line.TrimEnd())).TrimEnd('\n'));
            output.Write("\n\n" + examples.ReplaceLineEndings("\n") + "\n\nExit codes:\n" + exitCodes.ReplaceLineEndings("\n") + "\n");
            return 0;
        }
    }
}

/// <summary>One command of a program, such as <c>gate</c>.</summary>
internal interface ICommand
{
    /// <summary>The arguments and options of the command.</summary>
    RootCommand Syntax { get; }

    /// <summary>The examples in the command's help.</summary>
    string Examples { get; }

    /// <summary>Checks the arguments and plans the work.</summary>
    /// <exception cref="UnusableInputException">An argument, or a file that it names, cannot be used.</exception>
    Task<CommandPlan> PlanAsync(ParseResult parsed, CancellationToken interrupted);
}
