using System.Diagnostics;
using WorkerRpc.Benchmarks.Adapter;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands.SelfTest;

/// <summary>
/// A binding that knows how long its calls take, because it measures each around its own wait. A spin that is
/// pre-empted is late, and that is the truth then. It writes what it knows beside the launch's reports.
/// </summary>
public abstract class TruthBinding : IBinding
{
    private protected const int SpinUs = 50;
    private const int SlowUs = 500;

    /// <inheritdoc/>
    public abstract string Id { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => ["selftest"];

    /// <inheritdoc/>
    public string Settings => "made for the self-test: waits for a time that it measures itself";

    // Any channel: a binding without one is taken for one that stays in the caller.
    /// <inheritdoc/>
    public Channel? Channel => HttpChannels.InMemory;

    /// <inheritdoc/>
    public IServerHalf? Server => null;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host) => new Stub(this);

    /// <summary>Waits, ends the call, and answers it.</summary>
    internal abstract ValueTask<ExecuteResponse> AnswerAsync(TruthCall call);

    /// <summary>97 % of calls are short and 3 % long, evenly spread.</summary>
    private protected static int MixedUs(long call) => call % 100 is 17 or 50 or 83 ? SlowUs : SpinUs;

    /// <summary>Spins until so many µs after a reading.</summary>
    private protected static void Spin(long began, int us = SpinUs)
    {
        long end = began + (Stopwatch.Frequency * us / 1_000_000);
        while (Stopwatch.GetTimestamp() < end)
        {
        }
    }

    private sealed class Stub : IRuntimeStub
    {
        private readonly TruthBinding _binding;
        private readonly Truth _truth = new(CurrentLaunch.Value.Plan.Run.Calls);
        private long _calls;

        public Stub(TruthBinding binding)
        {
            _binding = binding;
            string folder = CurrentLaunch.Value.Plan.Folder;
            // Not when it is disposed: a host that stops is disposed by two parties, and the one that comes second does not wait.
            AppDomain.CurrentDomain.ProcessExit += (_, _) => _truth.Write(folder, binding.Id);
        }

        public Traffic Traffic => default;

        public ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation)
        {
            long began = Stopwatch.GetTimestamp();
            // All that can be done ahead is: what lies between the truth's last reading and the caller's is no wait of
            // the binding's, and after a pre-emption even that short way finds cold caches.
            var response = new ExecuteResponse<Payload>(request.Payload, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), ExecutionTimeMs: 0);
            return _binding.AnswerAsync(new TruthCall(CurrentLaunch.Value.Record.IsPassing ? _truth : null, ++_calls, began, response));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

/// <summary>A call that is being answered.</summary>
/// <param name="Truth">Where its time is kept; null outside a pass.</param>
/// <param name="Number">From 1.</param>
/// <param name="Began">The Stopwatch's reading at its beginning.</param>
/// <param name="Response">The answer.</param>
internal readonly record struct TruthCall(Truth? Truth, long Number, long Began, ExecuteResponse Response)
{
    /// <summary>Keeps its time up to now.</summary>
    public ExecuteResponse End()
    {
        Truth?.Add(Began, Stopwatch.GetTimestamp());
        return Response;
    }
}

/// <summary>Every call takes 50 µs.</summary>
public sealed class ConstantTruth : TruthBinding
{
    /// <inheritdoc/>
    public override string Id => "truth-constant";

    internal override ValueTask<ExecuteResponse> AnswerAsync(TruthCall call)
    {
        Spin(call.Began);
        return new ValueTask<ExecuteResponse>(call.End());
    }
}

/// <summary>97 % of the calls take 50 µs, 3 % take 500 µs.</summary>
public sealed class MixedTruth : TruthBinding
{
    /// <inheritdoc/>
    public override string Id => "truth-mixed";

    internal override ValueTask<ExecuteResponse> AnswerAsync(TruthCall call)
    {
        Spin(call.Began, MixedUs(call.Number));
        return new ValueTask<ExecuteResponse>(call.End());
    }
}

/// <summary>The same, completing on another thread.</summary>
public sealed class MixedAsyncTruth : TruthBinding
{
    /// <inheritdoc/>
    public override string Id => "truth-mixed-async";

    internal override ValueTask<ExecuteResponse> AnswerAsync(TruthCall call)
    {
        // Its continuation, the caller's, runs on the thread that completes it.
        var completion = new TaskCompletionSource<ExecuteResponse>();
        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                Spin(call.Began, MixedUs(call.Number));
                completion.SetResult(call.End());
            },
            null);
        return new ValueTask<ExecuteResponse>(completion.Task);
    }
}

/// <summary>Every call takes 50 µs, and one in a thousand stalls for 100 ms.</summary>
public sealed class StallTruth : TruthBinding
{
    private const int CallsPerStall = 1_000;
    private static readonly TimeSpan s_stall = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    public override string Id => "truth-stall";

    internal override ValueTask<ExecuteResponse> AnswerAsync(TruthCall call)
    {
        if (call.Number % CallsPerStall == 0)
        {
            return StallAsync(call);
        }

        Spin(call.Began);
        return new ValueTask<ExecuteResponse>(call.End());
    }

    private static async ValueTask<ExecuteResponse> StallAsync(TruthCall call)
    {
        await Task.Delay(s_stall);
        return call.End();
    }
}

/// <summary>Every call takes 50 µs in launches 1, 3, … and 100 µs in the others.</summary>
public sealed class BimodalTruth : TruthBinding
{
    /// <inheritdoc/>
    public override string Id => "truth-bimodal";

    internal override ValueTask<ExecuteResponse> AnswerAsync(TruthCall call)
    {
        Spin(call.Began, CurrentLaunch.Value.Plan.Number % 2 == 1 ? SpinUs : 2 * SpinUs);
        return new ValueTask<ExecuteResponse>(call.End());
    }
}
