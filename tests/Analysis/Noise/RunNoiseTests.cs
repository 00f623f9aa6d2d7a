using WorkerRpc.Benchmarks.Analysis.Noise;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Presenting.Files;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Analysis.Noise;

public class RunNoiseTests
{
    private const double LaunchSeconds = 50;
    private const int Cores = 2;

    private static readonly NoiseReport s_quiet = MadeUp.Quiet;
    private static readonly NoiseReport s_noisy = MadeUp.Quiet with { LongestStallMs = 30 };
    private static readonly NoiseReport s_disturbed = MadeUp.Quiet with { OthersCores = 0.9 };

    [Fact]
    public void Launch_is_quiet_when_all_values_are_low() => Assert.Empty(Of(s_quiet).Reasons);

    [Fact]
    public void Unknown_values_are_no_reason() => Assert.Empty(Of(s_quiet with
    {
        LoadBefore = null,
        OthersBeforeCores = null,
        OthersCores = null,
        StealCores = null,
        ThrottledMs = null,
        Governor = null,
    }).Reasons);

    [Fact]
    public void Load_before_the_launch_is_no_reason() =>
        // The previous launch causes most of that load.
        Assert.Empty(Of(s_quiet with { LoadBefore = 50 }).Reasons);

    [Theory]
    [InlineData("others", 0.10, "quiet")]
    [InlineData("others", 0.11, "noisy")]
    [InlineData("others", 0.50, "noisy")]
    [InlineData("others", 0.51, "disturbed")]
    [InlineData("before", 0.10, "quiet")]
    [InlineData("before", 0.11, "noisy")]
    [InlineData("before", 0.50, "noisy")]
    [InlineData("before", 0.51, "disturbed")]
    [InlineData("steal", 0.04, "quiet")]
    [InlineData("steal", 0.05, "noisy")]
    [InlineData("steal", 0.20, "noisy")]
    [InlineData("steal", 0.21, "disturbed")]
    [InlineData("throttled", 0, "quiet")]
    [InlineData("throttled", 0.1, "noisy")]
    [InlineData("throttled", 500, "noisy")]
    [InlineData("throttled", 501, "disturbed")]
    [InlineData("stall", 20, "quiet")]
    [InlineData("stall", 20.1, "noisy")]
    [InlineData("stall", 100, "noisy")]
    [InlineData("stall", 100.1, "disturbed")]
    [InlineData("parent", 0.02, "quiet")]
    [InlineData("parent", 0.021, "noisy")]
    [InlineData("parent", 1, "noisy")]
    public void Grade_changes_only_above_the_limit(string what, double value, string grade)
    {
        LaunchNoise launch = Of(what switch
        {
            "others" => s_quiet with { OthersCores = value },
            "before" => s_quiet with { OthersBeforeCores = value },
            "steal" => s_quiet with { StealCores = value },
            "throttled" => s_quiet with { ThrottledMs = value },
            "stall" => s_quiet with { LongestStallMs = value },
            _ => s_quiet with { ParentCores = value },
        });

        Assert.Equal(grade, RunNoise.Name(launch.Grade));
        Assert.All(launch.Reasons, reason => Assert.Equal(what, reason.What));
    }

    [Theory]
    [InlineData("performance", 0)]
    [InlineData("powersave", 1)]
    [InlineData("performance, powersave", 1)]
    public void Governor_other_than_performance_is_noisy(string governor, int reasons)
    {
        LaunchNoise launch = Of(s_quiet with { Governor = governor });

        Assert.Equal(reasons, launch.Reasons.Count);
        Assert.All(
            launch.Reasons,
            reason => Assert.Equal((NoiseGrade.Noisy, $"frequency governor {governor}"), (reason.Grade, reason.Words)));
    }

    [Fact]
    public void Launch_has_grade_of_worst_reason()
    {
        LaunchNoise launch = Of(s_quiet with { OthersCores = 0.2, LongestStallMs = 150 });

        Assert.Equal(NoiseGrade.Disturbed, launch.Grade);
        Assert.Equal("a timer was late by 150 ms; other processes kept 0.20 cores busy", launch.Words);
    }

    [Theory]
    [InlineData("q", "quiet")]
    [InlineData("qd", "disturbed")]
    [InlineData("qqd", "quiet")]
    [InlineData("qnd", "noisy")]
    [InlineData("dqqq", "quiet")]
    [InlineData("ddqq", "disturbed")]
    [InlineData("nnqqqq", "quiet")]
    [InlineData("nnnqqq", "noisy")]
    [InlineData("-d-", "disturbed")]
    public void Run_has_upper_median_of_launch_grades(string launches, string grade) =>
        Assert.Equal(grade, RunNoise.Name(RunNoise.Of(Report(launches)).Grade!.Value));

