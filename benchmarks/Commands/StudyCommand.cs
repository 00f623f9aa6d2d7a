using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Commands.Gating;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Benchmarks.Measuring.Pairs;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Folders;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>
/// The command <c>study</c>. It counts how often the gate is wrong. <c>study record</c> measures pairs of processes with identical code.
/// In each pair, one case is slowed by a known amount as a control. <c>study table</c> simulates gate runs with these pairs and counts
/// their verdicts. <c>study record-runs</c> and <c>study runs</c> do the same for <c>compare</c>, with whole runs.
/// </summary>
internal sealed class StudyCommand : ICommand
{
    private const string Record = "record";
    private const string Table = "table";
    private const string RecordRuns = "record-runs";
    private const string Runs = "runs";
    private const double InjectedShare = 0.10;
    private const string PoolFile = "pairs.jsonl";

    private static readonly TimeSpan s_tableLength = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_runsLength = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_pairLength = TimeSpan.FromSeconds(20);

    private static readonly GatePairs s_gatePairs = Gate.PairsOf(Gate.DefaultPairs);

    // The number of simulated runs for a change of a single case.
    private const int SimulatedRuns = 200;

    private static readonly Bounds<int> s_pairBounds = new(30, 10_000, "pairs");

    private static readonly TimeSpan s_runLength = TimeSpan.FromMinutes(7);
    private static readonly Bounds<int> s_runBounds = new(1, 100, "runs");

    private readonly Argument<string> _what = new("record|table|record-runs|runs")
    {
        Description = "Record a pool of pairs, or count what the gate's rule says of a pool; record whole runs, or count what "
            + "compare's rule says of them",
    };

    private readonly Option<string> _runs = new("--runs")
    {
        Description = "Runs of a sitting to record, "
            + FormattableString.Invariant($"{s_runBounds.Min} to {s_runBounds.Max}. A new sitting begins an hour after the last run"),
        DefaultValueFactory = _ => "4",
        HelpName = "N",
    };

