using System.Collections.Concurrent;
using WorkerRpc.Functions;
using WorkerRpc.Tests.Bindings;

[assembly: AssemblyFixture(typeof(WatchedFunctions))]

namespace WorkerRpc.Tests.Bindings;

/// <summary>
/// Adds functions that show a test the runtime's side of a call. Each known function gets a variant that records its payload
/// and response. One function waits until its call is cancelled, and one runs a script of the test. The text of the payload
/// identifies the call. xunit creates this fixture before any test, because the function list has no lock.
/// </summary>
public sealed class WatchedFunctions
{
    /// <summary>The id of the function that waits until its call is cancelled.</summary>
    public const string Held = "held";

    /// <summary>The id of the function that runs the delegate passed to <see cref="Script"/>.</summary>
    public const string Scripted = "scripted";

    private static readonly ConcurrentDictionary<string, RuntimeSide> s_seen = new();
    private static readonly ConcurrentDictionary<string, HeldCall> s_holding = new();
    private static readonly ConcurrentDictionary<string, Func<CancellationToken, ValueTask<string>>> s_scripts = new();

    public WatchedFunctions()
    {
        foreach (Function function in FunctionList.All)
        {
            Add(new WatchedFunction(function));
        }

        Add(new HeldFunction());
        Add(new ScriptedFunction());
    }

    /// <summary>The id of the recording variant of a function.</summary>
    public static string Watched(string function) => function + "-watched";

    /// <summary>The payload and response that the runtime recorded for the call with this text.</summary>
    internal static RuntimeSide RuntimeSideOf(string data) => s_seen[data];

    /// <summary>The call of <see cref="Held"/> with this text, which may not have arrived yet.</summary>
    internal static HeldCall CallOf(string data) => s_holding.GetOrAdd(data, _ => new HeldCall());

    /// <summary>Sets the delegate that <see cref="Scripted"/> runs for payloads with this text. It returns the answer's text.</summary>
    internal static void Script(string data, Func<CancellationToken, ValueTask<string>> script) => s_scripts[data] = script;

    private static void Add(Function function) => FunctionList.ById.Add(function.Id, function);

    internal sealed record RuntimeSide(Payload Received, ExecuteResponse Returned);

    internal sealed class HeldCall
    {
        private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Arrived => _arrived.Task;

        public Task Cancelled => _cancelled.Task;

        public async ValueTask<Payload> HoldAsync(Payload payload, CancellationToken cancellation)
        {
            await using CancellationTokenRegistration watch = cancellation.Register(_cancelled.SetResult);
            _arrived.SetResult();
            await Cancelled;
            cancellation.ThrowIfCancellationRequested();
            return payload;
        }
    }

    private sealed class WatchedFunction(Function watched) : Function
    {
        public override string Id => Watched(watched.Id);

        public override Type ResponseType => watched.ResponseType;

        public override async ValueTask<ExecuteResponse> ExecuteAsync(Payload payload, CancellationToken cancellation)
        {
            ExecuteResponse response = await watched.ExecuteAsync(payload, cancellation);
            Assert.True(s_seen.TryAdd(payload.Data, new RuntimeSide(payload, response)), "Two calls carry the same text.");
            return response;
        }
    }

    private sealed class HeldFunction : Function<Payload>
    {
        public override string Id => Held;

        protected override ValueTask<Payload> InvokeAsync(Payload payload, CancellationToken cancellation) =>
            CallOf(payload.Data).HoldAsync(payload, cancellation);
    }

    private sealed class ScriptedFunction : Function<Payload>
    {
        public override string Id => Scripted;

        protected override ValueTask<Payload> InvokeAsync(Payload payload, CancellationToken cancellation)
        {
            ValueTask<string> script = s_scripts[payload.Data](cancellation);
            return script.IsCompletedSuccessfully ? new(payload with { Data = script.Result }) : AnswerAsync(script, payload);
        }

        private static async ValueTask<Payload> AnswerAsync(ValueTask<string> script, Payload payload) =>
            payload with { Data = await script };
    }
}
