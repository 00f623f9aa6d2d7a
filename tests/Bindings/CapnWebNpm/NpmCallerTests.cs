using WorkerRpc.Bindings.CapnWebNpm;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;
using WorkerRpc.Tests.CapnWeb.Node;
using WorkerRpc.Tests.Commands;

namespace WorkerRpc.Tests.Bindings.CapnWebNpm;

/// <summary>The references whose calls run and are timed in a Node process.</summary>
public class NpmCallerTests(LaunchFixture launch) : IClassFixture<LaunchFixture>
{
    private static readonly IReadOnlyList<IBinding> s_rows =
        [.. BindingCatalog.BuiltIn.All.Where(binding => binding is NpmRow)];

    public static TheoryData<string> EveryRow => [.. s_rows.Select(row => row.Id)];

    private static ExecuteRequest Request => new("echo", new PayloadSize(1_000).CreatePayload(1), 1);

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(EveryRow))]
    public async Task Every_requested_call_is_timed_and_counted(string row)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await NodePeer.RequireNodeAsync();
        await using ISelfTimedStub stub = Connect(row);
        ExecuteRequest request = Request;
        await stub.ExecuteAsync(request, cancellation);
        Traffic before = stub.Traffic;

        SelfTimedCalls timed = await stub.TimeAsync(request, 321, TimeSpan.FromMinutes(1), cancellation);

        Assert.Equal((321, 321), (timed.ElapsedNs.Count, timed.ExecutionMs.Count));
        Assert.All(timed.ElapsedNs, ns => Assert.True(ns > 0));
        Assert.InRange(timed.ElapsedNs.Sum(), 1, timed.WallNs);
        Assert.True(stub.Traffic.SentBytes - before.SentBytes >= 321 * 1_000, $"{before}, then {stub.Traffic}.");
        Assert.True(stub.Traffic.ReceivedBytes - before.ReceivedBytes >= 321 * 1_000, $"{before}, then {stub.Traffic}.");
    }

    [Fact(Timeout = 60_000)]
    public async Task Call_in_flight_at_the_time_limit_is_the_last()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await NodePeer.RequireNodeAsync();
        await using ISelfTimedStub stub = Connect("capnweb-npm");

        SelfTimedCalls timed = await stub.TimeAsync(Request, 1_000_000, TimeSpan.FromTicks(1), cancellation);

        Assert.Single(timed.ElapsedNs);
    }

    [Fact(Timeout = 60_000)]
    public async Task Cancelled_pass_ends_Node_and_fails_later_calls()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await NodePeer.RequireNodeAsync();
        await using ISelfTimedStub stub = Connect("capnweb-npm");
        ExecuteRequest request = Request;
        await stub.ExecuteAsync(request, cancellation);
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        ValueTask<SelfTimedCalls> calls = stub.TimeAsync(request, 1_000_000_000, TimeSpan.FromHours(1), caller.Token);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calls.AsTask());
        RuntimeUnreachableException next = await Assert.ThrowsAsync<RuntimeUnreachableException>(
            () => stub.ExecuteAsync(request, cancellation).AsTask());
        Assert.StartsWith("capnweb-npm: its Node process was ended", next.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_marks_the_rows_as_timed_in_another_process()
    {
        await NodePeer.RequireNodeAsync();
        using var run = new ProgramRun("--profile quick --iterations 50 --filter capnweb-npm*/-/100B");

        await run.EndAsync();

        string[] rows = run.Report("percentiles.csv").Split("\r\n");
        Assert.All(s_rows, row => Assert.Contains(rows, line =>
            line.StartsWith($"{row.Id},-,100B,100,1,50,", StringComparison.Ordinal)
            && line.Contains(",ok,", StringComparison.Ordinal)
            && line.Contains("not known of a caller in another process", StringComparison.Ordinal)));
        Assert.DoesNotContain("capnweb-npm", run.Report("overhead.csv"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_Node_the_rows_fail_and_others_are_measured()
    {
        using var run = new ProgramRun("--profile quick --iterations 1000 --filter capnweb-npm/-/100B hop/-/100B", ("PATH", ""));

        Assert.Equal(3, await run.EndAsync());
        string[] rows = run.Report("percentiles.csv").Split("\r\n");
        Assert.Contains(rows, line =>
            line.StartsWith("hop,-,100B,100,1,1000,", StringComparison.Ordinal)
            && line.Contains(",ok,", StringComparison.Ordinal));
        Assert.Contains(rows, line =>
            line.StartsWith("capnweb-npm,-,100B,100,0,0,,", StringComparison.Ordinal)
            && line.Contains("Node 20 or later with npm has to be on the PATH", StringComparison.Ordinal));
    }

    private ISelfTimedStub Connect(string row) => (ISelfTimedStub)s_rows.Single(one => one.Id == row).Connect(launch.Host);
}
