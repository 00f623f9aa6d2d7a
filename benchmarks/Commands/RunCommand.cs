using System.CommandLine;
using WorkerRpc.Benchmarks.Adapter;
using WorkerRpc.Benchmarks.Analysis.Reading;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Measuring.Calling;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Benchmarks.Presenting.Terminal;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Folders;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>
/// The command of a run. It measures one launch after another, merges the results, and writes the report and the verdict.
/// </summary>
internal sealed class RunCommand : ICommand
{
    private static readonly Bounds<int> s_silenceBounds = new(1, 86_400, "seconds");
    private const int DefaultSilenceSeconds = 120;
    private const int OptionsPerHelpLine = 6;

    private readonly SelectionOptions _selection = new();
    private readonly OutputOptions _output = new();
    private readonly ThresholdOption _threshold = new();
    private readonly CallerUrlOption _callerUrl = new();
    private readonly VerdictOptions _verdict = new();
    private readonly RunTime _time = new();

    private readonly Option<string?> _list = new("--list")
    {
        Description = "Names the selected cases and measures nothing",
        Arity = ArgumentArity.ZeroOrOne,
        HelpName = "flat",
    };

    private readonly Option<bool> _resume = new("--resume")
    {
        Description = "Goes on with the newest run that is unfinished or lacks a launch: finished launches stand, missing ones are "
            + "measured. What is not given is as in that run",
    };

    private readonly Option<string?> _timeout = new("--timeout")
    {
        Description = "How long a launch may be silent before it is killed, or a caller worker before it is given up. "
            + FormattableString.Invariant($"{s_silenceBounds.Min} to {s_silenceBounds.Max} {s_silenceBounds.What}; ")
            + FormattableString.Invariant($"without it {DefaultSilenceSeconds}"),
        HelpName = "SECONDS",
    };

    public RootCommand Syntax
    {
        get
        {
            var syntax = new RootCommand(
                "Measures what it costs to delegate a function from a caller worker to the runtime worker, "
                + "and whether that is acceptable. Without options that select or size, the run ends as soon as its verdict is certain. "
                + FormattableString.Invariant($"A run of more than {LaunchCases.MaxCasesOfSmallRun} cases measures references and ")
                + "remedies in fewer launches; without --profile and --iterations, it makes fewer calls where p50, p95 and p99 are narrow.")
            {
                TreatUnmatchedTokensAsErrors = false,
            };
            Option[] others =
            [
                _threshold.Option, _callerUrl.Option, .. _output.ForRun, _timeout, _time.Option, _resume, .. _verdict.All, _list,
            ];
            _selection.All.Concat(others).ToList().ForEach(syntax.Options.Add);
            return syntax;
        }
    }

    public string Examples => $"""
        Passed on to BenchmarkDotNet:
          {string.Join(",\n  ", ForwardedArguments.Honoured.Chunk(OptionsPerHelpLine).Select(line => string.Join(", ", line)))}

        Commands (each has its own --help):
          compare   holds one report against another
          gate      says whether the work tree is slower than a commit (4 to 7 minutes)
          history   finds where a case became slower over many reports
          measure   one launch in this process, for a profiler
          report    shows reports in a browser, and makes all tables again from a report.json
          selftest  shows that the figures and the gate's answers are true (under 6 minutes)
          study     counts how often the gate errs

        Examples:
          dotnet run -c Release --project benchmarks
          dotnet run -c Release --project benchmarks -- --profile quick --filter '*/echo/1KB'
          dotnet run -c Release --project benchmarks -- --threshold 'service-binding/*:p99=500us' --seed 7
          dotnet run -c Release --project benchmarks -- --resume
          dotnet run -c Release --project benchmarks -- --payload-file orders.json --filter 'service-binding/*/file'
          dotnet run -c Release --project benchmarks -- --caller-url http://127.0.0.1:8787
        """;

