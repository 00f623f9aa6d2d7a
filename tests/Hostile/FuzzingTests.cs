using System.Text;
using WorkerRpc.Hostile.Fuzzing;
using WorkerRpc.Hostile.Soak;
using WorkerRpc.Hostile.Targets;

namespace WorkerRpc.Tests.Hostile;

/// <summary>What fuzzers and the soak keep and conclude.</summary>
public sealed class FuzzingTests : IDisposable
{
    private const long MiB = 1 << 20;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Targets))]
    public void Every_target_takes_plain_text(string name)
    {
        FuzzOutcome outcome = FuzzTargets.Create(name).Run(Encoding.UTF8.GetBytes(name == "codec" ? "[[1]]" : """["push",1]"""));

        Assert.Equal(name != "websocket", outcome.Lived);
    }

    [Fact]
    public void Counts_go_on_after_the_process_has_died()
    {
        using (var first = new Counts(_folder.Root))
        {
            first.Add(lived: true, messages: 3);
        }

        using var second = new Counts(_folder.Root);
        second.Add(lived: false, messages: 2);

        Assert.Equal((2, 1, 5), (second.Executions, second.Lived, second.Messages));
    }

    [Fact]
    public void Failures_keep_one_input_of_each_kind_and_its_replay()
    {
        DateTimeOffset start = DateTimeOffset.UtcNow.AddSeconds(-1);
        var failures = new Failures("session", _folder.Root);
        failures.Add([0, 1], new FuzzFailureException("held 65 MiB", "first"u8.ToArray()));
        failures.Add([0, 2], new FuzzFailureException("held 66 MiB", "second"u8.ToArray()));
        string died = _folder.File("died");
        File.WriteAllText(died, "third");
        failures.AddFile(died, "The process died.");
        // AFL++ keeps this input too.
        File.WriteAllBytes(died, [0, 2]);
        failures.AddFile(died, "The process died.");

        Assert.Equal(["first", "third"], failures.Since(start).Select(File.ReadAllText).Order());
        Assert.All(failures.Since(start), path => Assert.Contains($"replay session {path}", File.ReadAllText(path + ".txt")));
    }

    [Theory]
    [InlineData(true, 90, 50, 50, 51, 50, 52, 51, 50)]
    [InlineData(true, 10, 90, 50, 51, 50, 52, 51, 50)]
    [InlineData(false, 50, 50, 50, 55, 60, 65, 70, 75)]
    public void Memory_is_flat_when_the_last_third_is_near_the_first(bool isFlat, params int[] samplesMiB) =>
        Assert.Equal(isFlat, Steadiness.IsFlat([.. samplesMiB.Select(sample => sample * MiB)], besides: 4 * MiB));

    public static TheoryData<string> Targets => [.. FuzzTargets.Names];
}
