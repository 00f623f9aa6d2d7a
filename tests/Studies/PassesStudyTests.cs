using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Studies;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Studies;

public class PassesStudyTests
{
    [Fact]
    public void Pass_ends_at_the_first_check_with_narrow_percentiles()
    {
        // Each pass takes 2.0 s of a limit of 3 s. The first check with 1 000 calls is after 0.375 s, and the last one after 1.875 s.
        CaseReport steady = MadeUp.Case("raw-fetch/echo/1KB", [MadeUp.Pass((200_000, 10_000))]);
        CaseReport twoModes = MadeUp.Case("raw-fetch/echo/10KB", [MadeUp.Pass((100_000, 5_000), (300_000, 5_000))]);

        IReadOnlyList<ReplayedPass> passes = PassesStudy.Replay(MadeUp.Report(1, steady, twoModes));

        Assert.Equal(["raw-fetch/echo/1KB", "raw-fetch/echo/10KB"], passes.Select(pass => pass.Id.ToString()));
        Assert.Equal([0.375, 2.0], passes.Select(pass => Math.Round(pass.EarlySeconds * 200) / 200));
        Assert.Equal([0, 0, 0], passes[0].Errors!);
        Assert.Null(passes[1].Errors);
    }

    [Fact]
    public void Pass_of_another_process_does_not_end_early()
    {
        CaseReport steady = MadeUp.Case("raw-fetch/echo/1KB", [MadeUp.Pass((200_000, 10_000)) with { Process = null }]);

        Assert.Null(Assert.Single(PassesStudy.Replay(MadeUp.Report(1, steady))).Errors);
    }
}