    public async Task<CommandPlan> PlanAsync(ParseResult parsed, CancellationToken interrupted)
    {
        TimeSpan silence = Silence(parsed);
        Uri? callerUrl = _callerUrl.Value(parsed);
        LoadedPayloadFile? payload = _selection.Payload(parsed);
        _output.Check(parsed);
        _ = _time.Value(parsed);
        bool lists = parsed.GetResult(_list) is not null;
        if (lists)
        {
            _verdict.Refuse(parsed, _list.Name);
        }
        else if (callerUrl is null)
        {
            // A running caller worker has its own environment.
            RuntimeVariables.RequireNone();
        }

        if (parsed.GetValue(_resume) && !lists)
        {
            // Only these arguments can be checked now. The resumed run's plan has the other settings, and is read after the folder is
            // opened.
            ForwardedArguments.Check(parsed.UnmatchedTokens);
            return callerUrl is null
                ? new CommandPlan((output, error, end) => RunAsync(parsed, newRun: null, callerUrl, payload, output, error, end))
                : throw new UnusableInputException(
                    $"--resume with the caller worker at {callerUrl}: one caller worker is one launch, "
                    + "of which nothing is finished until all is.");
        }

        using CallerClient? caller = callerUrl is null ? null : new CallerClient(callerUrl, silence);
        RunPlan plan = await PlanRunAsync(parsed, callerUrl, caller, payload, earlier: null, interrupted);
        return lists
            ? new CommandPlan((output, _, _) => ListAsync(plan, output)) { ExpectedLength = TimeSpan.Zero }
            : new CommandPlan((output, error, end) => RunAsync(parsed, plan, callerUrl, payload, output, error, end))
            {
                Cases = plan.Cases,
                Launches = plan.Run.Launches,
                ExpectedLength = Progress.ExpectedLength(CasesByLaunch(plan), plan.Run),
            };
    }

    private static async Task<ProgramExitCode> ListAsync(RunPlan plan, TextWriter output)
    {
        await output.WriteLineAsync(string.Join('\n', plan.Cases));
        return ProgramExitCode.Fine;
    }

    private TimeSpan Silence(ParseResult parsed) =>
        TimeSpan.FromSeconds(parsed.GetValue(_timeout) is { } given ? s_silenceBounds.Parse(given, "--timeout") : DefaultSilenceSeconds);

