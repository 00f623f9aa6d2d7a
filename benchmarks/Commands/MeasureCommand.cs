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
using WorkerRpc.Benchmarks.Results.Folders;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>
/// The command <c>measure</c>. It measures one launch in this process. A run starts the command for each launch; a user starts it under a
/// profiler.
/// </summary>
internal sealed class MeasureCommand : ICommand
{
    private readonly SelectionOptions _selection = new();
    private readonly OutputOptions _output = new();
    private readonly Option<bool> _fromParent = new(MeasureArguments.FromParent) { Hidden = true };
    private readonly Option<bool> _servesPair = new(MeasureArguments.InTurns) { Hidden = true };

    public RootCommand Syntax
    {
        get
        {
            var syntax = new RootCommand(
                "Measures one launch in this process, for a profiler: nothing is merged, and there is no verdict.")
            {
                TreatUnmatchedTokensAsErrors = false,
            };
            _selection.ForOneLaunch.Concat([_output.Artifacts, _fromParent, _servesPair]).ToList().ForEach(syntax.Options.Add);
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
            // This process was started by a run or a gate. It reads its work from standard input, because the parent process sends the
            // work there.
            return new CommandPlan((_, _, _) => ServeParentAsync(parsed.GetValue(_servesPair)));
        }

        LoadedPayloadFile? payload = _selection.Payload(parsed);
        var matrix = new Matrix(
            BindingCatalog.WithAssembly(_selection.BindingsAssembly(parsed)),
            payload?.Report,
            FunctionList.Load(_selection.FunctionsAssembly(parsed)));
        RunSettings settings = await _selection.SettingsAsync(parsed, [], payload, callerUrl: null, earlier: null, interrupted);
        settings = settings with { Launches = 1, SelectedMethods = _selection.SelectedMethods(parsed, matrix) };
        IReadOnlyList<CaseId> cases = _selection.Select(parsed, matrix);
        return new CommandPlan((output, error, end) => RunAsync(parsed, settings, cases, payload, output, error, end))
        {
            Cases = [.. cases.Select(id => id.ToString())],
            Launches = 1,
            ExpectedLength = Progress.ExpectedLength([cases], settings),
        };
    }

    private async Task<ProgramExitCode> RunAsync(
        ParseResult parsed,
        RunSettings settings,
        IReadOnlyList<CaseId> cases,
        LoadedPayloadFile? payload,
        TextWriter output,
        TextWriter error,
        CancellationToken interrupted)
    {
        using ResultsFolder results = _output.Open(parsed, RunKind.Measure);
        using RunFolder folder = results.Create(settings.StartedAt, settings.Commit);
        LaunchPlan plan = LaunchPlan.Make(1, cases, settings, _selection.BindingsAssembly(parsed), payload?.Text, folder.Path) with
        {
            PayloadTexts = payload?.Texts,
            FunctionsAssembly = _selection.FunctionsAssembly(parsed),
        };
        var record = new LaunchRecord(plan.Number);
        if (!WorkerEnvironment.IsSet)
        {
            error.WriteLine(
                $"The launches of a run have {WorkerEnvironment.Gen0Variable}={WorkerEnvironment.Gen0Budget} set; "
                + "this process has not, and its collector has more to do.");
        }

        foreach (string variable in RuntimeVariables.Refused)
        {
            error.WriteLine($"{variable} is set in the environment; a run refuses it, for its figures would be about other workers.");
        }

        using CancellationTokenRegistration end = interrupted.Register(() => Environment.Exit((int)ProgramExitCode.Interrupted));
        await InProcessLaunch.RunAsync(plan, launchEvent =>
        {
            record.Apply(launchEvent);
            if (launchEvent is Settling or PassStarting or PassEnded)
            {
                return;
            }

            error.WriteLine($"{record.CasesDone}/{cases.Count} {record.Doing}");
        });
        await output.WriteLineAsync($"Reports of this launch: {plan.Folder}");
        RunOutcome.Keep(results, folder, ResultsFolder.DefaultKeep, output);
        return record.Failures.Count > 0 ? ProgramExitCode.Failed : ProgramExitCode.Fine;
    }

    private static async Task<ProgramExitCode> ServeParentAsync(bool servesPair)
    {
        // Ignores Ctrl+C, because a terminal sends it to the parent process too, and the parent process ends this process.
        using PosixSignalRegistration ignored = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        return servesPair ? await ServePairAsync() : await RunForParentAsync();
    }

    private static async Task<ProgramExitCode> RunForParentAsync()
    {
        Stream input = Console.OpenStandardInput();
        var reader = new StreamReader(input);
        LaunchPlan plan = JsonSerializer.Deserialize(await reader.ReadLineAsync() ?? "null", LaunchPlanJson.Default.LaunchPlan)
            ?? throw new UnusableInputException(
                $"{MeasureArguments.FromParent} is for the program itself: it expects a launch plan on standard input.");

        string collector = RuntimeSettingsText.Collector;
        if (plan.GarbageCollector is { } expected && collector != expected)
        {
            throw new UnusableInputException(
                $"The garbage collector of this process runs with '{collector}', and the run's plan says '{expected}'.");
        }

        ExitWithParent(reader);
        FunctionList.Load(plan.FunctionsAssembly);

        await using StreamWriter events = ReserveOutput();
        await InProcessLaunch.RunAsync(
            plan, launchEvent => events.WriteLine(LaunchEventJson.Write(launchEvent)), FaultyRecorder.For(plan));
        return ProgramExitCode.Fine;
    }

    private static async Task<ProgramExitCode> ServePairAsync()
    {
        using var requests = new StreamReader(Console.OpenStandardInput());
        await using StreamWriter replies = ReserveOutput();
        await TurnHost.RunAsync(requests, replies);
        return ProgramExitCode.Fine;
    }

    private static StreamWriter ReserveOutput()
    {
        var lines = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        // Discards everything that other code writes to the console, because the parent process accepts only JSON lines on standard output.
        Console.SetOut(TextWriter.Null);
        return lines;
    }

    private static void ExitWithParent(TextReader input) => new Thread(() =>
    {
        // Reads until the input ends. The input ends when the parent process ends, even if it was killed.
        while (input.ReadLine() is not null)
        {
        }

        Process.GetCurrentProcess().Kill();
    })
    { IsBackground = true, Name = "parent watch" }.Start();
}
