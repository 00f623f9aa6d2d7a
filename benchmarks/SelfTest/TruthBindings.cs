using System.Diagnostics;
using WorkerRpc.Benchmarks.Measurement;
using WorkerRpc.Bindings;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.SelfTest;

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
    public RuntimeChannel? Channel => RuntimeChannel.InMemoryHttp;

    /// <inheritdoc/>
    public IServerHalf? Server => null;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host) => new Stub(this);

    /// <summary>Waits.</summary>
    /// <param name="call">The call's number, from 1.</param>
    /// <param name="began">The Stopwatch's reading at the beginning.</param>
    internal abstract ValueTask WaitAsync(long call, long began);

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
        private readonly Truth _truth = new(Launch.Current.Plan.Run.Calls);
        private long _calls;

        public Stub(TruthBinding binding)
        {
            _binding = binding;
            string folder = Launch.Current.Plan.Folder;
            // Not when it is disposed: a host that stops is disposed by two parties, and the one that comes second does not wait.
            AppDomain.CurrentDomain.ProcessExit += (_, _) => _truth.Write(folder, binding.Id);
        }

        public Traffic Traffic => default;

        public async ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation)
        {
            long began = Stopwatch.GetTimestamp();
            // Within the wait, so that what the caller sees beyond the truth is the hand-over alone.
            ExecuteResponse response = await FunctionList.Find(request.FunctionId).ExecuteAsync(request.Payload, cancellation);
            bool isTimed = Launch.Current.Record.IsPassing;
            await _binding.WaitAsync(++_calls, began);
            if (isTimed)
            {
                // As late as can be: after a pre-emption even the way back to the caller finds cold caches.
                _truth.Add(Stopwatch.GetTimestamp() - began);
            }

            return response;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

/// <summary>Every call takes 50 µs.</summary>
public sealed class ConstantTruth : TruthBinding
{
    /// <inheritdoc/>
    public override string Id => "truth-constant";

    internal override ValueTask WaitAsync(long call, long began)
    {
        Spin(began);
        return ValueTask.CompletedTask;
    }
}

/// <summary>97 % of the calls take 50 µs, 3 % take 500 µs.</summary>
public sealed class MixedTruth : TruthBinding
{
    /// <inheritdoc/>
    public override string Id => "truth-mixed";

    internal override ValueTask WaitAsync(long call, long began)
    {
        Spin(began, MixedUs(call));
        return ValueTask.CompletedTask;
    }
}

/// <summary>The same, completing on another thread.</summary>
public sealed class MixedAsyncTruth : TruthBinding
{
    /// <inheritdoc/>
    public override string Id => "truth-mixed-async";

    internal override ValueTask WaitAsync(long call, long began)
    {
        // Its continuation, the caller's, runs on the thread that completes it.
        var completion = new TaskCompletionSource();
        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                Spin(began, MixedUs(call));
                completion.SetResult();
            },
            null);
        return new ValueTask(completion.Task);
    }
}

/// <summary>Every call takes 50 µs, and one in a thousand stalls for 100 ms.</summary>
public sealed class StallTruth : TruthBinding
{
    private const int CallsPerStall = 1_000;
    private static readonly TimeSpan s_stall = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    public override string Id => "truth-stall";

    internal override async ValueTask WaitAsync(long call, long began)
    {
        if (call % CallsPerStall == 0)
        {
            await Task.Delay(s_stall);
        }

        Spin(began);
    }
}

/// <summary>Every call takes 50 µs in launches 1, 3, … and 100 µs in the others.</summary>
public sealed class BimodalTruth : TruthBinding
{
    /// <inheritdoc/>
    public override string Id => "truth-bimodal";

    internal override ValueTask WaitAsync(long call, long began)
    {
        Spin(began, Launch.Current.Plan.Number % 2 == 1 ? SpinUs : 2 * SpinUs);
        return ValueTask.CompletedTask;
    }
}