    private async Task<ProgramExitCode> RunAsync(
        ParseResult parsed,
        RunPlan? newRun,
        Uri? callerUrl,
        LoadedPayloadFile? payload,
        TextWriter output,
        TextWriter error,
        CancellationToken interrupted)
    {
        VerdictOutput verdictOutput = _verdict.Output(parsed, output);
        TextWriter progressOutput = _verdict.Progress(parsed, error);
        TimeSpan silence = Silence(parsed);
        using CallerClient? caller = callerUrl is null || newRun is null ? null : new CallerClient(callerUrl, silence);
        string? name = _output.Name(parsed);
        int keep = _output.Keep(parsed);
        using ResultsFolder results = _output.Open(parsed, RunKind.Run);
        if (results.Moved is { } moved)
        {
            await progressOutput.WriteLineAsync($"The run of an earlier version is now in {moved}.");
        }

        using RunFolder folder = newRun is null ? results.Resume(name) : results.Begin(newRun, name);
        // A resumed run measures all its launches, also if it had ended early.
        bool mayEndEarly = newRun is not null && callerUrl is null && _selection.IsDefault(parsed);
        return newRun is null
            ? await ResumeAsync()
            : await MeasureAsync(newRun, new Dictionary<int, RunReport>(), resumedAt: null);

        async Task<ProgramExitCode> ResumeAsync()
        {
            RunPlan earlier = folder.Run.ReadPlan();
            payload ??= earlier.PayloadPath is { } path ? LoadedPayloadFile.Read(path) : null;
            RunPlan now = await PlanRunAsync(parsed, callerUrl, caller, payload, earlier, interrupted);
            string[] differences = [.. now.DifferencesFrom(earlier)];
            if (differences.Length > 0)
            {
                throw new UnusableInputException(
                    $"The run in {folder.Path} cannot be resumed: {string.Join("; ", differences)}. Without --resume a new run starts.");
            }

            IReadOnlyDictionary<int, RunReport> kept = folder.ReadLaunches(earlier, RunReportConsistency.Read);
            folder.Continue();
            return await MeasureAsync(earlier, kept, DateTimeOffset.UtcNow);
        }

        async Task<ProgramExitCode> MeasureAsync(RunPlan plan, IReadOnlyDictionary<int, RunReport> kept, DateTimeOffset? resumedAt)
        {
            Matrix matrix = MatrixOf(plan);
            CaseId[] cases = [.. plan.Cases.Select(CaseId.Parse)];
            IReadOnlyList<CaseId>[] byLaunch = CasesByLaunch(plan);
            IReadOnlyList<CaseId>[] unfinished = [.. byLaunch.Where((_, index) => !kept.ContainsKey(index + 1))];
            int methods = cases.DistinctBy(id => id.Method).Count();
            using var progress = new Progress(Display.Of(progressOutput), TimeProvider.System, plan.Run.Launches, methods, cases.Length);
            if (caller is null)
            {
                progress.Announce(
                    unfinished.Length, Progress.ExpectedLength(unfinished, plan.Run), mayEndEarly, plan.Run.PassesMayEndEarly == true);
            }

            var launches = new List<(LaunchRecord Record, LaunchReport Report)>();
            ProgramExitCode? cannotKeep = null;
            bool isCertain = false;
            bool isEstimated = false;
            for (int number = 1; number <= plan.Run.Launches && !Ends(); number++)
            {
                if (kept.TryGetValue(number, out RunReport? finished))
                {
                    launches.Add((LaunchRecord.Of(finished), finished.Launches[0]));
                    continue;
                }

                folder.Clear(number);
                progress.StartLaunch(byLaunch[number - 1]);
                LaunchPlan launch = LaunchPlan.Make(
                    number, byLaunch[number - 1], plan.Run, plan.BindingsAssembly, payload?.Text, folder.Launch(number)) with
                {
                    PayloadTexts = payload?.Texts,
                    FunctionsAssembly = plan.FunctionsAssembly,
                    GarbageCollector = plan.Environment.GarbageCollector,
                };
                (LaunchRecord record, LaunchReport report) = caller is null
                    ? await LaunchProcess.RunAsync(launch, silence, Observe, interrupted)
                    : await CallerLaunch.RunAsync(launch, caller, Observe, interrupted);
                launches.Add((record, report with { ResumedAt = resumedAt }));
                progress.EndLaunch(report);
                try
                {
                    if (report.Outcome == LaunchOutcome.Finished)
                    {
                        folder.Keep(RunReports.Merge(plan.Run, matrix, cases, [launches[^1]], interrupted: false));
                        isCertain = mayEndEarly && number <= EarlyVerdict.MaxLaunches && IsCertain(Merged());
                    }
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // Ends the run, because the results of later launches could not be stored either.
                    cannotKeep = ProgramExitCode.Unusable;
                    await error.WriteLineAsync(
                        $"error: launch {number} cannot be kept, and none is started after it: {e.Message} "
                        + "Once that is mended, --resume goes on.");
                }
            }

            progress.End();
            RunReport merged = Merged();
            // An interrupted run of a caller worker cannot be resumed, so it is as finished as it can be.
            bool isFinished = cannotKeep is null && (!merged.Interrupted || caller is not null);
            Conclusion conclusion =
                RunOutcome.Publish(merged, results, folder, isFinished ? keep : null, plan, verdictOutput);
            return verdictOutput.End(conclusion with { Code = cannotKeep ?? conclusion.Code });

            void Observe(LaunchRecord record, LaunchEvent launchEvent)
            {
                if (launchEvent is CasesProbed probed && !isEstimated)
                {
                    isEstimated = true;
                    RequireTime(probed);
                }

                progress.Show(record, launchEvent);
            }

            void RequireTime(CasesProbed probed)
            {
                TimeSpan estimate = RunTime.Estimate(unfinished, plan.Run, probed);
                try
                {
                    RunTime.Require(_time.Value(parsed), estimate, plan.Run, probed);
                }
                catch (UnusableInputException) when (kept.Count == 0)
                {
                    folder.Discard();
                    throw;
                }

                progress.Correct(estimate, Progress.ExpectedLength(unfinished, plan.Run));
            }

            bool Ends() => interrupted.IsCancellationRequested || cannotKeep is not null || isCertain;

            RunReport Merged() => RunReports.Merge(plan.Run, matrix, cases, launches, interrupted.IsCancellationRequested) with
            {
                EndedEarly = isCertain ? true : null,
            };
        }
    }

