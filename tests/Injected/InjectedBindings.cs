using System.Collections.Concurrent;
using System.Diagnostics;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Injected;

/// <summary>
/// A base class of bindings that misbehave. The program loads them like a user's own: <c>--bindings WorkerRpc.Tests.dll</c>.
/// </summary>
public abstract class InjectedBinding : IBinding
{
    public abstract string Id { get; }

    public IReadOnlyList<string> Tags => ["injected"];

    public string Settings => "made for a test";

    // Any channel will do. A binding without a channel would count as one that runs in the caller.
    public Channel? Channel => HttpChannels.InMemory;

    public IServerHalf? Server => null;

    public virtual IRuntimeStub Connect(IRuntimeHost host) => new Stub(this);

    protected abstract ValueTask BeforeCallAsync(int call);

    protected virtual ExecuteResponse After(int call, ExecuteResponse answer) => answer;

    private sealed class Stub(InjectedBinding binding) : IRuntimeStub
    {
        private int _calls;

        public Traffic Traffic => default;

        public async ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation)
        {
            int call = ++_calls;
            await binding.BeforeCallAsync(call);
            return binding.After(call, await FunctionList.Find(request.FunctionId).ExecuteAsync(request.Payload, cancellation));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

/// <summary>Delays each call by 1.5 ms.</summary>
public sealed class SlowBinding : InjectedBinding
{
    public override string Id => "slow";

    protected override ValueTask BeforeCallAsync(int call)
    {
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began).TotalMilliseconds < 1.5)
        {
        }

        return ValueTask.CompletedTask;
    }
}

/// <summary>Answers the first call of a stub, then throws.</summary>
public sealed class ThrowingBinding : InjectedBinding
{
    public const string Message = "injected failure";

    public override string Id => "throws";

    protected override ValueTask BeforeCallAsync(int call) =>
        call > 1 ? throw new InvalidOperationException(Message) : ValueTask.CompletedTask;
}

/// <summary>Throws in one call of the warm-up.</summary>
public sealed class ThrowingOnceBinding : InjectedBinding
{
    public override string Id => "throws-once";

    protected override ValueTask BeforeCallAsync(int call) =>
        call == 20 ? throw new InvalidOperationException(ThrowingBinding.Message) : ValueTask.CompletedTask;
}

/// <summary>Gives one wrong answer in the warm-up.</summary>
public sealed class LyingOnceBinding : InjectedBinding
{
    public override string Id => "lies-once";

    protected override ValueTask BeforeCallAsync(int call) => ValueTask.CompletedTask;

    protected override ExecuteResponse After(int call, ExecuteResponse answer) => call == 20
        ? new ExecuteResponse<Payload>(new Payload("a lie", new PayloadMetadata(0)), answer.RuntimeTimestamp, answer.ExecutionTimeMs)
        : answer;
}

/// <summary>Keeps 200 bytes of each call, and changes settings of the process when it connects.</summary>
public sealed class CarelessBinding : InjectedBinding
{
    private readonly ConcurrentBag<byte[]> _kept = [];

    public override string Id => "careless";

    public override IRuntimeStub Connect(IRuntimeHost host)
    {
        ThreadPool.GetMinThreads(out int workers, out int io);
        ThreadPool.SetMinThreads(workers + 1, io);
        return base.Connect(host);
    }

    protected override ValueTask BeforeCallAsync(int call)
    {
        _kept.Add(new byte[200]);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Fails a call while another call is in flight.</summary>
public sealed class CrowdedBinding : InjectedBinding
{
    public const string Message = "occupied";

    private int _inFlight;

    public override string Id => "crowded";

    protected override async ValueTask BeforeCallAsync(int call)
    {
        if (Interlocked.Increment(ref _inFlight) > 1)
        {
            throw new InvalidOperationException(Message);
        }

        await Task.Yield();
        Interlocked.Decrement(ref _inFlight);
    }
}

/// <summary>Ends the process in the first launch and works in later launches.</summary>
public sealed class ExitingBinding : InjectedBinding
{
    /// <summary>The environment variable with the path of a marker file. The first launch creates the file.</summary>
    public const string MarkerVariable = "INJECTED_EXIT_MARKER";

    public const int ExitCode = 7;

    public override string Id => "exits-once";

    protected override ValueTask BeforeCallAsync(int call)
    {
        string marker = Environment.GetEnvironmentVariable(MarkerVariable)!;
        if (!File.Exists(marker))
        {
            File.WriteAllText(marker, "");
            Environment.Exit(ExitCode);
        }

        return ValueTask.CompletedTask;
    }
}

/// <summary>Answers the first call of a stub. Later calls hang and ignore cancellation.</summary>
public sealed class HangingBinding : InjectedBinding
{
    private readonly TaskCompletionSource _never = new();

    public override string Id => "hangs";

    protected override ValueTask BeforeCallAsync(int call) => call > 1 ? new ValueTask(_never.Task) : ValueTask.CompletedTask;
}

/// <summary>
/// Answers from one thread, which also runs the caller's continuations, as the reader of a connection may do.
/// Fails if the caller blocks that thread, or keeps a thread of the pool busy all the time.
/// </summary>
public sealed class ReaderBinding : InjectedBinding
{
    private const int Window = 5000;

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);

    private readonly BlockingCollection<TaskCompletionSource> _sent = [];
    private int _leastBusy = int.MaxValue;

    public ReaderBinding() => new Thread(Read) { IsBackground = true }.Start();

    public override string Id => "reader";

    protected override async ValueTask BeforeCallAsync(int call)
    {
        var answer = new TaskCompletionSource();
        _sent.Add(answer);
        await answer.Task.WaitAsync(s_timeout);
        // The code after the await runs on the reader's thread, so a pool that nobody holds has no busy thread now and then.
        _leastBusy = Math.Min(_leastBusy, BusyPoolThreads());
        if (call % Window == 0)
        {
            if (_leastBusy > 0 && !PoolBecomesIdle())
            {
                throw new InvalidOperationException($"{_leastBusy} threads of the pool were held all the time.");
            }

            _leastBusy = int.MaxValue;
        }
    }

    private static int BusyPoolThreads()
    {
        ThreadPool.GetMaxThreads(out int limit, out _);
        ThreadPool.GetAvailableThreads(out int available, out _);
        return limit - available;
    }

    // On a busy machine a pool thread may have unfinished work in all calls of a window. A thread that is held stays busy here too.
    private static bool PoolBecomesIdle() => SpinWait.SpinUntil(() => BusyPoolThreads() == 0, s_timeout);

    private void Read()
    {
        foreach (TaskCompletionSource answer in _sent.GetConsumingEnumerable())
        {
            answer.SetResult();
        }
    }
}
