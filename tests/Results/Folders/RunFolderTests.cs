using WorkerRpc.Benchmarks.Analysis.Reading;
using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Folders;
using WorkerRpc.Functions;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Results.Folders;

public sealed class RunFolderTests : IDisposable
{
    private static readonly CaseReport s_case = MadeUp.Case("direct/echo/1KB", 1_000);

    private static readonly RunPlan s_plan = new()
    {
        Run = MadeUp.Settings with { Launches = 3 },
        Cases = ["direct/echo/1KB"],
        BindingsAssembly = null,
        PayloadPath = null,
        Environment = MadeUp.Environment,
        Build = "0123456789abcdef",
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Plan_and_launches_are_read_back_unchanged()
    {
        using (RunFolder folder = Open())
        {
            folder.Begin(s_plan);
            folder.Keep(Launch(1));
            folder.Keep(Launch(3));
        }

        using RunFolder reopened = Open();
        Assert.Empty(reopened.Run.ReadPlan().DifferencesFrom(s_plan));
        IReadOnlyDictionary<int, RunReport> kept = reopened.ReadLaunches(reopened.Run.ReadPlan(), RunReportConsistency.Read);
        Assert.Equal([1, 3], kept.Keys.Order());
        LaunchRecord record = LaunchRecord.Of(kept[3]);
        Assert.Equal(MadeUp.Environment, record.Environment);
        Assert.Equal(Assert.Single(Launch(3).Cases).Passes[0].Histogram, record.Passes[s_case.Id].Histogram);
        LaunchReport expected = Launch(3).Launches[0];
        LaunchReport actual = record.Report(LaunchOutcome.Finished, null, expected.Seconds, expected.Noise);
        Assert.Equivalent(expected, actual with { ResumedAt = null });
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"schemaVersion\": 4, \"run\": ")]
    public void Damaged_launch_is_rejected_with_advice(string content) =>
        RequireLaunchRejected(() => File.WriteAllText(_folder.File("launches/1/launch.json"), content), "");

    [Fact]
    public void Launch_of_another_run_is_rejected()
    {
        const string Why = "it is no launch of this run";
        RunSettings startedLater = MadeUp.Settings with { StartedAt = MadeUp.Settings.StartedAt.AddSeconds(1) };
        LaunchReport failed = Launch(1).Launches[0] with { Outcome = LaunchOutcome.Failed, Error = "died" };
        RequireLaunchRejected(() => Keep(Launch(1) with { Run = startedLater }), Why);
        RequireLaunchRejected(() => Keep(Launch(1) with { Launches = [Launch(2).Launches[0]], Cases = Launch(2).Cases }, 1), Why);
        RequireLaunchRejected(() => Keep(Launch(1) with { Cases = [MadeUp.Case("direct/echo/10KB", 1_000)] }), Why);
        RequireLaunchRejected(() => Keep(Launch(1) with { Launches = [failed] }), Why);
    }

    [Theory]
    [InlineData(null, "is damaged: Could not find file")]
    [InlineData("", "is damaged")]
    [InlineData("null", "is damaged")]
    [InlineData("{\"run\": 1}", "is damaged")]
    public void Missing_or_damaged_plan_is_rejected(string? content, string why)
    {
        using RunFolder folder = Open();
        if (content is not null)
        {
            File.WriteAllText(_folder.File("run.json"), content);
        }

        string message = Assert.Throws<UnusableInputException>(() => folder.Run.ReadPlan()).Message;
        Assert.Contains(why, message, StringComparison.Ordinal);
        Assert.Contains(_folder.Root, message, StringComparison.Ordinal);
        Assert.EndsWith("Without --resume a new run starts.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Differences_name_both_values_but_not_start_time()
    {
        RunPlan other = s_plan with
        {
            Run = s_plan.Run with { Commit = "ffff", Calls = 7, StartedAt = DateTimeOffset.UnixEpoch },
            Environment = s_plan.Environment with { GarbageCollector = "server" },
            Build = "fedcba9876543210",
        };

        Assert.Equal(
            [
                "--iterations was 10000, is 7",
                $"commit was \"{s_plan.Run.Commit}\", is \"ffff\"",
                "garbageCollector was \"workstation, concurrent\", is \"server\"",
                "build was \"0123456789abcdef\", is \"fedcba9876543210\"",
            ],
            other.DifferencesFrom(s_plan));
    }

    [Fact]
    public void Open_folder_is_locked_until_disposed()
    {
        using (Open())
        {
            string message = Assert.Throws<UnusableInputException>(Open).Message;
            Assert.Contains($"process {Environment.ProcessId}, reports to {_folder.Root}", message, StringComparison.Ordinal);
        }

        Open().Dispose();
    }

    [Fact]
    public void Temporary_files_of_killed_run_are_deleted()
    {
        using var outside = new TemporaryFolder();
        Directory.CreateDirectory(_folder.File("launches/2"));
        Directory.CreateDirectory(_folder.File("gate"));
        Directory.CreateSymbolicLink(_folder.File("linked"), outside.Root);
        string[] own = [_folder.File("report.json.tmp"), _folder.File("launches/2/launch.json.tmp")];
        // Another process can write to a folder with its own lock, and a link leads to a folder of somebody else.
        string[] others = [_folder.File("gate/gate.md.tmp"), outside.File("report.json.tmp")];
        own.Concat(others).Append(_folder.File("gate/run.lock")).ToList().ForEach(path => File.WriteAllText(path, "{"));

        Open().Dispose();

        Assert.DoesNotContain(own, File.Exists);
        Assert.All(others, path => Assert.True(File.Exists(path), path));
    }

    private static RunReport Launch(int number) => MadeUp.Report(3, s_case) with
    {
        Run = s_plan.Run,
        Launches = [MadeUp.Launch(number, ["direct"])],
        Cases = [s_case with { Passes = [s_case.Passes[0] with { Launch = number }] }],
    };

    private RunFolder Open() => RunFolder.Open(new KeptRun(_folder.Root, RunFolderName.Of(default, null, RunKind.Run, null)));

    // Keeps a launch in its own folder, or in the folder of another launch's number.
    private void Keep(RunReport launch, int? folderNumber = null)
    {
        using RunFolder folder = Open();
        folder.Keep(launch);
        if (folderNumber is { } number)
        {
            Directory.CreateDirectory(folder.Launch(number));
            File.Move(
                Path.Combine(folder.Launch(launch.Launches[0].Number), "launch.json"),
                Path.Combine(folder.Launch(number), "launch.json"),
                overwrite: true);
        }
    }

    private void RequireLaunchRejected(Action damage, string why)
    {
        using (RunFolder folder = Open())
        {
            folder.Begin(s_plan);
            folder.Keep(Launch(1));
        }

        damage();
        using RunFolder reopened = Open();
        string message = Assert.Throws<UnusableInputException>(() => reopened.ReadLaunches(s_plan, RunReportConsistency.Read)).Message;
        Assert.StartsWith(_folder.File("launches/1/launch.json") + " cannot be resumed from: ", message, StringComparison.Ordinal);
        Assert.Contains(why, message, StringComparison.Ordinal);
        Assert.EndsWith("Delete that file, and --resume measures the launch again.", message, StringComparison.Ordinal);
    }
}
