using WorkerRpc.Benchmarks.Presenting.Serving;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>The command line of the program. Tests call it with arguments and two writers.</summary>
internal static class ProgramCommands
{
    private const string ExitCodes = """
          0 fine; 1 a threshold is not held, something became slower, or the self-test failed;
          2 the command or its input cannot be used;
          3 a case or launch failed (all others are reported); 4 not known; 130 interrupted
        """;

    private static readonly Dictionary<string, Func<ICommand>> s_commands = new(StringComparer.Ordinal)
    {
        ["compare"] = () => new CompareCommand(),
        ["gate"] = () => new GateCommand(),
        ["history"] = () => new HistoryCommand(),
        ["measure"] = () => new MeasureCommand(),
        ["report"] = () => new ReportCommand(Browser.OpenAsync),
        ["selftest"] = () => new SelfTestCommand(),
        ["study"] = () => new StudyCommand(),
    };

    /// <summary>The names of the commands.</summary>
    public static IEnumerable<string> Names => s_commands.Keys;

    /// <summary>Returns the command with the given name, or the one of a run if no command has that name.</summary>
    public static ICommand Create(string name) => s_commands.TryGetValue(name, out Func<ICommand>? create) ? create() : new RunCommand();

    /// <summary>Runs a command. If the arguments do not start with a command's name, they are the options of a run.</summary>
    public static Task<ProgramExitCode> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken interrupted)
    {
        (CommandRunner runner, ICommand command, string[] arguments) = Find(args);
        return runner.RunAsync(command, arguments, output, error, interrupted);
    }

    /// <summary>Checks arguments as <see cref="RunAsync"/> does, but does not start the command's work.</summary>
    /// <exception cref="Functions.UnusableInputException">The arguments or their input cannot be used.</exception>
    internal static Task<CommandPlan> PlanAsync(string[] args, CancellationToken interrupted)
    {
        (CommandRunner runner, ICommand command, string[] arguments) = Find(args);
        return runner.PlanAsync(command, arguments, interrupted);
    }

    private static (CommandRunner Runner, ICommand Command, string[] Arguments) Find(string[] args)
    {
        bool isCommand = args.Length > 0 && s_commands.ContainsKey(args[0]);
        ICommand command = Create(isCommand ? args[0] : "");
        string name = isCommand ? args[0] + " " : "";
        var runner = new CommandRunner((ProgramName.Typed + name).TrimEnd(), name + "--help", ExitCodes)
        {
            Commands = isCommand ? [] : [.. s_commands.Keys],
        };
        return (runner, command, isCommand ? args[1..] : args);
    }
}
