using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Pipe;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Bindings.Pipe;

/// <summary>Each end completes its calls in flight before it stops.</summary>
public class PipeShutdownTests
{
    public static TheoryData<PipeScheduling> Schedulings => PipeLink.Schedulings;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Stopping_server_answers_earlier_and_refuses_later_calls(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        PipeServer server = Server();
        await using var client = new PipeClient(server.Connect(scheduling));
        await using var idle = new PipeClient(server.Connect(scheduling));
        (ExecuteRequest request, Gate gate) = Gated();
        Task<string> taken = client.CallAsync(request, cancellation);
        await gate.Arrived;

        Task stopping = server.StopAsync(CancellationToken.None);

        await AssertSoonRefusedAsync(client);
        await AssertSoonRefusedAsync(idle);
        Assert.False(stopping.IsCompleted);
        Assert.False(taken.IsCompleted);
        gate.Open();
        Assert.Equal("done", await taken);
        await stopping.WaitAsync(cancellation);
        await AssertRefusedAsync(client);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Connection_to_a_stopped_server_is_refused(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        PipeServer server = Server();
        await server.StopAsync(CancellationToken.None);

        await using var client = new PipeClient(server.Connect(scheduling));

        await AssertSoonRefusedAsync(client);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Cancelled_stop_cancels_running_calls_with_504(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        PipeServer server = Server();
        await using var client = new PipeClient(server.Connect(scheduling));
        (ExecuteRequest request, WatchedFunctions.HeldCall held) = PipeLink.Held();
        Task<string> call = client.CallAsync(request, cancellation);
        await held.Arrived.WaitAsync(cancellation);
        using var patience = new CancellationTokenSource();
        Task stopping = server.StopAsync(patience.Token);
        Assert.False(stopping.IsCompleted);

        await patience.CancelAsync();

        Assert.Equal(504, (await Assert.ThrowsAsync<RuntimeErrorException>(() => call)).Status);
        await stopping.WaitAsync(cancellation);
    }

    [Fact(Timeout = 30_000)]
    public async Task Call_read_after_a_cancelled_stop_is_cancelled()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        (PipeConnection caller, PipeConnection runtime) = PipeConnection.CreatePair(PipeScheduling.Inline, FrameLimit.DefaultBytes);
        PipeSession session = PipeLink.Serve(runtime);
        using var gate = new ManualResetEventSlim();
        var blocks = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ExecuteRequest blocking = PipeLink.Scripted(_ =>
        {
            blocks.SetResult();
            gate.Wait(cancellation);
            return new("done");
        });
        (ExecuteRequest request, _) = PipeLink.Held();
        // Both calls arrive in one write. The first blocks the session, which reads the second only later.
        await caller.Output.WriteAsync((byte[])[.. RawFrame.Call(1, blocking).Bytes, .. RawFrame.Call(2, request).Bytes], cancellation);
        await blocks.Task.WaitAsync(cancellation);

        Task stopping = session.StopAsync(new CancellationToken(canceled: true));
        gate.Set();

        await stopping.WaitAsync(cancellation);
        Dictionary<ulong, RawFrame> answers = (await caller.ReceiveAllAsync()).ToDictionary(frame => frame.Id);
        Assert.Equal("done", answers[1].AsResult());
        Assert.Equal(504, answers[2].AsError().Status);
    }

    [Fact(Timeout = 30_000)]
    public async Task Stopping_server_cancels_functions_without_a_lock()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        PipeServer server = Server();
        await using var client = new PipeClient(server.Connect(PipeScheduling.Inline));
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var never = new TaskCompletionSource<string>();
        Task<string> call = client.CallAsync(PipeLink.Scripted(async token =>
        {
            Task<string> waiting = never.Task.WaitAsync(token);
            // Registered last, so it runs before the wait above observes the cancellation.
            token.Register(() =>
            {
                using var connected = new ManualResetEventSlim();
                ThreadPool.QueueUserWorkItem(_ =>
                {
                    server.Connect(PipeScheduling.Inline);
                    connected.Set();
                });
                connected.Wait(cancellation);
            });
            arrived.SetResult();
            return await waiting;
        }), cancellation);
        await arrived.Task.WaitAsync(cancellation);

        await Task.Run(() => server.StopAsync(new CancellationToken(canceled: true)), cancellation).WaitAsync(cancellation);

        await Assert.ThrowsAsync<RuntimeErrorException>(() => call);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Disposed_client_waits_for_answers_and_refuses_calls(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var link = new PipeLink(scheduling);
        (ExecuteRequest request, Gate gate) = Gated();
        Task<string> call = link.CallAsync(request, cancellation);
        await gate.Arrived;

        Task disposing = link.DisposeAsync().AsTask();

        Assert.False(disposing.IsCompleted);
        await AssertRefusedAsync(link.Client);
        gate.Open();
        Assert.Equal("done", await call);
        await disposing.WaitAsync(cancellation);
        await link.DisposeAsync();
        await AssertRefusedAsync(link.Client);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Client_can_be_disposed_in_a_continuation(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var link = new PipeLink(scheduling);

        async Task CallAndDisposeAsync()
        {
            await link.CallAsync(PipeLink.Scripted(async _ =>
            {
                await Task.Yield();
                return "";
            }), cancellation);
            await link.DisposeAsync();
        }

        await CallAndDisposeAsync().WaitAsync(cancellation);
    }

    [Theory]
    [InlineData("1023", "MAX_FRAME_BYTES 1023: expected 1024 to 1073741824 bytes.")]
    [InlineData("1073741825", "MAX_FRAME_BYTES 1073741825: expected 1024 to 1073741824 bytes.")]
    [InlineData("much", "MAX_FRAME_BYTES 'much': expected 1024 to 1073741824 bytes.")]
    public void Unusable_frame_limit_is_refused(string given, string message) =>
        Assert.Equal(message, Assert.Throws<UnusableInputException>(() => Server(given)).Message);

    [Fact]
    public async Task Frame_limit_applies_at_both_ends()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        PipeServer server = Server("1024");
        await using var client = new PipeClient(server.Connect(PipeScheduling.Inline));

        await Assert.ThrowsAnyAsync<UnusableInputException>(() => client.CallAsync(PipeLink.Echo(new string('x', 1024)), cancellation));
        await Assert.ThrowsAsync<RuntimeErrorException>(
            () => client.CallAsync(PipeLink.Scripted(_ => new(new string('x', 1024))), cancellation));
    }

    private static PipeServer Server(string? maxFrameBytes = null) => new(
        new ConfigurationBuilder().AddInMemoryCollection([new(FrameLimit.Setting, maxFrameBytes)]).Build(),
        NullLogger<PipeServer>.Instance);

    private static Task<RuntimeUnreachableException> AssertRefusedAsync(PipeClient client) =>
        Assert.ThrowsAsync<RuntimeUnreachableException>(() => client.CallAsync(PipeLink.Echo("later"), Cancellation));

    // The session may answer some calls before it notices the stop, so this repeats until a call is refused.
    private static Task<RuntimeUnreachableException> AssertSoonRefusedAsync(PipeClient client) =>
        Assert.ThrowsAsync<RuntimeUnreachableException>(async () =>
        {
            while (!Cancellation.IsCancellationRequested)
            {
                Assert.Equal("later", await client.CallAsync(PipeLink.Echo("later"), Cancellation));
            }
        });

    private static (ExecuteRequest Request, Gate Gate) Gated()
    {
        var gate = new Gate();
        return (PipeLink.Scripted(_ => new(gate.PassAsync())), gate);
    }

    /// <summary>Blocks a call until the test opens the gate.</summary>
    private sealed class Gate
    {
        private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<string> _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Arrived => _arrived.Task.WaitAsync(Cancellation);

        public void Open() => _open.SetResult("done");

        public Task<string> PassAsync()
        {
            _arrived.SetResult();
            return _open.Task;
        }
    }
}