    private readonly Option<string[]> _reports = new("--reports")
    {
        Description = "Reports to record as runs; record-runs then measures nothing",
        HelpName = "FILE",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string?> _from = new("--from")
    {
        Description = "The file that table or runs reads. Without it: pairs.jsonl.gz or runs.jsonl.gz of artifacts/study",
        HelpName = "FILE",
    };

    private readonly Option<string> _pairs = new("--pairs")
    {
        Description = $"Pairs that the file has afterwards, {s_pairBounds.Min} to {s_pairBounds.Max}. A new sitting begins an hour after "
            + "the last pair",
        DefaultValueFactory = _ => "30",
        HelpName = "N",
    };

    private readonly PayloadKindOption _payloadKind = new();
    private readonly OutputOptions _output = new();

    public RootCommand Syntax => new("Counts how often the gate and compare err.")
    {
        _what, _from, _pairs, _payloadKind.Option, _runs, _reports, _output.Artifacts,
    };

    public string Examples => """
        Examples:
          dotnet run -c Release --project benchmarks -- study table --from pairs.jsonl.gz
          dotnet run -c Release --project benchmarks -- study record      # 10 minutes; goes on where it was interrupted
          dotnet run -c Release --project benchmarks -- study record --pairs 60   # an hour or more later: 30 more
          dotnet run -c Release --project benchmarks -- study runs
          dotnet run -c Release --project benchmarks -- study record-runs # half an hour; again after an hour or more
        """;

    public Task<CommandPlan> PlanAsync(ParseResult parsed, CancellationToken interrupted)
    {
        int pairs = s_pairBounds.Parse(parsed.GetValue(_pairs)!, _pairs.Name);
        PayloadKind kind = _payloadKind.Value(parsed) ?? PayloadKinds.OfRuns;
        if (parsed.GetValue(_what) is Record or RecordRuns)
        {
            RuntimeVariables.RequireNone();
        }

        CommandPlan plan = parsed.GetValue(_what) switch
        {
            Record => new CommandPlan((output, error, end) => RecordAsync(parsed, pairs, kind, output, error, end))
            {
                ExpectedLength = pairs * s_pairLength,
            },
            Table => new CommandPlan((output, _, end) => TableAsync(parsed, output, end)) { ExpectedLength = s_tableLength },
            RecordRuns => PlanRuns(parsed, s_runBounds.Parse(parsed.GetValue(_runs)!, _runs.Name), kind),
            Runs => new CommandPlan((output, _, _) => RunsAsync(parsed, output)) { ExpectedLength = s_runsLength },
            var unknown => throw UnusableInputException.Unknown("part of the study", unknown!, [Record, Table, RecordRuns, Runs]),
        };
        return Task.FromResult(plan);
    }

    private CommandPlan PlanRuns(ParseResult parsed, int runs, PayloadKind kind) =>
        new(async (output, error, end) =>
        {
            using LockedFolder folder = _output.Open(parsed, Path.Combine("results", "study"));
            var recording = new RunsRecording(folder.Path, TimeProvider.System);
            return parsed.GetValue(_reports) is { Length: > 0 } reports
                ? recording.AddReports(reports, output)
                : await recording.MeasureAsync(
                    runs,
                    await SourceState.ReadAsync(end),
                    // The profile is given, so that the run measures all its launches.
                    artifacts => ProgramCommands.RunAsync(
                        ["--profile", "standard", "--payload-kind", kind.Name(), "--artifacts", artifacts], output, error, end),
                    output,
                    error);
        })
        {
            ExpectedLength = runs * s_runLength,
        };

    private async Task<ProgramExitCode> RunsAsync(ParseResult parsed, TextWriter output)
    {
        string pool = parsed.GetValue(_from) ?? Path.Combine(SourceState.Root, "artifacts", "study", RunPool.FileName);
        await output.WriteAsync(RunsStudyText.Write(RunPool.Read(pool)));
        return ProgramExitCode.Fine;
    }

    private async Task<ProgramExitCode> TableAsync(ParseResult parsed, TextWriter output, CancellationToken interrupted)
    {
        string pool = parsed.GetValue(_from) ?? Path.Combine(SourceState.Root, "artifacts", "study", PoolFile + ".gz");
        var text = new StudyText(
            StudyPool.Read(pool), s_gatePairs, SimulatedRuns, StudySettings.Of(PayloadKinds.OfRuns), interrupted);
        await output.WriteAsync(text.Write());
        return ProgramExitCode.Fine;
    }

    private async Task<ProgramExitCode> RecordAsync(
        ParseResult parsed, int count, PayloadKind kind, TextWriter output, TextWriter error, CancellationToken interrupted)
    {
        using LockedFolder folder = _output.Open(parsed, Path.Combine(ResultsFolder.DefaultName, "study"));
        await using Worktrees trees = await Worktrees.CreateAsync(
            SourceState.Root, "HEAD", releaseRef: null, allowMeasuringChanges: false, interrupted);
        if (trees.Dirty)
        {
            throw new UnusableInputException("A study is of identical code: commit or stash what the work tree has changed.");
        }

        (ProgramBuild baseline, ProgramBuild head, _) = await ProgramBuild.MakeAsync(trees, error.WriteLine, interrupted);
        string path = Path.Combine(folder.Path, PoolFile);
        StudyPool pool = StudyPool.Resume(path, StudySettings.Of(kind) with
        {
            Commit = trees.HeadCommit,
            // Derives the seed from the commit, so that a resumed recording uses the same seed.
            Seed = int.Parse(trees.HeadCommit.AsSpan(0, 7), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
        });
        var runner = new PairRunner(baseline, head, kind);
        var injection = Injection.OfP50(null, InjectedShare);
        long began = Stopwatch.GetTimestamp();
        for (int number = pool.Pairs.Count + 1; number <= count; number++)
        {
            try
            {
                StudyPool.Append(path, await runner.RunAsync(
                    new PairPlan(number, pool.Header.Cases, injection, Gate.ScreeningRounds), pool.Header.Seed, interrupted));
                double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
                error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"pair {number}/{count}, {seconds:0} s"));
            }
            catch (TurnFailedException e)
            {
                // The pairs that are already recorded stay in the file. The same command continues after them.
                error.WriteLine($"error: pair {number} failed: {e.Message}");
                return ProgramExitCode.Failed;
            }
        }

        WholeFile.Write(path + ".gz", StudyPool.Compress(path));
        StudyPool whole = StudyPool.Read(path + ".gz");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"Pool: {path}.gz, {whole.Pairs.Count} pairs in {whole.Sittings} sittings"));
        return ProgramExitCode.Fine;
    }
}
