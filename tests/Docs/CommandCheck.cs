using System.Text.RegularExpressions;
using WorkerRpc.Benchmarks.Commands;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.CallerWorker;
using WorkerRpc.Functions;
using WorkerRpc.RuntimeWorker;

namespace WorkerRpc.Tests.Docs;

/// <summary>
/// Checks a documented line without running it. Our programs parse their command lines, up to a plan. The check changes the
/// current folder of the process, so no other test may run at the same time.
/// </summary>
/// <param name="standIns">Paths of files that the repository lacks, by their names in the documentation.</param>
internal sealed partial class CommandCheck(IReadOnlyDictionary<string, string> standIns)
{
    private const string Program = "/WorkerRpc.Benchmarks";
    private const string Benchmarks = "benchmarks";

    private static readonly Dictionary<string, Planner> s_programs = new()
    {
        [Benchmarks] = ProgramCommands.PlanAsync,
        ["studies"] = WorkerRpc.Studies.Program.PlanAsync,
        ["hostile-peers"] = PlanHostileAsync,
    };

    // Programs of others. Their arguments are not checked.
    private static readonly string[] s_known = ["cd", "export", "grep", "head", "node", "perf", "return", "tee", "/tmp/tools/dotnet-trace"];

    private static readonly string[] s_gitVerbs =
        ["clone", "commit", "push", "rebase", "show", "status", "switch", "update-ref", "worktree"];

    private static readonly Dictionary<string, string[]> s_dotnetOptions = new(StringComparer.Ordinal)
    {
        ["build"] = ["-c", "-v", "-nologo", "--no-restore"],
        ["format"] = ["--no-restore", "--verify-no-changes"],
        ["pack"] = ["-c", "-o"],
        ["publish"] = ["-c", "-o", "-p:Native=true", "--artifacts-path"],
        ["restore"] = ["--force-evaluate", "--locked-mode"],
        ["run"] = ["-c", "--no-build", "--project"],
        ["test"] =
        [
            "-c", "--explicit", "--filter-class", "--filter-not-method", "--filter-not-trait", "--no-build",
            "--report-trx", "--report-trx-filename", "--results-directory",
        ],
        ["tool"] = ["--source", "--tool-path"],
    };

    // A cache: many pages show the same command, and reading a large report takes a second.
    private static readonly Dictionary<string, CommandPlan> s_plans = new(StringComparer.Ordinal);

    private static readonly string[] s_optionsWithValue =
    [
        "-c", "-o", "-v", "--artifacts-path", "--explicit", "--filter-class", "--filter-not-method", "--filter-not-trait", "--project",
        "--report-trx-filename", "--results-directory", "--source", "--tool-path",
    ];

    /// <summary>Parses a program's arguments, up to the plan.</summary>
    public delegate Task<CommandPlan> Planner(string[] arguments, CancellationToken cancellation);

    /// <summary>Checks a line.</summary>
    /// <returns>A plan for each command that starts one of our programs.</returns>
    /// <exception cref="UnusableInputException">A command cannot be used.</exception>
    public async Task<IReadOnlyList<CommandPlan>> PlanAsync(ShellLine line)
    {
        Directory.SetCurrentDirectory(SourceState.Root);
        var plans = new List<CommandPlan>();
        foreach (ShellCommand command in line.Commands.Where(command => command.Words.Count > 0))
        {
            if (ProgramArguments(command) is var (program, arguments))
            {
                plans.Add(await PlanAsync(program, arguments));
            }
            else
            {
                CheckOther(command);
            }
        }

        return plans;
    }

    /// <summary>Plans a command line of a program, with all filters and with each alone, so that each must match a case.</summary>
    /// <exception cref="UnusableInputException">The command line cannot be used.</exception>
    public async Task<CommandPlan> PlanAsync(Planner program, IReadOnlyList<string> arguments)
    {
        string[] given = [.. arguments.Select(argument => standIns.GetValueOrDefault(argument, argument))];
        int filter = Array.IndexOf(given, "--filter");
        string[] patterns = filter < 0 ? [] : [.. given.Skip(filter + 1).TakeWhile(argument => !argument.StartsWith('-'))];
        // File names come from a * that the shell expanded. Together they mean one pattern.
        if (patterns.Length > 1 && !patterns.All(Path.Exists))
        {
            foreach (string pattern in patterns)
            {
                string[] alone = [.. given[..(filter + 1)], pattern, .. given[(filter + 1 + patterns.Length)..]];
                await program(alone, TestContext.Current.CancellationToken);
            }
        }

        string key = string.Join('\n', given.Prepend(Directory.GetCurrentDirectory()).Prepend(program.Method.DeclaringType!.FullName));
        if (!s_plans.TryGetValue(key, out CommandPlan? plan))
        {
            plan = await program(given, TestContext.Current.CancellationToken);
            s_plans[key] = plan;
        }

        return plan;
    }

