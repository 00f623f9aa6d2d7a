using System.Threading.Tasks.Sources;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.Tests.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Sessions;

/// <summary>Allocations of plain calls.</summary>
[Collection(nameof(SessionTelemetry))]
public sealed class AllocationTests
{
    private const int Calls = 1000;
    private const int Rounds = 100;

    [Fact]
    public async Task Plain_call_allocates_nothing_on_either_side()
    {
        await using Pair pair = Make();

        Assert.Equal(0, await TestCalls.InBackgroundAsync(() => MeasureAsync(pair.Main, "next")));
    }

    [Fact]
    public async Task Asynchronous_call_allocates_only_in_its_method()
    {
        await using Pair pair = Make();

        Assert.Equal(0, await TestCalls.InBackgroundAsync(() => MeasureAsync(pair.Main, "nextLater")));
    }

    private static Pair Make()
    {
        // Everything runs on one thread, so that its counter covers both sides.
        var options = new RpcSessionOptions { TimeProvider = new ManualTime(), AllowSynchronousContinuations = true };
        return new Pair(new Plain(), Plain.Contract, options, options);
    }

    private static async Task<long> MeasureAsync(RpcStub main, string method)
    {
        for (int i = 0; i < Calls; i++)
        {
            Assert.Equal(2, await main.InvokeAsync<int, RpcArguments<int>>(method, new(1)));
        }
        // Other tests and the JIT compiler may allocate during a round, so the round with the fewest bytes counts.
        long least = long.MaxValue;
        for (int round = 0; round < Rounds && least > 0; round++)
        {
            int thread = Environment.CurrentManagedThreadId;
            long before = GC.GetAllocatedBytesForCurrentThread();
            int sum = 0;
            for (int i = 0; i < Calls; i++)
            {
                sum += await main.InvokeAsync<int, RpcArguments<int>>(method, new(1));
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

    /// <summary>A task that is pending when it is returned, and allocates nothing.</summary>
    private sealed class ReusedTask : IValueTaskSource<int>
    {
        private ManualResetValueTaskSourceCore<int> _core;

        public ValueTask<int> Begin()
        {
            _core.Reset();
            return new ValueTask<int>(this, _core.Version);
        }

        public void End(int result) => _core.SetResult(result);

        public int GetResult(short token) => _core.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);
    }
}
