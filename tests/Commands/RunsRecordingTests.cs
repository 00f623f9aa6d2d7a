using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Commands;
using WorkerRpc.Benchmarks.Presenting.Files;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Folders;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Functions;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Commands;

public sealed class RunsRecordingTests : IDisposable
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly TemporaryFolder _folder = new();
    private readonly Clock _clock = new();
    private readonly StringWriter _output = new();
    private ProgramExitCode _code = ProgramExitCode.NotKnown;
    private int _measured;

    private RunReport _report =
        MadeUp.Report(2, MadeUp.Case("direct/echo/1KB", 1_000, 1_100), MadeUp.Case("raw-fetch/echo/1KB", 9_000, 9_900));

    private RunPool Recorded => RunPool.Read(_folder.File(RunPool.FileName));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Sitting_goes_on_after_an_interruption_and_ends_after_an_hour()
    {
        _code = ProgramExitCode.Interrupted;
        Assert.Equal(ProgramExitCode.Interrupted, await RecordAsync(2));
        Assert.False(File.Exists(_folder.File(RunPool.FileName)));
        _code = ProgramExitCode.NotKnown;
        Assert.Equal(ProgramExitCode.Fine, await RecordAsync(1));
        Assert.Equal(ProgramExitCode.Fine, await RecordAsync(3));

        // The sitting has its three runs.
        Assert.Equal(ProgramExitCode.Fine, await RecordAsync(3));
        Assert.Equal((4, 3), (_measured, Recorded.Runs.Count));

        _clock.Now = RunPool.EndOf(Recorded.Runs[^1]) + RunPool.SittingGap;
        await RecordAsync(3);

        Assert.Equal([1, 1, 1, 2, 2, 2], Recorded.Sittings);
        Assert.Contains("6 runs in 2 sittings", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(9_900, Recorded.Runs[5].Launches[1]["raw-fetch/echo/1KB"].P50Ns!.Value, 50.0);
    }

    [Fact]
    public async Task Runs_of_other_code_or_conditions_are_refused()
    {
        await RecordAsync(1);
        byte[] before = File.ReadAllBytes(_folder.File(RunPool.FileName));

        await RequireRefusedAsync("identical code: commit or stash", (Commit, true));
        await RequireRefusedAsync($"has runs of commit {Commit}, but the work tree is at abc", ("abc", false));
        _report = _report with { Environment = _report.Environment! with { Cpu = "other" } };
        await RequireRefusedAsync("processor was Made-up CPU 3000, is other", (Commit, false));
        _report = MadeUp.Report(1, MadeUp.Case("direct/echo/1KB", 1_000));
        await RequireRefusedAsync("launches were 2, are 1", (Commit, false));
        _report = _report with { Run = _report.Run with { Launches = 2 } };
        await RequireRefusedAsync("has 1 of 2 launches; a recorded run has all", (Commit, false));

        Assert.Equal(before, File.ReadAllBytes(_folder.File(RunPool.FileName)));
    }

    [Fact]
    public void Report_is_added_once()
    {
        File.WriteAllBytes(_folder.File("a.json"), RunReportJson.Write(_report));
        var recording = new RunsRecording(_folder.Root, _clock);

        recording.AddReports([_folder.File("a.json"), _folder.File("a.json")], _output);

        Assert.Equal(MadeUp.Settings.StartedAt, Assert.Single(Recorded.Runs).StartedAt);
    }

    private async Task RequireRefusedAsync(string error, (string Commit, bool Dirty) source) => Assert.Contains(
        error,
        (await Assert.ThrowsAsync<UnusableInputException>(() => RecordAsync(5, source))).Message,
        StringComparison.Ordinal);

    private Task<ProgramExitCode> RecordAsync(int runs, (string Commit, bool Dirty)? source = null) =>
        new RunsRecording(_folder.Root, _clock).MeasureAsync(runs, source ?? (Commit, false), MeasureAsync, _output, TextWriter.Null);

    private Task<ProgramExitCode> MeasureAsync(string artifacts)
    {
        _measured++;
        RunReport report = _report with { Run = _report.Run with { StartedAt = _clock.Now } };
        _clock.Now = _clock.Now.AddSeconds(report.Launches.Sum(launch => launch.Seconds));
        ReportFiles.Write(new RunAnalysis(report), Path.Combine(artifacts, ResultsFolder.DefaultName));
        return Task.FromResult(_code);
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = MadeUp.Settings.StartedAt;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