    // Null for a command that does not start one of our programs.
    private static (Planner Program, string[] Arguments)? ProgramArguments(ShellCommand command)
    {
        IReadOnlyList<ShellWord> words = command.Words;
        int program = words.ToList().FindIndex(word => word.Text.EndsWith(Program, StringComparison.Ordinal));
        if (program >= 0)
        {
            string path = words[program].Text;
            Require(path.StartsWith(Benchmarks + "/bin/Release/", StringComparison.Ordinal), $"no program is built as {path}");
            return (ProgramCommands.PlanAsync, Expand(words.Skip(program + 1)));
        }

        if (words[0].Text == ProgramName.OfTool.TrimEnd())
        {
            return (ProgramCommands.PlanAsync, Expand(words.Skip(1)));
        }

        if (words is not [{ Text: "dotnet" }, { Text: "run" }, ..])
        {
            return null;
        }

        int at = 2;
        string project = Directory.GetCurrentDirectory();
        while (at < words.Count && s_dotnetOptions["run"].Contains(words[at].Text))
        {
            project = words[at].Text == "--project" ? words[at + 1].Text : project;
            at += s_optionsWithValue.Contains(words[at].Text) ? 2 : 1;
        }

        RequireProject(project);
        at += at < words.Count && words[at].Text == "--" ? 1 : 0;
        string[] arguments = Expand(words.Skip(at));
        if (s_programs.TryGetValue(Path.GetRelativePath(SourceState.Root, Path.GetFullPath(project)), out Planner? planner))
        {
            return (planner, arguments);
        }

        Require(arguments.Length == 0, $"{project} takes no arguments");
        return null;
    }

    private static Task<CommandPlan> PlanHostileAsync(string[] arguments, CancellationToken cancellation)
    {
        string[] problems = [.. WorkerRpc.Hostile.Program.Syntax(TextWriter.Null).Parse(arguments).Errors.Select(error => error.Message)];
        return problems.Length == 0
            ? Task.FromResult(new CommandPlan((_, _, _) => Task.FromResult(ProgramExitCode.Fine)))
            : throw new UnusableInputException(string.Join(" ", problems));
    }

    private static void CheckOther(ShellCommand command)
    {
        string[] words = [.. command.Words.Select(word => word.Text)];
        switch (words[0])
        {
            case "dotnet":
                CheckDotnet(words[1], command.Words.Skip(2));
                break;
            case "git":
                Require(s_gitVerbs.Contains(words[1]), $"unknown git {words[1]}");
                break;
            case "curl":
                CheckAddress(words);
                break;
            case ".ci/run":
                Require(File.Exists(words[0]), "there is no .ci/run");
                break;
            case "cd":
                Require(Directory.Exists(words[1]), $"there is no folder {words[1]}");
                Directory.SetCurrentDirectory(words[1]);
                break;
            default:
                Require(s_known.Contains(words[0]), $"unknown program {words[0]}");
                break;
        }
    }

    private static void CheckDotnet(string verb, IEnumerable<ShellWord> rest)
    {
        if (verb == "run")
        {
            // ProgramArguments has checked it: it starts a worker.
            return;
        }

        Require(s_dotnetOptions.ContainsKey(verb), $"unknown dotnet {verb}");
        bool isValue = false;
        foreach (ShellWord word in rest)
        {
            if (isValue)
            {
                isValue = false;
            }
            else if (word.Text.StartsWith('-'))
            {
                Require(s_dotnetOptions[verb].Contains(word.Text), $"unknown option {word.Text} of dotnet {verb}");
                isValue = s_optionsWithValue.Contains(word.Text);
            }
            else if (verb != "tool" && !word.HasVariable)
            {
                RequireProject(word.Text);
            }
        }
    }

    private static void CheckAddress(string[] words)
    {
        string address = words.Single(word => word.StartsWith("http", StringComparison.Ordinal));
        int port = new Uri(address).Port;
        Require(port is RuntimeApp.DefaultPort or CallerApp.DefaultPort, $"no worker listens on port {port}");
    }

    private static void RequireProject(string path) => Require(
        File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFiles(path).Count(IsProject) == 1),
        $"there is no project {path}");

    private static bool IsProject(string file) => Path.GetExtension(file) is ".csproj" or ".sln";

    // Expands wildcards to file names, like a shell, and replaces variables by a name that always exists.
    private static string[] Expand(IEnumerable<ShellWord> words) =>
        [.. words.SelectMany(word => word.HasWildcard ? EntriesLike(word.Text) : [Variable().Replace(word.Text, "origin/main")])];

    private static IEnumerable<string> EntriesLike(string pattern) =>
        Directory.EnumerateFileSystemEntries(".", pattern).Select(entry => Path.GetFileName(entry)).Where(name => !name.StartsWith('.'))
            .Order(StringComparer.Ordinal).DefaultIfEmpty(pattern);

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new UnusableInputException(otherwise);
        }
    }

    [GeneratedRegex(@"\$\{?\w+\}?")]
    private static partial Regex Variable();
}
