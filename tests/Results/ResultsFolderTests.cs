using WorkerRpc.Benchmarks.Analysis.Reading;
using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Results;

public sealed class ResultsFolderTests : IDisposable
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
    public void A_plan_and_the_launches_that_were_kept_are_read_back_as_they_were()
    {
        using (ResultsFolder folder = Open())
        {
            folder.Begin(s_plan);
            folder.Keep(Launch(1));
            folder.Keep(Launch(3));
        }

        using ResultsFolder again = Open();
        Assert.Empty(again.ReadPlan().DifferencesFrom(s_plan));
        IReadOnlyDictionary<int, RunReport> kept = again.ReadLaunches(again.ReadPlan(), RunReportConsistency.Read);
        Assert.Equal([1, 3], kept.Keys.Order());
        LaunchRecord record = LaunchRecord.Of(kept[3]);
        Assert.Equal(MadeUp.Environment, record.Environment);
        Assert.Equal(Assert.Single(Launch(3).Cases).Passes[0].Histogram, record.Passes[s_case.Id].Histogram);
        Assert.Equivalent(Launch(3).Launches[0], record.Report(LaunchOutcome.Finished, null, Launch(3).Launches[0].Seconds, Launch(3).Launches[0].Noise) with { ResumedAt = null });
    }

    [Fact]
    public void A_new_run_keeps_nothing_of_the_one_before()
    {
        using ResultsFolder folder = Open();
        folder.Begin(s_plan);
        folder.Keep(Launch(1));
        folder.Begin(s_plan);

        Assert.Empty(folder.ReadLaunches(s_plan, RunReportConsistency.Read));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"schemaVersion\": 4, \"run\": ")]
    public void A_damaged_launch_is_refused_and_named_and_so_is_the_way_out(string content) =>
        RequireLaunchRefused(() => File.WriteAllText(_folder.File("launches/1/launch.json"), content), "");

    [Fact]
    public void A_launch_of_another_run_number_or_case_is_refused()
    {
        const string Why = "it is no launch of this run";
        RequireLaunchRefused(() => Keep(Launch(1) with { Run = MadeUp.Settings with { StartedAt = MadeUp.Settings.StartedAt.AddSeconds(1) } }), Why);
        RequireLaunchRefused(() => Keep(Launch(1) with { Launches = [Launch(2).Launches[0]], Cases = Launch(2).Cases }, 1), Why);
        RequireLaunchRefused(() => Keep(Launch(1) with { Cases = [MadeUp.Case("direct/echo/10KB", 1_000)] }), Why);
        RequireLaunchRefused(() => Keep(Launch(1) with { Launches = [Launch(1).Launches[0] with { Outcome = LaunchOutcome.Failed, Error = "died" }] }), Why);
    }

    [Theory]
    [InlineData(null, "There is no run to resume in")]
    [InlineData("", "is damaged")]
    [InlineData("null", "is damaged")]
    [InlineData("{\"run\": 1}", "is damaged")]
    public void A_plan_that_is_missing_or_damaged_is_refused(string? content, string why)
    {
        using ResultsFolder folder = Open();
        if (content is not null)
        {
            File.WriteAllText(_folder.File("run.json"), content);
        }

        string refusal = Assert.Throws<UnusableInputException>(() => folder.ReadPlan()).Message;
        Assert.Contains(why, refusal, StringComparison.Ordinal);
        Assert.Contains(_folder.Root, refusal, StringComparison.Ordinal);
        Assert.EndsWith("Without --resume a new run starts.", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void What_differs_is_named_with_both_values_and_when_it_started_is_no_difference()
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
    public void A_folder_that_is_open_is_refused_to_another_and_free_again_when_it_is_closed()
    {
        using (Open())
        {
            string refusal = Assert.Throws<UnusableInputException>(Open).Message;
            Assert.Contains($"process {Environment.ProcessId}, reports to {_folder.Root}", refusal, StringComparison.Ordinal);
        }

        Open().Dispose();
    }

    [Fact]
    public void What_a_killed_run_had_half_written_is_gone()
    {
        Directory.CreateDirectory(_folder.File("launches/2"));
        File.WriteAllText(_folder.File("report.json.tmp"), "{");
        File.WriteAllText(_folder.File("launches/2/launch.json.tmp"), "{");

        Open().Dispose();

        Assert.Empty(Directory.GetFiles(_folder.Root, "*.tmp", SearchOption.AllDirectories));
    }

    private static RunReport Launch(int number) => MadeUp.Report(3, s_case) with
    {
        Run = s_plan.Run,
        Launches = [MadeUp.Launch(number, ["direct"])],
        Cases = [s_case with { Passes = [s_case.Passes[0] with { Launch = number }] }],
    };

    private ResultsFolder Open() => ResultsFolder.Open(_folder.Root);

    private void Keep(RunReport launch, int? under = null)
    {
        using ResultsFolder folder = Open();
        folder.Keep(launch);
        if (under is { } number)
        {
            Directory.CreateDirectory(folder.Launch(number));
            File.Move(Path.Combine(folder.Launch(launch.Launches[0].Number), "launch.json"), Path.Combine(folder.Launch(number), "launch.json"), overwrite: true);
        }
    }

    private void RequireLaunchRefused(Action damage, string why)
    {
        using (ResultsFolder folder = Open())
        {
            folder.Begin(s_plan);
            folder.Keep(Launch(1));
        }

        damage();
        using ResultsFolder again = Open();
        string refusal = Assert.Throws<UnusableInputException>(() => again.ReadLaunches(s_plan, RunReportConsistency.Read)).Message;
        Assert.StartsWith(_folder.File("launches/1/launch.json") + " cannot be resumed from: ", refusal, StringComparison.Ordinal);
        Assert.Contains(why, refusal, StringComparison.Ordinal);
        Assert.EndsWith("Delete that file, and --resume measures the launch again.", refusal, StringComparison.Ordinal);
    }
}
