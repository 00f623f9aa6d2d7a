using System.CommandLine;
using WorkerRpc.Benchmarks.Calling;
using WorkerRpc.Benchmarks.Delegation;
using WorkerRpc.Benchmarks.Measurement;
using WorkerRpc.Benchmarks.Reports;
using WorkerRpc.Bindings;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.App;

/// <summary>A run: launches one after another, merged, reported, judged.</summary>
internal sealed class RunCommand : ICommand
{
    private static readonly Bounds<int> s_silenceBounds = new(1, 86_400, "seconds");
    private const int DefaultSilenceSeconds = 120;
    private const int PassedOnInALine = 6;

    private readonly SelectionOptions _selection = new();
    private readonly OutputOptions _output = new();
    private readonly ThresholdOption _threshold = new();
    private readonly CallerUrlOption _callerUrl = new();
    private readonly Option<string?> _list = new("--list") { Description = "Names the selected cases and measures nothing", Arity = ArgumentArity.ZeroOrOne, HelpName = "flat" };
    private readonly Option<string?> _timeout = new("--timeout")
    {
        Description = FormattableString.Invariant($"How long a launch may be silent before it is killed, or a caller worker before it is given up. {s_silenceBounds.Min} to {s_silenceBounds.Max} {s_silenceBounds.What}; without it {DefaultSilenceSeconds}"),
        HelpName = "SECONDS",
    };

    public RootCommand Syntax
    {
        get
        {
            var syntax = new RootCommand("Measures what it costs to delegate a function from a caller worker to the runtime worker, and whether that is acceptable.")
            {
                TreatUnmatchedTokensAsErrors = false,
            };
            _selection.All.Concat([_threshold.Option, _callerUrl.Option, _output.Artifacts, _timeout, _list]).ToList().ForEach(syntax.Options.Add);
            return syntax;
        }
    }

    public string Examples => $"""
        Passed on to BenchmarkDotNet:
          {string.Join(",\n  ", BenchmarkDotNetArguments.Honoured.Chunk(PassedOnInALine).Select(line => string.Join(", ", line)))}

        Commands (each has its own --help):
          measure   one launch in this process, for a profiler
          report    makes all tables again from a report.json

        Examples:
          dotnet run -c Release --project benchmarks
          dotnet run -c Release --project benchmarks -- --profile quick --filter '*/echo/1KB'
          dotnet run -c Release --project benchmarks -- --threshold 'service-binding/*:p99=500us' --seed 7
          dotnet run -c Release --project benchmarks -- --caller-url http://127.0.0.1:8787
        """;

    public async Task<ExitCode> RunAsync(ParseResult parsed, TextWriter output, TextWriter error, CancellationToken interrupted)
    {
        string? bindings = _selection.BindingsAssembly(parsed);
        Uri? callerUrl = _callerUrl.Value(parsed);
        IReadOnlyList<string> thresholds = _threshold.Values(parsed);
        RunSettings settings = _selection.Settings(parsed, thresholds, callerUrl);
        var silence = TimeSpan.FromSeconds(parsed.GetValue(_timeout) is { } given ? s_silenceBounds.Parse(given, "--timeout") : DefaultSilenceSeconds);
        using CallerClient? caller = callerUrl is null ? null : new CallerClient(callerUrl, silence);
        var catalog = BindingCatalog.WithAssembly(bindings);
        var matrix = new Matrix(caller is null ? catalog : await caller.OfferedOfAsync(catalog, interrupted));
        IReadOnlyList<CaseId> cases = _selection.Select(parsed, matrix);
        ThresholdOption.RequireMatches(thresholds, cases);
        if (parsed.GetResult(_list) is not null)
        {
            await output.WriteLineAsync(string.Join('\n', cases));
            return ExitCode.Fine;
        }

        ResultsFolder folder = _output.Open(parsed);
        folder.ClearLaunches();
        var progress = new Progress(error, settings.Launches, cases.Count);
        var launches = new List<(LaunchRecord Record, LaunchReport Report)>();
        for (int number = 1; number <= settings.Launches && !interrupted.IsCancellationRequested; number++)
        {
            LaunchPlan plan = MeasureCommand.Plan(number, cases, settings, bindings, folder);
            launches.Add(caller is null
                ? await LaunchProcess.RunAsync(plan, silence, progress.Show, interrupted)
                : await CallerLaunch.RunAsync(plan, caller, progress.Show, interrupted));
            progress.EndLaunch(launches[^1].Report);
        }

        progress.End();
        return RunOutcome.Tell(RunReports.Merge(settings, matrix, cases, launches, interrupted.IsCancellationRequested), folder.Path, output);
    }
}
