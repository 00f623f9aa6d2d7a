using System.Diagnostics;
using WorkerRpc.Benchmarks.Adapter;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands.SelfTest;

/// <summary>
/// A method that knows the true length of its calls, because each call contains a wait that the method times. If a pre-emption makes a
/// wait longer, the longer time is the true one. When the process exits, the method writes the times to the launch's folder.
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
    // The kind of channel does not matter, but without a channel the method would count as running in the caller.
    public Channel? Channel => HttpChannels.InMemory;

    /// <inheritdoc/>
    public IServerHalf? Server => null;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host) => new TruthStub(this);

    /// <summary>Waits, records the true times of the call, and returns the call's response.</summary>
    internal abstract ValueTask<ExecuteResponse> AnswerAsync(TruthCall call);

    /// <summary>The length of a call in µs: 50 for 97 % of the calls, 500 for the other 3 %, which are evenly spread.</summary>
    private protected static int MixedUs(long call) => call % 100 is 17 or 50 or 83 ? SlowUs : SpinUs;

    /// <summary>Waits in a busy loop until <paramref name="us"/> µs after <paramref name="began"/>, which is a Stopwatch reading.</summary>
    private protected static void Spin(long began, int us = SpinUs)
    {
        long end = began + (Stopwatch.Frequency * us / 1_000_000);
        while (Stopwatch.GetTimestamp() < end)
        {
        }
    }

    private sealed class TruthStub : IRuntimeStub
    {
        private readonly TruthBinding _binding;
        private readonly Truth _truth = new(CurrentLaunch.Value.Plan.Run.Calls);
        private long _calls;

        public TruthStub(TruthBinding binding)
        {
            _binding = binding;
            string folder = CurrentLaunch.Value.Plan.Folder;
            // Writes the file when the process exits, because a caller of DisposeAsync might not wait: a host that stops is disposed
            // twice, and the second call returns before the first has finished.
            AppDomain.CurrentDomain.ProcessExit += (_, _) => _truth.Write(folder, binding.Id);
        }

        public Traffic Traffic => default;

        public ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation)
        {
            long began = Stopwatch.GetTimestamp();
            // Creates the response before the wait. If it were created after the wait, the caller's time would include that work, but the
            // true time would not.
            var response = new ExecuteResponse<Payload>(
                request.Payload, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), ExecutionTimeMs: 0);
            return _binding.AnswerAsync(new TruthCall(CurrentLaunch.Value.Record.IsPassing ? _truth : null, ++_calls, began, response));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

/// <summary>A call of a method that knows the true length of its calls.</summary>
/// <param name="Truth">Receives the call's times, or null outside a timed pass.</param>
/// <param name="Number">The number of the call, from 1.</param>
/// <param name="Began">The Stopwatch reading at the start of the call.</param>
/// <param name="Response">The response to return.</param>
internal readonly record struct TruthCall(Truth? Truth, long Number, long Began, ExecuteResponse Response)
{
    /// <summary>Records the call's true time, which ends now, and returns the response.</summary>
    public ExecuteResponse End()
    {
        Truth?.Add(Began, Stopwatch.GetTimestamp());
        return Response;
    }
}

/// <summary>A method whose calls all take 50 µs.</summary>
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

/// <summary>A method whose calls take 50 µs (97 % of the calls) or 500 µs (3 %).</summary>
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

/// <summary>A method whose calls take 50 µs (97 % of the calls) or 500 µs (3 %). The calls complete on a thread of the pool.</summary>
public sealed class MixedAsyncTruth : TruthBinding
{
    /// <inheritdoc/>
    public override string Id => "truth-mixed-async";

    internal override ValueTask<ExecuteResponse> AnswerAsync(TruthCall call)
    {
        // Without RunContinuationsAsynchronously, the caller continues at once, on the same pool thread.
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

/// <summary>A method whose calls take 50 µs, except that one call in a thousand stalls for 100 ms.</summary>
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

/// <summary>A method whose calls take 50 µs in launches with an odd number, and 100 µs in all others.</summary>
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
