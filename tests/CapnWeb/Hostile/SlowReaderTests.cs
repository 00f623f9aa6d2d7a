using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.CapnWeb.Transports;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Tests.CapnWeb.Sessions;
using WorkerRpc.Tests.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Hostile;

/// <summary>Peers that read slowly or not at all, and the number of calls that run at once.</summary>
public sealed class SlowReaderTests
{
    private const int Limit = 4096;

    [Fact]
    public async Task Answer_without_room_waits_until_the_peer_reads()
    {
        (RpcSession session, ScriptedTransport transport, TaskCompletionSource reading) = Block(new RpcLimits { MaxUnsentBytes = Limit });
        await using RpcSession disposed = session;

        transport.Deliver(Call("big", "2000"), "[\"pull\",2]", Call("big", "2001"), "[\"pull\",3]", Call("big", "2002"), "[\"pull\",4]");

        Assert.InRange(session.Statistics.UnsentBytes, 2000, Limit);
        Assert.Null(session.Error);
        transport.Hold = null;
        reading.SetResult();
        await TestCalls.WaitForAsync(() => transport.Sent.Length == 4);
        Assert.Equal(["2000", "2001", "2002"], transport.Sent[1..].Select(LengthOf).Order());
        await TestCalls.WaitForAsync(() => session.Statistics.CallsInFlight == 0);
    }

    [Fact]
    public async Task Call_of_a_peer_that_does_not_read_waits_unstarted()
    {
        (RpcSession session, ScriptedTransport transport, TaskCompletionSource reading) = Block(new RpcLimits { MaxUnsentBytes = Limit });
        await using RpcSession disposed = session;
        transport.Deliver(Call("big", "3000"), "[\"pull\",2]");

        transport.Deliver(Call("square", "3"), "[\"pull\",3]");

        Assert.Equal(1, session.Statistics.CallsInFlight);
        transport.Hold = null;
        reading.SetResult();
        await TestCalls.WaitForAsync(() => transport.Sent.Contains("[\"resolve\",3,9]"));
    }

    [Fact]
    public async Task Call_of_this_side_is_rejected_while_the_peer_does_not_read()
    {
        (RpcSession session, ScriptedTransport transport, TaskCompletionSource reading) = Block(new RpcLimits { MaxUnsentBytes = Limit });
        await using RpcSession disposed = session;
        string text = new('x', 2 * Limit);
        Task<int> first = session.Main.CallAsync<int, RpcArguments<string>>("x", new(text)).AsTask();

        RpcException error = await Assert.ThrowsAsync<RpcException>(
            () => session.Main.CallAsync<int, RpcArguments<string>>("x", new("y")).AsTask());

        Assert.Equal(RpcErrorTypes.RangeError, error.ErrorType);
        Assert.False(first.IsCompleted);
        transport.Hold = null;
        reading.SetResult();
        await session.FlushAsync();
        Task<int> second = session.Main.CallAsync<int, RpcArguments<string>>("x", new("y")).AsTask();
        Assert.False(second.IsCompleted);
    }

    [Fact]
    public async Task Messages_that_cannot_wait_end_the_session_of_a_peer_that_does_not_read()
    {
        (RpcSession session, ScriptedTransport transport, TaskCompletionSource reading) = Block(new RpcLimits { MaxUnsentBytes = Limit });
        await using RpcSession disposed = session;

        // Each export that nobody uses is answered by a release.
        for (int i = 1; i <= 100_000 && session.Error is null; i++)
        {
            transport.Receive(Encoding.UTF8.GetBytes($"[\"resolve\",99,[\"export\",-{i}]]"));
        }

        Assert.Equal(RpcErrorTypes.RangeError, Assert.IsType<RpcProtocolException>(session.Error).ErrorType);
        reading.SetResult();
    }

    [Fact]
    public async Task Sixty_four_calls_run_at_once_and_further_ones_start_in_order()
    {
        var target = new Gate();
        var transport = new ScriptedTransport();
        await using var session = new RpcSession(
            transport, target, Gate.Contract, new RpcSessionOptions { TimeProvider = new ManualTime() });

        transport.Deliver([.. Enumerable.Range(1, 200).Select(id => Call("enter", $"{id}"))]);
        Assert.Equal(Enumerable.Range(1, 64), target.Started);
        Assert.Equal(200, session.Statistics.CallsInFlight);

        for (int left = 200; left > 0; left--)
        {
            await TestCalls.WaitForAsync(() => target.TryOpenOne());
        }

        Assert.Equal(Enumerable.Range(1, 200), target.Started);
        await TestCalls.WaitForAsync(() => session.Statistics.CallsInFlight == 0);
    }

    [Fact]
    public async Task Calls_made_while_serving_callbacks_do_not_wait_for_each_other()
    {
        await using var pair = new Pair(new Gate(), Gate.Contract, clientMain: new Helper(), clientContract: Helper.Contract);

        // Each of these calls waits for a callback, which calls the server again.
        Task<int>[] calls = [.. Enumerable.Range(1, 300).Select(n =>
            pair.Main.CallAsync<int, RpcArguments<Helper, int>>("callBack", new(new Helper { Server = pair.Main }, n)).AsTask())];

        Assert.Equal(Enumerable.Range(1, 300).Select(n => n + 1), await Task.WhenAll(calls));
    }

