using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.Tests.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Sessions;

/// <summary>What a plain call costs in memory.</summary>
[Collection(nameof(SessionTelemetry))]
public sealed class AllocationTests
{
    private const int Calls = 1000;
    private const int Rounds = 100;

    [Fact]
    public async Task A_plain_call_allocates_nothing_on_either_side()
    {
        await using Pair pair = Make();

        Assert.Equal(0, await TestCalls.InBackgroundAsync(() => MeasureAsync(pair.Main, static main => main.InvokeAsync<int, RpcArguments<int>>("next", new(1)))));
    }

    [Fact]
    public async Task A_call_whose_method_answers_later_allocates_only_what_the_method_does()
    {
        await using Pair pair = Make();

        Assert.Equal(0, await TestCalls.InBackgroundAsync(() => MeasureAsync(pair.Main, static main => main.InvokeAsync<int, RpcArguments<int>>("nextLater", new(1)))));
    }

    private static Pair Make()
    {
        // All on one thread, so that what is counted is the calls' own.
        var options = new RpcSessionOptions { TimeProvider = new ManualTime(), AllowSynchronousContinuations = true };
        return new Pair(new Plain(), Plain.Contract, options, options);
    }

    private static async Task<long> MeasureAsync(RpcStub main, Func<RpcStub, ValueTask<int>> call)
    {
        for (int i = 0; i < Calls; i++)
        {
            Assert.Equal(2, await call(main));
        }
        // Other tests share the pools and may take what was pooled here, and the compiler may not be done with what they
        // keep it from: one round without either tells.
        long least = long.MaxValue;
        for (int round = 0; round < Rounds && least > 0; round++)
        {
            int thread = Environment.CurrentManagedThreadId;
            long before = GC.GetAllocatedBytesForCurrentThread();
            int sum = 0;
            for (int i = 0; i < Calls; i++)
            {
                sum += await call(main);
            }
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            Assert.Equal(2 * Calls, sum);
        }
        return least;
    }

    private sealed class Plain
    {
        private readonly ReusedTask _task = new();

        public static RpcContract<Plain> Contract { get; } = new(
            null,
            RpcMember<Plain>.Method("next", static (_, call) => call.Return(call.Required<int>(0, "n") + 1)),
            RpcMember<Plain>.Method("nextLater", static (plain, call) =>
            {
                int next = call.Required<int>(0, "n") + 1;
                call.Return(plain._task.Begin());
                plain._task.End(next);
            }));
    }

    /// <summary>A task that is pending when it is given, and costs nothing.</summary>
    private sealed class ReusedTask : System.Threading.Tasks.Sources.IValueTaskSource<int>
    {
        private System.Threading.Tasks.Sources.ManualResetValueTaskSourceCore<int> _core;

        public ValueTask<int> Begin()
        {
            _core.Reset();
            return new ValueTask<int>(this, _core.Version);
        }

        public void End(int result) => _core.SetResult(result);

        public int GetResult(short token) => _core.GetResult(token);

        public System.Threading.Tasks.Sources.ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, System.Threading.Tasks.Sources.ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);
    }
}
