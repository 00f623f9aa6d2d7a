using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using WorkerRpc.Benchmarks.Presenting.Wording;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>Runs one command: parses its arguments, shows its help, and converts errors to exit codes.</summary>
/// <param name="Typed">The start of the command line, before the arguments, such as <c>dotnet run --project benchmarks -- gate</c>.</param>
/// <param name="HelpArguments">The arguments that show the help, such as <c>gate --help</c>.</param>
/// <param name="ExitCodes">The lines about exit codes at the end of the help.</param>
internal sealed record CommandRunner(string Typed, string HelpArguments, string ExitCodes)
{
    private const int HelpWidth = 110;
    private const string Help = "--help";

    /// <summary>The names of the program's commands, if the user could have meant one of them instead of this one.</summary>
    public IReadOnlyList<string> Commands { get; init; } = [];

    /// <summary>Runs the command. Writes results to <paramref name="output"/>, errors and progress to <paramref name="error"/>.</summary>
    public async Task<ProgramExitCode> RunAsync(
        ICommand command, string[] args, TextWriter output, TextWriter error, CancellationToken interrupted)
    {
        try
        {
            // On another thread, so that an interruption ends the program even while the plan waits for a file or a user's constructor.
            CommandPlan plan = await Task.Run(() => PlanAsync(command, args, interrupted), CancellationToken.None).WaitAsync(interrupted);
            return await plan.RunAsync(output, error, interrupted);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            // Commands that measure catch an interruption themselves and report their finished cases. So if the exception arrives here,
            // nothing was measured.
            return ProgramExitCode.Interrupted;
        }
        catch (UnusableInputException e)
        {
            await error.WriteLineAsync($"error: {Printable.Of(e.Message.ReplaceLineEndings(" "))}");
            await error.WriteLineAsync($"       {HelpArguments} shows what is accepted.");
            return ProgramExitCode.Unusable;
        }
    }

    /// <summary>Checks the arguments as <see cref="RunAsync"/> does, but does not start the command's work.</summary>
    /// <exception cref="UnusableInputException">An argument, or a file that it names, cannot be used.</exception>
    public async Task<CommandPlan> PlanAsync(ICommand command, string[] args, CancellationToken interrupted)
    {
        RootCommand syntax = command.Syntax;
        foreach (HelpOption help in syntax.Options.OfType<HelpOption>())
        {
            help.Aliases.Clear();
            help.Action = new HelpWithExamples(Typed, ProgramName.In(command.Examples, ProgramName.Typed), ExitCodes);
        }

        var configuration = new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null };
        ParseResult parsed = syntax.Parse(MoveUnknownFirst(args, syntax), configuration);
        // Handles wrong arguments below. System.CommandLine's own handling would print the whole help and return 1, which means here that
        // a threshold was missed.
        if (parsed.Action is not null and not ParseErrorAction)
        {
            // The parser's action prints the help or the version.
            return new CommandPlan(async (output, error, end) =>
                (ProgramExitCode)await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, end))
            {
                ExpectedLength = TimeSpan.Zero,
            };
        }

        new CommandLineMistakes(parsed, HelpArguments[..^Help.Length].TrimEnd(), Commands).Refuse();
        return await command.PlanAsync(parsed, interrupted);
    }

    // Moves BenchmarkDotNet's options before the program's own options. An own option such as --filter takes all values up to the next
    // known option, so the parser would read BenchmarkDotNet's options as filters.
    private static string[] MoveUnknownFirst(IReadOnlyList<string> args, RootCommand syntax)
    {
        var own = new List<string>();
        var unknown = new List<string>();
        List<string> group = unknown;
        foreach (string arg in args)
        {
            if (CommandLineMistakes.IsOption(arg))
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
        // Shows the help even if other arguments are wrong.
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            using var text = new StringWriter();
            var standard = new HelpAction { MaxWidth = HelpWidth };
            parseResult.InvocationConfiguration.Output = text;
            standard.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output = output;
            // Writes the command line as the user types it. System.CommandLine would write the executable's name.
            string arguments = string.Concat(parseResult.RootCommandResult.Command.Arguments.Select(argument => $"<{argument.Name}> "));
            string usage = $"  {typed} {arguments}[options]";
            output.Write(string.Join('\n', text.ToString().ReplaceLineEndings("\n").Split('\n')
                // Leaves out the last section, about unknown options, because the examples explain them.
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
    /// <summary>The options and arguments that the command accepts.</summary>
    RootCommand Syntax { get; }

    /// <summary>The examples that the command's help shows.</summary>
    string Examples { get; }

    /// <summary>Checks the arguments and returns a plan of the work.</summary>
    /// <exception cref="UnusableInputException">An argument, or a file that it names, cannot be used.</exception>
    Task<CommandPlan> PlanAsync(ParseResult parsed, CancellationToken interrupted);
}
