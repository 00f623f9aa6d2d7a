using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Analysis.Reading;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Folders;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>
/// Records runs of identical code in a file, for <c>study runs</c> and for <c>compare</c>. Each run is added whole when it has finished.
/// </summary>
/// <param name="folder">The folder of the file, in which the runs write their reports too.</param>
/// <param name="time">The clock that decides which runs belong to one sitting.</param>
internal sealed class RunsRecording(string folder, TimeProvider time)
{
    private readonly string _path = Path.Combine(folder, RunPool.FileName);

    /// <summary>Measures runs until the current sitting has a number of them.</summary>
    /// <param name="runs">The number of runs of a sitting.</param>
    /// <param name="source">The commit of the work tree, and whether the work tree differs from it.</param>
    /// <param name="measureAsync">Measures a run and writes its reports below the given artifacts folder.</param>
    /// <param name="output">Receives the results.</param>
    /// <param name="error">Receives error messages and progress.</param>
    /// <exception cref="UnusableInputException">The work tree has changes, or the file has runs of another commit or machine.</exception>
    public async Task<ProgramExitCode> MeasureAsync(
        int runs,
        (string? Commit, bool? Dirty) source,
        Func<string, Task<ProgramExitCode>> measureAsync,
        TextWriter output,
        TextWriter error)
    {
        RequireSameCommit(source);
        while (RunsOfSitting(Pool) is var recorded && recorded < runs)
        {
            await error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"run {recorded + 1} of {runs} of this sitting"));
            string artifacts = Path.Combine(folder, "run");
            ProgramExitCode code = await measureAsync(artifacts);
            if (code is not (ProgramExitCode.Fine or ProgramExitCode.BeyondThreshold or ProgramExitCode.NotKnown))
            {
                await error.WriteLineAsync("The run is not recorded. The same command goes on with a new run.");
                return code;
            }

            Add(RunReportConsistency.Read(Path.Combine(artifacts, ResultsFolder.DefaultName, RunReport.FileName)));
        }

        Summarize(output);
        return ProgramExitCode.Fine;
    }

    /// <summary>Adds the runs of reports that were measured before.</summary>
    /// <exception cref="UnusableInputException">A report is unusable, or the file has runs of another machine.</exception>
    public ProgramExitCode AddReports(IEnumerable<string> paths, TextWriter output)
    {
        foreach (RunReport report in paths.Select(RunReportConsistency.Read).ToArray())
        {
            Add(report);
        }

        Summarize(output);
        return ProgramExitCode.Fine;
    }

    private RunPool? Pool => File.Exists(_path) ? RunPool.Read(_path) : null;

    private int RunsOfSitting(RunPool? pool)
    {
        if (pool is null || time.GetUtcNow() - RunPool.EndOf(pool.Runs[^1]) >= RunPool.SittingGap)
        {
            return 0;
        }

        IReadOnlyList<int> sittings = pool.Sittings;
        return sittings.Count(sitting => sitting == sittings[^1]);
    }

    private void RequireSameCommit((string? Commit, bool? Dirty) source)
    {
        if (source.Dirty == true)
        {
            throw new UnusableInputException("A study is of identical code: commit or stash what the work tree has changed.");
        }

        if (Pool?.Runs.FirstOrDefault(run => run.Commit != source.Commit) is { } other)
        {
            throw new UnusableInputException(
                $"{_path} has runs of commit {other.Commit}, but the work tree is at {source.Commit}. "
                + "Check out that commit, delete the file, or take another folder: --artifacts DIR.");
        }
    }

    private void Add(RunReport report)
    {
        int finished = report.Launches.Count(launch => launch.Outcome == LaunchOutcome.Finished);
        if (finished < report.Launches.Count || report.Interrupted || report.Run.Launches != finished)
        {
            throw new UnusableInputException(FormattableString.Invariant(
                $"The run of {report.Run.StartedAt:u} has {finished} of {report.Run.Launches} launches; a recorded run has all."));
        }

        var header = new RunPoolHeader
        {
            Version = RunPoolHeader.CurrentVersion,
            Conditions = RunConditions.Of(report),
            Launches = finished,
        };
        RunPool pool = Pool ?? new RunPool(header, []);
        string[] differences =
        [
            .. from condition in header.Conditions
               let was = RunConditions.ValueOf(pool.Header.Conditions, condition.Key)
               where was != condition.Value
               select $"{condition.Key} was {was}, is {condition.Value}",
            .. pool.Header.Launches == finished
                ? Array.Empty<string>()
                : [FormattableString.Invariant($"launches were {pool.Header.Launches}, are {finished}")],
        ];
        if (differences.Length > 0)
        {
            throw new UnusableInputException(
                $"{_path} has runs under other conditions: {string.Join("; ", differences)}. "
                + "Delete it to begin anew, or take another folder: --artifacts DIR.");
        }

        if (pool.Runs.All(run => run.StartedAt != report.Run.StartedAt))
        {
            WholeFile.Write(_path, new RunPool(header, [.. pool.Runs, BetweenRuns.Record(report)]).ToBytes());
        }
    }

    private void Summarize(TextWriter output)
    {
        RunPool pool = Pool!;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Recorded: {_path}, {pool.Runs.Count} runs in {pool.Sittings[^1]} sittings. The next sitting begins when "
            + $"{RunPool.SittingGap.TotalHours:0} h has passed without a run."));
    }
}
