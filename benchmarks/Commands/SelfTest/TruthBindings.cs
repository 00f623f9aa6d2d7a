using System.Diagnostics;
using WorkerRpc.Benchmarks.Adapter;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands.SelfTest;

/// <summary>
/// A method that knows the length of its calls, because it times its own wait in each call. If a pre-emption makes a wait longer,
/// the longer time is the true one. When the process exits, it writes the times to the folder of the launch's report.
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

    /// <inheritdoc/>
    // Any channel will do. A method without a channel would count as running in the caller.
    public Channel? Channel => HttpChannels.InMemory;

    /// <inheritdoc/>
    public IServerHalf? Server => null;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host) => new Stub(this);

    /// <summary>Waits, records the call's time, and returns its response.</summary>
    internal abstract ValueTask<ExecuteResponse> AnswerAsync(TruthCall call);

    /// <summary>The length of a call in µs: 50 for 97 % of the calls, 500 for 3 %, evenly spread.</summary>
    private protected static int MixedUs(long call) => call % 100 is 17 or 50 or 83 ? SlowUs : SpinUs;

    /// <summary>Spins until a number of µs after a start, which is a reading of Stopwatch.</summary>
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
            // Not in DisposeAsync: two callers dispose a host that stops, and the second one does not wait for the first.
            AppDomain.CurrentDomain.ProcessExit += (_, _) => _truth.Write(folder, binding.Id);
        }

        public Traffic Traffic => default;

        public ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation)
        {
            long began = Stopwatch.GetTimestamp();
            // Makes the response before the wait. Work after the wait would be in the caller's time and not in the true time.
            var response = new ExecuteResponse<Payload>(
                request.Payload, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), ExecutionTimeMs: 0);
            return _binding.AnswerAsync(new TruthCall(CurrentLaunch.Value.Record.IsPassing ? _truth : null, ++_calls, began, response));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

/// <summary>A call in progress.</summary>
/// <param name="Truth">Receives the call's time; null outside a timed pass.</param>
/// <param name="Number">Number of the call, from 1.</param>
/// <param name="Began">Stopwatch reading at the start of the call.</param>
/// <param name="Response">Response to return.</param>
internal readonly record struct TruthCall(Truth? Truth, long Number, long Began, ExecuteResponse Response)
{
    /// <summary>Records the time from the call's start until now, and returns the response.</summary>
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

/// <summary>97 % of the calls take 50 µs, 3 % take 500 µs. They complete on a thread of the pool.</summary>
public sealed class MixedAsyncTruth : TruthBinding
{
    /// <inheritdoc/>
    public override string Id => "truth-mixed-async";

    internal override ValueTask<ExecuteResponse> AnswerAsync(TruthCall call)
    {
        // Without RunContinuationsAsynchronously the caller continues on the pool thread, at once.
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
