using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Commands.Speed;
using WorkerRpc.Benchmarks.Measuring.Pairs;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>
/// Experiments. How often the gate errs: <c>record</c> measures pairs of identical code, and of code that was slowed by a
/// known amount; <c>table</c> draws gate runs from them, and counts. What delegation could cost: <c>speed</c> holds the
/// transports to their floors, <c>capnweb</c> that protocol to its npm package, <c>collector</c> tries the garbage collector's settings.
/// </summary>
internal sealed class StudyCommand : ICommand
{
    private const string Record = "record";
    private const string Table = "table";
    private const string Speed = "speed";
    private const string CapnWeb = "capnweb";
    private const string Collector = "collector";
    private const string PoolFile = "pairs.jsonl";

    private static readonly Bounds<int> s_pairBounds = new(30, 10_000, "pairs");

    private readonly Argument<string> _what = new("record|table|speed|capnweb|collector")
    {
        Description = "Record a pool of pairs; tell what the gate's rule says of one; hold the transports to what they stand on; hold Cap'n Web to its npm package and to raw fetch; try the collector's settings",
    };

    private readonly Option<string?> _from = new("--from") { Description = "The pool that table reads. Without it: artifacts/study/pairs.jsonl.gz", HelpName = "FILE" };
    private readonly Option<string> _pairs = new("--pairs") { Description = $"Pairs to record, {s_pairBounds.Min} to {s_pairBounds.Max}", DefaultValueFactory = _ => "200", HelpName = "N" };
    private readonly OutputOptions _output = new();

    public RootCommand Syntax => new("Experiments: how often the gate errs, how near the transports come to what they stand on, what the collector's settings do.")
    {
        _what, _from, _pairs, _output.Artifacts,
    };

    public string Examples => """
        Examples:
          dotnet run -c Release --project benchmarks -- study table
          dotnet run -c Release --project benchmarks -- study record      # half an hour; goes on where it was interrupted
          dotnet run -c Release --project benchmarks -- study speed       # under 10 minutes; exit code 1 where a bound does not hold
          dotnet run -c Release --project benchmarks -- study capnweb     # likewise; needs Node
          dotnet run -c Release --project benchmarks -- study collector   # half an hour
        """;

    public async Task<ExitCode> RunAsync(ParseResult parsed, TextWriter output, TextWriter error, CancellationToken interrupted)
    {
        switch (parsed.GetValue(_what))
        {
            case Record:
                return await RecordAsync(parsed, output, error, interrupted);
            case Table:
                output.Write(StudyTable.Write(
                    StudyPool.Read(parsed.GetValue(_from) ?? Path.Combine(SourceState.Root, "artifacts", "study", PoolFile + ".gz")), Gate.DefaultPairs));
                return ExitCode.Fine;
            case Speed:
                return await MeasureAsync(async () => await SpeedStudy.Transports.RunAsync(output, error, interrupted) ? ExitCode.Fine : ExitCode.BeyondThreshold, error);
            case CapnWeb:
                return await MeasureAsync(async () => await SpeedStudy.CapnWeb.RunAsync(output, error, interrupted) ? ExitCode.Fine : ExitCode.BeyondThreshold, error);
            case Collector:
                return await MeasureAsync(
                    async () =>
                    {
                        await CollectorStudy.RunAsync(output, error, interrupted);
                        return ExitCode.Fine;
                    },
                    error);
            case var unknown:
                throw UnusableInputException.Unknown("part of the study", unknown!, [Record, Table, Speed, CapnWeb, Collector]);
        }
    }

    private static async Task<ExitCode> MeasureAsync(Func<Task<ExitCode>> measure, TextWriter error)
    {
        try
        {
            return await measure();
        }
        catch (TurnFailedException e)
        {
            await error.WriteLineAsync($"error: {e.Message}");
            return ExitCode.Failed;
        }
    }

    private async Task<ExitCode> RecordAsync(ParseResult parsed, TextWriter output, TextWriter error, CancellationToken interrupted)
    {
        int count = s_pairBounds.Parse(parsed.GetValue(_pairs)!, _pairs.Name);
        using ResultsFolder folder = _output.Open(parsed, Path.Combine("results", "study"));
        using var trees = Worktrees.Create(SourceState.Root, "HEAD");
        if (trees.Dirty)
        {
            throw new UnusableInputException("A study is of identical code: commit or stash what the work tree has changed.");
        }

        (Build baseline, Build head) = await Build.MakeAsync(trees, error.WriteLine, interrupted);
        string path = Path.Combine(folder.Path, PoolFile);
        string[] cases = [.. GateCases.Default.Select(id => id.ToString())];
        StudyPool pool = StudyPool.Resume(path, new StudyHeader
        {
            Version = StudyHeader.CurrentVersion,
            Commit = trees.HeadCommit,
            // Chosen by the commit, so that a resumption goes on with it.
            Seed = int.Parse(trees.HeadCommit.AsSpan(0, 7), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            Pairs = count,
            Cases = cases,
            Environment = EnvironmentReport.OfLaunches(),
            RuntimeSettings = string.Join(", ", PairRunner.RuntimeSettings.Select(setting => $"{setting.Setting}={setting.Value}")),
        });
        var runner = new PairRunner(baseline, head, cases);
        long began = Stopwatch.GetTimestamp();
        for (int number = pool.Pairs.Count + 1; number <= count; number++)
        {
            Injection injection = GateCases.Injections[number % GateCases.Injections.Count];
            try
            {
                StudyPool.Append(path, await runner.RunAsync(number, injection, pool.Header.Seed, interrupted));
                error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"pair {number}/{count}, {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s"));
            }
            catch (TurnFailedException e)
            {
                // What was recorded stands: this command again goes on with it.
                error.WriteLine($"error: pair {number} failed: {e.Message}");
                return ExitCode.Failed;
            }
        }

        WholeFile.Write(path + ".gz", StudyPool.Compress(path));
        output.WriteLine($"Pool: {path}.gz");
        return ExitCode.Fine;
    }
}