    [Fact]
    public async Task Two_peers_that_both_stopped_reading_go_on_without_a_deadlock()
    {
        (RpcMemoryTransport near, RpcMemoryTransport far) = RpcMemoryTransport.CreatePair();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var limits = new RpcLimits { MaxUnsentBytes = 64 * 1024 };
        var options = new RpcSessionOptions { Limits = limits };
        await using var server = new RpcSession(new GatedTransport(far, gate.Task), new HostileTarget(), HostileTarget.Contract, options);
        await using var client = new RpcSession(new GatedTransport(near, gate.Task), new HostileTarget(), HostileTarget.Contract, options);

        Task<string>[] calls = [.. Enumerable.Range(0, 100).SelectMany(_ => new[] { Big(client), Big(server) })];
        gate.SetResult();

        string[] results = await Task.WhenAll(calls);
        Assert.All(results, result => Assert.Equal(50_000, result.Length));

        static Task<string> Big(RpcSession session) => session.Main.CallAsync<string, RpcArguments<int>>("big", new(50_000)).AsTask();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_hundred_results_of_1_MB_arrive_with_little_memory(bool pullsLast)
    {
        const int Results = 200;
        const int Length = 1_000_000;
        var transport = new ScriptedTransport { HoldEach = async () => await Task.Yield() };
        await using var session = new RpcSession(
            transport, new HostileTarget(), HostileTarget.Contract, new RpcSessionOptions { TimeProvider = new ManualTime() });
        var releases = new ConcurrentQueue<string>();
        int arrived = 0;
        long most = 0;
        transport.OnSent = text =>
        {
            most = Math.Max(most, session.Statistics.HeldBytes + session.Statistics.UnsentBytes);
            if (text.StartsWith("[\"resolve\"", StringComparison.Ordinal) && LengthOf(text) == "1000000")
            {
                releases.Enqueue($"[\"release\",{text.Split(',')[1]},1]");
            }
        };
        IEnumerable<string> pushes = Enumerable.Repeat(Call("big", $"{Length}"), Results);
        IEnumerable<string> pulls = Enumerable.Range(1, Results).Select(id => $"[\"pull\",{id}]");

        transport.Deliver(pullsLast
            ? [.. pushes, .. pulls]
            : [.. pushes.Zip(pulls, (push, pull) => new[] { push, pull }).SelectMany(pair => pair)]);
        await TestCalls.WaitForAsync(() =>
        {
            while (releases.TryDequeue(out string? release))
            {
                arrived++;
                transport.Deliver(release);
            }

            return arrived == Results;
        });

        Assert.Null(session.Error);
        Assert.InRange(most, Length, 48 << 20);
        await TestCalls.WaitForAsync(() => session.Statistics is { CallsInFlight: 0, Exports: 1, HeldBytes: 0, UnsentBytes: 0 });
    }

    private static string Call(string member, string arguments) => $"[\"push\",[\"pipeline\",0,[\"{member}\"],[{arguments}]]]";

    private static string LengthOf(string resolve) =>
        JsonDocument.Parse(resolve).RootElement[2].GetString()!.Length.ToString(System.Globalization.CultureInfo.InvariantCulture);

    // A session whose peer has stopped to read during the first answer.
    private static (RpcSession Session, ScriptedTransport Transport, TaskCompletionSource Reading) Block(RpcLimits limits)
    {
        var transport = new ScriptedTransport();
        var options = new RpcSessionOptions { TimeProvider = new ManualTime(), Limits = limits };
        var session = new RpcSession(transport, new HostileTarget(), HostileTarget.Contract, options);
        var reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        transport.Hold = reading.Task;
        transport.Deliver("[\"push\",1]", "[\"pull\",1]");
        return (session, transport, reading);
    }

    /// <summary>Passes messages on only after a task has completed.</summary>
    private sealed class GatedTransport(IRpcTransport inner, Task gate) : IRpcTransport
    {
        public void Start(IRpcReceiver receiver) => inner.Start(receiver);

        public async ValueTask SendAsync(RpcMessages messages, CancellationToken cancellationToken)
        {
            await gate;
            await inner.SendAsync(messages, cancellationToken);
        }

        public ValueTask CloseAsync(Exception? reason) => inner.CloseAsync(reason);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    /// <summary>Keeps calls until the test lets them end, and calls back.</summary>
    private sealed class Gate
    {
        private readonly Queue<TaskCompletionSource<int>> _open = new();
        private readonly List<int> _started = [];

        public static RpcContract<Gate> Contract { get; } = new(
            null,
            RpcMember<Gate>.Method("enter", (gate, call) => call.Return(gate.Enter(call.Required<int>(0, "id")))),
            RpcMember<Gate>.Method("addOne", (_, call) => call.Return(call.Required<int>(0, "n") + 1)),
            RpcMember<Gate>.Method(
                "callBack", (_, call) => call.Return(CallBackAsync(call.Required<RpcStub>(0, "helper"), call.Required<int>(1, "n")))));

        public int[] Started
        {
            get
            {
                lock (_open)
                {
                    return [.. _started];
                }
            }
        }

        public bool TryOpenOne()
        {
            TaskCompletionSource<int>? one;
            lock (_open)
            {
                if (!_open.TryDequeue(out one))
                {
                    return false;
                }
            }

            one.SetResult(1);
            return true;
        }

        private Task<int> Enter(int id)
        {
            lock (_open)
            {
                _started.Add(id);
                var one = new TaskCompletionSource<int>();
                _open.Enqueue(one);
                return one.Task;
            }
        }

        private static async Task<int> CallBackAsync(RpcStub helper, int n) =>
            await helper.CallAsync<int, RpcArguments<int>>("help", new(n));
    }

    /// <summary>An object of the client that calls the server.</summary>
    private sealed class Helper
    {
        static Helper() => RpcContract.Register(Contract!);

        public static RpcContract<Helper> Contract { get; } =
            new(null, RpcMember<Helper>.Method("help", (helper, call) => call.Return(helper.HelpAsync(call.Required<int>(0, "n")))));

        public RpcStub? Server { get; init; }

        private async Task<int> HelpAsync(int n) => await Server!.CallAsync<int, RpcArguments<int>>("addOne", new(n));
    }
}
