using System.CommandLine;
using WorkerRpc.Functions;
using WorkerRpc.Hostile.Fuzzing;
using WorkerRpc.Hostile.Mutating;
using WorkerRpc.Hostile.Soak;
using WorkerRpc.Hostile.Targets;

namespace WorkerRpc.Hostile;

/// <summary>A program that attacks the Cap'n Web library: fuzzers and a soak.</summary>
internal static class Program
{
    /// <summary>The start of the command line, as users type it.</summary>
    public const string Typed = "dotnet run -c Release --project hostile-peers --";

    private const int Fine = 0, Failed = 1, Unusable = 2;

    private static readonly Bounds<int> s_seconds = new(1, 86_400, "seconds");

    private static readonly Bounds<int> s_minutes = new(1, 1_440, "minutes");

    private static readonly Bounds<long> s_executions = new(1, 1_000_000_000, "inputs");

    public static async Task<int> Main(string[] args)
    {
        ParseResult parsed = Syntax(Console.Out).Parse(args);
        try
        {
            return parsed.Errors.Count == 0
                ? await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false })
                : throw new UnusableInputException(string.Join(" ", parsed.Errors.Select(problem => problem.Message)));
        }
        catch (UnusableInputException e)
        {
            await Console.Error.WriteLineAsync($"error: {e.Message}");
            return Unusable;
        }
    }

    /// <summary>The commands and their options.</summary>
    public static RootCommand Syntax(TextWriter output) =>
        new($"Attacks the Cap'n Web library. Exit codes: {Fine} nothing failed; {Failed} something failed; {Unusable} unusable arguments.")
        {
            FuzzCommand(output),
            ReplayCommand(output),
            SoakCommand(output),
            ServeCommand(),
            SoakServerCommand(),
        };

    private static Command FuzzCommand(TextWriter output)
    {
        Argument<string> target = Target();
        var seconds = new Option<int>("--seconds") { Description = "The time to fuzz", DefaultValueFactory = _ => 60 };
        var executions = new Option<long?>("--executions")
        {
            Description = "Stops after this number of inputs, with those of earlier runs, instead of after a time",
        };
        var folder = new Option<string>("--folder")
        {
            Description = "Keeps the corpus, the counts and the failures, so that a later run goes on",
            DefaultValueFactory = _ => Path.Combine("artifacts", "fuzz"),
        };
        var bytesOnly = new Option<bool>("--bytes-only") { Description = "Mutates only bytes, for comparison" };
        var command = new Command("fuzz", "Fuzzes a target by AFL++") { target, seconds, executions, folder, bytesOnly };
        command.SetAction(parsed =>
        {
            int time = s_seconds.Check(parsed.GetValue(seconds), seconds.Name);
            long? limit = parsed.GetValue(executions) is { } given ? s_executions.Check(given, executions.Name) : null;
            return new FuzzRun(parsed.GetValue(target)!, parsed.GetValue(folder)!).Run(time, limit, parsed.GetValue(bytesOnly), output)
                ? Fine
                : Failed;
        });
        return command;
    }

    private static Command ReplayCommand(TextWriter output)
    {
        Argument<string> target = Target();
        var files = new Argument<string[]>("files") { Description = "Inputs in files", Arity = ArgumentArity.OneOrMore };
        var command = new Command("replay", "Runs inputs again") { target, files };
        command.SetAction(parsed =>
        {
            string[] paths = parsed.GetValue(files)!;
            return Array.Find(paths, path => !File.Exists(path)) is { } missing
                ? throw new UnusableInputException($"'{missing}': there is no such file. Expected files with inputs.")
                : FuzzWorker.Replay(parsed.GetValue(target)!, paths, output) ? Fine : Failed;
        });
        return command;
    }

    private static Command SoakCommand(TextWriter output)
    {
        var minutes = new Option<int>("--minutes") { Description = "The time under load", DefaultValueFactory = _ => 1 };
        var seed = new Option<int>("--seed") { Description = "The seed of the hostile clients' choices", DefaultValueFactory = _ => 1 };
        var skip = new Option<string[]>("--skip") { Description = "Names of hostile inputs that are not sent" };
        skip.AcceptOnlyFromAmong([.. Inputs.Hostile.Select(input => input.Name), .. Inputs.HostileBytes.Keys]);
        var folder = new Option<string>("--folder")
        {
            Description = "Keeps the newest input of each hostile client",
            DefaultValueFactory = _ => Path.Combine("artifacts", "soak"),
        };
        var command = new Command("soak", "Honest and hostile clients share a server. From 30 minutes on, honest p99 has a bound of 100 ms")
        {
            minutes, seed, skip, folder,
        };
        command.SetAction(async parsed =>
        {
            TimeSpan length = TimeSpan.FromMinutes(s_minutes.Check(parsed.GetValue(minutes), minutes.Name));
            var run = new SoakRun(length, parsed.GetValue(seed), parsed.GetValue(skip) ?? [], parsed.GetValue(folder)!);
            return await run.RunAsync(output) ? Fine : Failed;
        });
        return command;
    }

    // Started by the soak.
    private static Command SoakServerCommand()
    {
        var command = new Command("soak-server", "Serves a soak") { Hidden = true };
        command.SetAction(_ => SoakServer.ServeAsync(Console.Out, Console.In));
        return command;
    }

    // Started by AFL++.
    private static Command ServeCommand()
    {
        Argument<string> target = Target();
        var folder = new Argument<string>("folder");
        var mutated = new Argument<string>("mutated");
        var command = new Command("serve", "Runs the inputs of AFL++") { target, folder, mutated };
        command.Hidden = true;
        command.SetAction(parsed => FuzzWorker.Serve(
            parsed.GetValue(target)!, parsed.GetValue(folder)!, isBytesOnly: parsed.GetValue(mutated) == "bytes"));
        return command;
    }

    private static Argument<string> Target()
    {
        var target = new Argument<string>("target") { Description = string.Join(", ", FuzzTargets.Names) };
        target.AcceptOnlyFromAmong([.. FuzzTargets.Names]);
        return target;
    }
}