    [Theory]
    [InlineData("--", "noise: not recorded")]
    [InlineData("qqq", "noise: quiet")]
    [InlineData("qqn", "noise: quiet; launch 3 noisy")]
    [InlineData("nqqdqqq", "noise: quiet; launch 1 noisy; launch 4 disturbed")]
    [InlineData("nnd", "noise: noisy (launches 1, 2): a timer was late by 30.0 ms; launch 3 disturbed")]
    [InlineData("qdqqdd", "noise: disturbed (launches 2, 5, 6): other processes kept 0.90 cores busy")]
    public void Line_names_grade_launches_and_worse_launches(string launches, string line) =>
        Assert.Equal(line, RunNoise.Of(Report(launches)).Line);

    [Fact]
    public void Line_shows_worst_value_of_each_reason()
    {
        RunReport report = Report("dd");
        NoiseReport worse = s_disturbed with { OthersCores = 1.25, LongestStallMs = 150, Governor = "powersave" };

        Assert.Equal(
            "noise: disturbed (launches 1, 2): other processes kept 1.25 cores busy; a timer was late by 150 ms",
            RunNoise.Of(report with { Launches = [report.Launches[0], report.Launches[1] with { Noise = worse }] }).Line);
    }

    [Fact]
    public void Line_says_when_other_processes_are_unknown()
    {
        RunReport report = Report("q");

        Assert.Equal(
            "noise: quiet; what other processes did is not known",
            RunNoise.Of(report with { Launches = [report.Launches[0] with { Noise = s_quiet with { OthersCores = null } }] }).Line);
    }

    [Fact]
    public void Screen_and_documents_show_the_line()
    {
        using var folder = new TemporaryFolder();
        RunReport report = Report("qdqqdd");
        string line = RunNoise.Of(report).Line;

        ReportFiles.Write(new RunAnalysis(report), folder.Root);

        Assert.Contains(line, ReportBasis.Lines(new RunAnalysis(report)));
        Assert.Contains($"- {line}\n", File.ReadAllText(folder.File("percentiles.md")), StringComparison.Ordinal);
        Assert.Contains($"- {line}\n", File.ReadAllText(folder.File("overhead.md")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("qqqqqq")]
    [InlineData("nnnnnn")]
    [InlineData("------")]
    public void Run_does_not_warn_below_worst_grade(string launches) => Assert.Empty(WarningsOf(launches));

    [Fact]
    public void Disturbed_run_warns_about_p99()
    {
        string warning = Assert.Single(WarningsOf("qdqqdd"));

        Assert.StartsWith(
            "noise: disturbed (launches 2, 5, 6): other processes kept 0.90 cores busy – ", warning, StringComparison.Ordinal);
        Assert.Contains("p99 and comparisons with other files cannot be trusted; end what else runs", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Warnings_name_launches_worse_than_the_run()
    {
        IReadOnlyList<string> warnings = WarningsOf("qqqqnd");

        Assert.Equal(2, warnings.Count);
        Assert.StartsWith("launch 5 noisy, worse than the run: a timer was late by 30.0 ms – ", warnings[0], StringComparison.Ordinal);
        Assert.StartsWith(
            "launch 6 disturbed, worse than the run: other processes kept 0.90 cores busy – ", warnings[1], StringComparison.Ordinal);
    }

    private static LaunchNoise Of(NoiseReport noise) => LaunchNoise.Of(1, noise, LaunchSeconds, Cores);

    private static IReadOnlyList<string> WarningsOf(string launches) => new RunAnalysis(Report(launches)).Warnings;

    // One letter per launch: q is quiet, n is noisy, d is disturbed, and - was not watched.
    private static RunReport Report(string launches)
    {
        RunReport report = MadeUp.Report(
            launches.Length,
            MadeUp.Case("direct/echo/1KB", [.. launches.Select(_ => 1_000L)]),
            MadeUp.Case("service-binding/echo/1KB", [.. launches.Select(_ => 16_000L)]));
        return report with { Launches = [.. report.Launches.Zip(launches, (launch, letter) => launch with { Noise = Noise(letter) })] };
    }

    private static NoiseReport? Noise(char letter) => letter switch { 'q' => s_quiet, 'n' => s_noisy, 'd' => s_disturbed, _ => null };
}
