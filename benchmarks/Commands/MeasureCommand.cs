using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using WorkerRpc.Benchmarks.Adapter;
using WorkerRpc.Benchmarks.Commands.SelfTest;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Benchmarks.Measuring.Pairs;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Catalog;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>One launch in this process: what a run starts for itself, and a user under a profiler.</summary>
internal sealed class MeasureCommand : ICommand
{
    private readonly SelectionOptions _selection = new();
    private readonly OutputOptions _output = new();
    private readonly Option<bool> _fromParent = new(MeasureArguments.FromParent) { Hidden = true };
    private readonly Option<bool> _inTurns = new(MeasureArguments.InTurns) { Hidden = true };

    public RootCommand Syntax
    {
        get
        {
            var syntax = new RootCommand("Measures one launch in this process, for a profiler: nothing is merged, and there is no verdict.") { TreatUnmatchedTokensAsErrors = false };
            _selection.OfOneLaunch.Concat([_output.Artifacts, _fromParent, _inTurns]).ToList().ForEach(syntax.Options.Add);
            return syntax;
        }
    }

    public string Examples => """
        Examples:
          One case, long enough for a profiler (docs/profiling.md has dotnet-trace and perf):
            dotnet run -c Release --project benchmarks -- measure --filter service-binding/echo/1KB --iterations 1000000 --profile full
        """;

    public async Task<CommandPlan> PlanAsync(ParseResult parsed, CancellationToken interrupted)
    {
        if (parsed.GetValue(_fromParent))
        {
            // The parent sends the plan.
            return new CommandPlan((_, _, _) => ServeParentAsync(parsed.GetValue(_inTurns)));
        }

        PayloadFile? payload = _selection.Payload(parsed);
        var matrix = new Matrix(BindingCatalog.WithAssembly(_selection.BindingsAssembly(parsed)), payload?.Report);
        RunSettings settings = await _selection.SettingsAsync(parsed, [], payload, callerUrl: null, earlier: null, interrupted);
        settings = settings with { Launches = 1 };
        IReadOnlyList<CaseId> cases = _selection.Select(parsed, matrix);
        return new CommandPlan((output, error, end) => RunAsync(parsed, settings, cases, payload, output, error, end))
        {
            Cases = [.. cases.Select(id => id.ToString())],
            Launches = 1,
            ExpectedLength = Progress.ExpectedLength(cases, settings, missing: 1),
        };
    }

    private async Task<ExitCode> RunAsync(
        ParseResult parsed,
        RunSettings settings,
        IReadOnlyList<CaseId> cases,
        PayloadFile? payload,
        TextWriter output,
        TextWriter error,
        CancellationToken interrupted)
    {
        using ResultsFolder folder = _output.Open(parsed);
        LaunchPlan plan = LaunchPlan.Make(1, cases, settings, _selection.BindingsAssembly(parsed), payload?.Text, folder.Measure);
        var record = new LaunchRecord(plan.Number);
        if (!WorkerEnvironment.IsSet)
        {
            error.WriteLine($"The launches of a run have {WorkerEnvironment.Gen0Variable}={WorkerEnvironment.Gen0Budget} set; this process has not, and its collector has more to do.");
        }

        using CancellationTokenRegistration end = interrupted.Register(() => Environment.Exit((int)ExitCode.Interrupted));
        await InProcessLaunch.RunAsync(plan, said =>
        {
            record.Apply(said);
            if (said is PassStarting or PassEnded)
            {
                return;
            }

            error.WriteLine($"{record.CasesDone}/{cases.Count} {record.Doing}");
        });
        await output.WriteLineAsync($"Reports of this launch: {plan.Folder}");
        return record.Failures.Count > 0 ? ExitCode.Failed : ExitCode.Fine;
    }

    private static async Task<ExitCode> ServeParentAsync(bool inTurns)
    {
        // A terminal sends Ctrl+C to the whole group: the parent decides what becomes of this process.
        using PosixSignalRegistration ignored = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        return inTurns ? await TakeTurnsAsync() : await RunForParentAsync();
    }

    private static async Task<ExitCode> RunForParentAsync()
    {
        Stream input = Console.OpenStandardInput();
        var reader = new StreamReader(input);
        LaunchPlan plan = JsonSerializer.Deserialize(await reader.ReadLineAsync() ?? "null", LaunchPlanJson.Default.LaunchPlan)
            ?? throw new Functions.UnusableInputException($"{MeasureArguments.FromParent} is for the program itself: it expects a launch plan on standard input.");

        string collector = RuntimeSettings.Collector;
        if (plan.GarbageCollector is { } expected && collector != expected)
        {
            throw new Functions.UnusableInputException($"The garbage collector of this process runs with '{collector}', and the run's plan says '{expected}'.");
        }

        DieWithParent(reader);

        await using StreamWriter events = TakeOutput();
        await InProcessLaunch.RunAsync(plan, said => events.WriteLine(LaunchEventJson.Write(said)), LyingRecorder.For(plan));
        return ExitCode.Fine;
    }

    private static async Task<ExitCode> TakeTurnsAsync()
    {
        using var requests = new StreamReader(Console.OpenStandardInput());
        await using StreamWriter replies = TakeOutput();
        await TurnHost.RunAsync(requests, replies);
        return ExitCode.Fine;
    }

    private static StreamWriter TakeOutput()
    {
        var lines = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        // Whatever else writes to the console must not stand between them.
        Console.SetOut(TextWriter.Null);
        return lines;
    }

    private static void DieWithParent(TextReader input) => new Thread(() =>
    {
        // A parent that dies, however it dies, closes its end.
        while (input.ReadLine() is not null)
        {
        }

        Process.GetCurrentProcess().Kill();
    })
    { IsBackground = true, Name = "parent watch" }.Start();
}
