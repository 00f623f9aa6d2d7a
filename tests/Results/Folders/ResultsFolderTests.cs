using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Folders;
using WorkerRpc.Functions;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Results.Folders;

public sealed class ResultsFolderTests : IDisposable
{
    private const int Launches = 2;
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private static readonly DateTimeOffset s_start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly CaseReport s_case = MadeUp.Case("direct/echo/1KB", 1_000);

    private readonly TemporaryFolder _folder = new();

    // A path with spaces, because the folder of a user may have some.
    private string Artifacts => _folder.File("my artifacts");

    private string Results => Path.Combine(Artifacts, "results");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_run_has_its_own_folder_and_the_newest_is_first()
    {
        Run(s_start, report: "first");
        Run(s_start.AddHours(1), name: "before", report: "second");
        Run(s_start.AddHours(1), name: "before", report: "third");
        Gate(s_start.AddHours(2), "of the gate");

        Assert.Equal(
            [
                "20260102T050405Z-0123456-gate",
                "20260102T040405Z.2-0123456-before",
                "20260102T040405Z-0123456-before",
                "20260102T030405Z-0123456",
            ],
            Names());
        KeptRun[] runs = [.. ResultsFolder.Runs(Artifacts)];
        Assert.Equal(
            [null, "third", "second", "first"], runs.Select(run => run.Report is { } path ? File.ReadAllText(path) : null));
        Assert.Equal([RunKind.Gate, RunKind.Run, RunKind.Run, RunKind.Run], runs.Select(run => run.FolderName.Kind));
        Assert.Equal([null, "before", "before", null], runs.Select(run => run.FolderName.Name));
        Assert.All(runs, run => Assert.True(run.IsFinished));
        Assert.Equal(runs.Select(run => run.FolderName.ToString()), runs.Select(run => Path.GetFileName(run.Path)));
    }

    [Theory]
    [InlineData("20260102T030405Z-0123456-before", true)]
    [InlineData("20260102T030405Z-nocommit", true)]
    [InlineData("20260102T030405Z.2-0123456-measure", true)]
    [InlineData("20260102T030405Z.0-0123456", false)]
    [InlineData("20261302T030405Z-0123456", false)]
    [InlineData("20260102T030405Z-012345", false)]
    [InlineData("20260102T030405Z-0123456-", false)]
    [InlineData("20260102T030405Z-0123456\n", false)]
    [InlineData(".deleted-20260102T030405Z-0123456", false)]
    [InlineData("notes", false)]
    public void Folder_name_is_parsed_and_written_unchanged(string folder, bool isRun) =>
        Assert.Equal(isRun ? folder : null, RunFolderName.Parse(folder)?.ToString());