    private static IReadOnlyList<CaseId>[] CasesByLaunch(RunPlan plan)
    {
        Matrix matrix = MatrixOf(plan);
        CaseId[] cases = [.. plan.Cases.Select(CaseId.Parse)];
        return
        [
            .. Enumerable.Range(1, plan.Run.Launches).Select(number => LaunchCases.Of(number, plan.Run.Launches, cases, matrix)),
        ];
    }

    private static Matrix MatrixOf(RunPlan plan) => new(
        BindingCatalog.WithAssembly(plan.BindingsAssembly), plan.Run.PayloadFile, FunctionList.Load(plan.FunctionsAssembly));

    private static bool IsCertain(RunReport report) => EarlyVerdict.IsCertain(report, new RunAnalysis(report).Verdict);

    // A pass makes as many calls as the highest limited quantile needs: 1,000 for a p99.
    private static int LeastCallsOf(IReadOnlyList<string> thresholds) =>
        (int)new ThresholdSet(thresholds).Quantiles.Max(quantile => Histograms.MinCalls(quantile.Share));

    // Plans a run from the options. If an earlier run is resumed, its settings replace missing options.
    private async Task<RunPlan> PlanRunAsync(
        ParseResult parsed,
        Uri? callerUrl,
        CallerClient? caller,
        LoadedPayloadFile? payload,
        RunPlan? earlier,
        CancellationToken interrupted)
    {
        IReadOnlyList<string> thresholds = _threshold.Values(parsed) is { Count: > 0 } given ? given : earlier?.Run.Thresholds ?? [];
        RunSettings settings = await _selection.SettingsAsync(parsed, thresholds, payload, callerUrl, earlier?.Run, interrupted);
        string? bindings = _selection.BindingsAssembly(parsed) ?? earlier?.BindingsAssembly;
        string? functions = _selection.FunctionsAssembly(parsed) ?? earlier?.FunctionsAssembly;
        var catalog = BindingCatalog.WithAssembly(bindings);
        BindingCatalog offered = caller is null ? catalog : await caller.OfferedOfAsync(catalog, _selection.Names(parsed), interrupted);
        var matrix = new Matrix(offered, settings.PayloadFile, FunctionList.Load(functions));
        IReadOnlyList<CaseId> cases = earlier is null || _selection.HasFilter(parsed)
            ? _selection.Select(parsed, matrix)
            : [.. earlier.Cases.Select(CaseId.Parse)];
        ThresholdOption.RequireUsable(thresholds, cases);
        bool selects = earlier is null || _selection.HasFilter(parsed);
        bool? mayPassesEndEarly = earlier is not null ? earlier.Run.PassesMayEndEarly
            : callerUrl is null && _selection.MayPassesEndEarly(parsed, cases) ? true
            : null;
        return new RunPlan
        {
            Run = settings with
            {
                SelectedMethods = selects ? _selection.SelectedMethods(parsed, matrix) : earlier!.Run.SelectedMethods,
                LeastCalls = earlier is null ? LeastCallsOf(thresholds) : earlier.Run.LeastCalls,
                PassesMayEndEarly = mayPassesEndEarly,
            },
            Cases = [.. cases.Select(id => id.ToString())],
            BindingsAssembly = bindings,
            FunctionsAssembly = functions,
            PayloadPath = payload?.Path,
            Environment = HostEnvironment.OfLaunches(),
            Build = RunPlan.BuildOf(bindings, functions),
        };
    }
}