    [Fact]
    public void Unknown_commit_has_a_word_in_the_folder_name() => Assert.Equal(
        ["20260102T030405Z-nocommit", "20260102T030405Z-nocommit"],
        new[] { null, "../../etc" }.Select(commit => RunFolderName.Of(s_start, commit, RunKind.Run, null).ToString()));

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData(".hidden")]
    [InlineData("ends-")]
    [InlineData("two words")]
    [InlineData("Gate")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public void Name_that_cannot_end_a_folder_name_is_refused(string name)
    {
        string message = Assert.Throws<UnusableInputException>(() => RunFolderName.RequireName(name, "--name")).Message;
        Assert.StartsWith($"--name '{name}': expected 1 to 64 of the characters ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Copies_are_those_of_the_newest_run_alone()
    {
        Directory.CreateDirectory(Results);
        File.WriteAllText(Path.Combine(Results, "notes.md"), "of the user");
        using (ResultsFolder results = Open())
        {
            using RunFolder first = results.Begin(Plan(s_start), name: null);
            Write(first, "report.json", "first");
            Write(first, "callers.md", "first");
            Write(first, "launches/2/BenchmarkDotNet.log", "first");
            File.CreateSymbolicLink(Path.Combine(first.Path, "linked.md"), Path.Combine(Results, "notes.md"));
            results.Copy(first);
            Assert.Equal(
                ["callers.md", "launches/2/BenchmarkDotNet.log", "newest.json", "notes.md", "report.json"], FilesOfResults());
            Assert.True(NewestCopy.HasCopiedReport(Results));

            using RunFolder second = results.Begin(Plan(s_start.AddHours(1)), name: null);
            Write(second, "report.json", "second");
            Write(second, "launches/1/launch.json", "second");
            results.Copy(second);
        }

        Assert.Equal(["launches/1/launch.json", "newest.json", "notes.md", "report.json"], FilesOfResults());
        Assert.Equal("second", File.ReadAllText(Path.Combine(Results, "report.json")));
        Assert.Equal("second", File.ReadAllText(Path.Combine(Results, "launches/1/launch.json")));
        Assert.Equal("first", File.ReadAllText(Path.Combine(ResultsFolder.Runs(Artifacts)[1].Path, "callers.md")));
    }

    [Theory]
    [InlineData("../../outside/file")]
    [InlineData("linked/file")]
    [InlineData("/etc/hostname")]
    public void List_of_copies_cannot_delete_a_file_elsewhere(string file)
    {
        Directory.CreateDirectory(Results);
        Directory.CreateDirectory(_folder.File("outside"));
        File.WriteAllText(_folder.File("outside/file"), "of somebody else");
        Directory.CreateSymbolicLink(Path.Combine(Results, "linked"), _folder.File("outside"));
        File.WriteAllText(Path.Combine(Results, "newest.json"), $$"""{"run": "runs/x", "files": ["{{file}}"]}""");

        Run(s_start, report: "new");

        Assert.True(File.Exists(_folder.File("outside/file")));
        Assert.True(File.Exists(Path.Combine(Results, "linked", "file")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"run\": null, \"files\": null}")]
    public void Damaged_list_of_copies_counts_as_none(string list)
    {
        Directory.CreateDirectory(Results);
        File.WriteAllText(Path.Combine(Results, "newest.json"), list);
        Assert.False(NewestCopy.HasCopiedReport(Results));

        Run(s_start, report: "new");

        Assert.True(NewestCopy.HasCopiedReport(Results));
    }

    [Fact]
    public void Old_runs_are_deleted_but_not_named_unfinished_or_locked_ones()
    {
        Run(s_start, report: "oldest");
        Run(s_start.AddHours(1), name: "before", report: "named");
        Run(s_start.AddHours(2), report: null);
        Run(s_start.AddHours(3), report: "locked");
        Run(s_start.AddHours(4), report: "kept");
        Run(s_start.AddHours(5), report: "newest");
        Gate(s_start, "of the gate");
        using ResultsFolder results = Open();
        KeptRun locked = ResultsFolder.Runs(Artifacts).Single(run => run.FolderName.StartedAt == s_start.AddHours(3));
        using (RunFolder.Open(locked))
        {
            string deleted = Assert.Single(results.DeleteOld(keep: 2));

            Assert.Equal("20260102T030405Z-0123456", Path.GetFileName(deleted));
            Assert.Equal(
                [
                    "20260102T080405Z-0123456",
                    "20260102T070405Z-0123456",
                    "20260102T060405Z-0123456",
                    "20260102T050405Z-0123456",
                    "20260102T040405Z-0123456-before",
                    "20260102T030405Z-0123456-gate",
                ],
                Names());
        }

        Assert.Equal([locked.Path], results.DeleteOld(keep: 2));
        Assert.Empty(results.DeleteOld(keep: 2));
        Assert.Empty(Directory.GetDirectories(Path.Combine(Results, "runs"), ".*"));
    }

    [Fact]
    public void Nothing_but_the_folder_of_a_run_is_deleted()
    {
        Run(s_start.AddHours(1), report: "newest");
        string runs = Path.Combine(Results, "runs");
        Directory.CreateDirectory(_folder.File("outside"));
        File.WriteAllText(_folder.File("outside/run.finished"), "");
        File.WriteAllText(_folder.File("outside/run.json"), "{}");
        Directory.CreateSymbolicLink(Path.Combine(runs, "20260101T000000Z-0123456"), _folder.File("outside"));
        Directory.CreateSymbolicLink(Path.Combine(runs, ".deleted-20260101T000000Z-0123456"), _folder.File("outside"));
        string noPlan = Path.Combine(runs, "20260101T000001Z-0123456");
        string otherName = Path.Combine(runs, "20260101T000002Z-mine");
        foreach (string folder in new[] { noPlan, otherName })
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "run.finished"), "");
        }

        File.WriteAllText(Path.Combine(otherName, "run.json"), "{}");
        string withLink = Run(s_start, report: "oldest");
        Directory.CreateSymbolicLink(Path.Combine(withLink, "linked"), _folder.File("outside"));

        using ResultsFolder results = Open();
        Assert.Equal([withLink], results.DeleteOld(keep: 1));

        Assert.Equal(2, Directory.GetFiles(_folder.File("outside")).Length);
        Assert.True(Directory.Exists(noPlan));
        Assert.True(Directory.Exists(otherName));
        Assert.Equal("20260102T040405Z-0123456", Assert.Single(Names()));
    }

    [Fact]
    public void Runs_below_a_link_are_not_deleted()
    {
        Run(s_start, report: "old");
        Run(s_start.AddHours(1), report: "new");
        Directory.Move(Path.Combine(Results, "runs"), _folder.File("elsewhere"));
        Directory.CreateSymbolicLink(Path.Combine(Results, "runs"), _folder.File("elsewhere"));

        using ResultsFolder results = Open();
        Assert.Empty(results.DeleteOld(keep: 1));
        Assert.Equal(2, Directory.GetDirectories(_folder.File("elsewhere")).Length);
    }

    [Fact]
    public void Rest_of_a_killed_deletion_is_deleted()
    {
        Run(s_start, report: "newest");
        string rest = Path.Combine(Results, "runs", ".deleted-20250102T030405Z-0123456");
        string restOfGate = rest + "-gate";
        Directory.CreateDirectory(rest);
        Directory.CreateDirectory(restOfGate);

        using ResultsFolder results = Open();
        Assert.Empty(results.DeleteOld(keep: 1));
        Assert.False(Directory.Exists(rest));
        // A gate may be deleting this folder now.
        Assert.True(Directory.Exists(restOfGate));
    }

    [Fact]
    public void Interrupted_measurement_is_deleted_like_a_finished_one()
    {
        using var results = ResultsFolder.Open(Artifacts, RunKind.Measure);
        results.Create(s_start, Commit).Dispose();
        using RunFolder next = results.Create(s_start, Commit);
        Assert.Empty(results.DeleteOld(keep: 2));

        Assert.EndsWith("20260102T030405Z-0123456-measure", Assert.Single(results.DeleteOld(keep: 1)), StringComparison.Ordinal);
        Assert.Equal(["20260102T030405Z.2-0123456-measure"], Names());
    }

    [Fact]
    public void Newest_unfinished_run_is_resumed()
    {
        Run(s_start, report: null, name: "before");
        Run(s_start.AddHours(1), report: null);
        Run(s_start.AddHours(2), report: "complete");
        Gate(s_start.AddHours(3), "of the gate");

        Assert.Equal("20260102T040405Z-0123456", Resumed(name: null));
        Assert.Equal("20260102T030405Z-0123456-before", Resumed("before"));
        Assert.Contains("no run with the name 'after' is unfinished", NotResumed("after"), StringComparison.Ordinal);
    }

    [Fact]
    public void Finished_run_without_all_launches_is_resumed()
    {
        string path = Run(s_start, report: "complete");
        Assert.Contains($"There is no run to resume in {Path.Combine(Results, "runs")}", NotResumed(null), StringComparison.Ordinal);

        File.Delete(Path.Combine(path, "launches", "2", "launch.json"));

        Assert.Equal("20260102T030405Z-0123456", Resumed(name: null));
    }

    [Fact]
    public void Damage_of_the_newest_unfinished_run_is_reported()
    {
        Run(s_start, report: null);
        string damaged = Path.Combine(Run(s_start.AddHours(1), report: null), "run.json");
        File.WriteAllText(damaged, "{");

        using ResultsFolder results = Open();
        using RunFolder resumed = results.Resume(name: null);
        string message = Assert.Throws<UnusableInputException>(() => resumed.Run.ReadPlan()).Message;
        Assert.StartsWith($"{damaged} is damaged: ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_runs_cannot_use_the_folder_but_a_gate_can()
    {
        using ResultsFolder first = Open();

        Assert.Throws<UnusableInputException>(Open);
        Assert.Throws<UnusableInputException>(() => ResultsFolder.Open(Artifacts, RunKind.Measure));
        ResultsFolder.Open(Artifacts, RunKind.Gate).Dispose();
    }

    [Theory]
    [InlineData(false, "20260102T030405Z-0123456")]
    [InlineData(true, "20260203T040506Z-nocommit")]
    public void Run_of_an_earlier_version_is_moved_to_its_own_folder(bool isDamaged, string expected)
    {
        string kept = Run(s_start, report: "kept");
        foreach (string file in new[] { "run.json", "launches" })
        {
            Directory.Move(Path.Combine(kept, file), Path.Combine(_folder.Root, file));
        }

        Directory.Delete(Results, recursive: true);
        Directory.CreateDirectory(Results);
        foreach (string file in new[] { "run.json", "launches" })
        {
            Directory.Move(Path.Combine(_folder.Root, file), Path.Combine(Results, file));
        }

        if (isDamaged)
        {
            File.WriteAllText(Path.Combine(Results, "run.json"), "{");
            File.SetLastWriteTimeUtc(Path.Combine(Results, "run.json"), new DateTime(2026, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        }

        File.WriteAllText(Path.Combine(Results, "notes.md"), "of the user");
        File.WriteAllBytes(Path.Combine(Results, "report.json"), RunReportJson.Write(MadeUp.Report(Launches, s_case)));
        // The rest of a move that was killed.
        Directory.CreateDirectory(Path.Combine(Results, "runs", expected));
        File.WriteAllText(Path.Combine(Results, "runs", expected, "overhead.md"), "moved before");

        using ResultsFolder results = Open();

        Assert.Equal([expected], Names());
        KeptRun moved = Assert.Single(ResultsFolder.Runs(Artifacts));
        Assert.Equal(moved.Path, results.Moved);
        Assert.True(moved.IsFinished);
        Assert.True(File.Exists(moved.LaunchReport(1)));
        Assert.True(File.Exists(Path.Combine(moved.Path, "overhead.md")));
        Assert.Equal(
            ["launches/1/launch.json", "launches/2/launch.json", "newest.json", "notes.md", "overhead.md", "report.json"],
            FilesOfResults());
        Assert.True(NewestCopy.HasCopiedReport(Results));
        results.Dispose();
        using ResultsFolder again = Open();
        Assert.Null(again.Moved);
    }

    [Fact]
    public void Missing_folder_has_no_runs() => Assert.Empty(ResultsFolder.Runs(_folder.File("nowhere")));

    private static RunPlan Plan(DateTimeOffset startedAt) => new()
    {
        Run = MadeUp.Settings with { Launches = Launches, StartedAt = startedAt, Commit = Commit },
        Cases = ["direct/echo/1KB"],
        BindingsAssembly = null,
        PayloadPath = null,
        Environment = MadeUp.Environment,
        Build = "0123456789abcdef",
    };

    private static void Write(RunFolder run, string file, string text)
    {
        string path = Path.Combine(run.Path, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private ResultsFolder Open() => ResultsFolder.Open(Artifacts, RunKind.Run);

    // Makes a complete run, or an unfinished one with one launch and without a report. Returns the path of its folder.
    private string Run(DateTimeOffset startedAt, string? report, string? name = null)
    {
        using ResultsFolder results = Open();
        using RunFolder run = results.Begin(Plan(startedAt), name);
        for (int number = 1; number <= (report is null ? 1 : Launches); number++)
        {
            run.Keep(MadeUp.Report(1, s_case) with { Launches = [MadeUp.Launch(number, ["direct"])] });
        }

        if (report is not null)
        {
            Write(run, "report.json", report);
            results.Copy(run);
            run.Finish();
        }

        return run.Path;
    }

    private void Gate(DateTimeOffset startedAt, string report)
    {
        using var results = ResultsFolder.Open(Artifacts, RunKind.Gate);
        using RunFolder run = results.Create(startedAt, Commit);
        Write(run, "gate.md", report);
        results.Copy(run);
        run.Finish();
        Assert.Equal(report, File.ReadAllText(Path.Combine(Results, "gate", "gate.md")));
    }

    private IEnumerable<string> Names() => ResultsFolder.Runs(Artifacts).Select(run => Path.GetFileName(run.Path));

    private IEnumerable<string> FilesOfResults() => Directory.GetFiles(Results, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Results, path))
        .Where(path => !path.StartsWith("runs", StringComparison.Ordinal) && path is not "run.lock" and not "run.pid")
        .Order(StringComparer.Ordinal);

    private string Resumed(string? name)
    {
        using ResultsFolder results = Open();
        using RunFolder run = results.Resume(name);
        return Path.GetFileName(run.Path);
    }

    private string NotResumed(string? name)
    {
        using ResultsFolder results = Open();
        return Assert.Throws<UnusableInputException>(() => results.Resume(name)).Message;
    }
}
