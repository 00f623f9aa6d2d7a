using System.Collections.Concurrent;
using WorkerRpc.Functions;
using WorkerRpc.Tests.Bindings;

[assembly: AssemblyFixture(typeof(WatchedFunctions))]

namespace WorkerRpc.Tests.Bindings;

/// <summary>
/// Functions that let a test see the runtime's side of a call: each known one once more as one that remembers what it
/// was given and what it gave, one that holds its call until the call is cancelled, and one that does what a test says.
/// Calls are told apart by the text of their payload. Made before any test runs, because the list is read without a lock.
/// </summary>
public sealed class WatchedFunctions
{
    /// <summary>The function that does not return.</summary>
    public const string Held = "held";

    /// <summary>The function that does what <see cref="Script"/> says.</summary>
    public const string Scripted = "scripted";

    private static readonly ConcurrentDictionary<string, RuntimeSide> Seen = new();
    private static readonly ConcurrentDictionary<string, HeldCall> Holding = new();
    private static readonly ConcurrentDictionary<string, Func<CancellationToken, ValueTask<string>>> Scripts = new();

    public WatchedFunctions()
    {
        foreach (Function function in FunctionList.All)
        {
            Add(new WatchedFunction(function));
        }

        Add(new HeldFunction());
        Add(new ScriptedFunction());
    }

    /// <summary>The id under which a function is watched.</summary>
    public static string Watched(string function) => function + "-watched";

    /// <summary>What the runtime's side of the one call with this text saw.</summary>
    internal static RuntimeSide RuntimeSideOf(string data) => Seen[data];

    /// <summary>The call of <see cref="Held"/> with this text, whether or not it has arrived.</summary>
    internal static HeldCall CallOf(string data) => Holding.GetOrAdd(data, _ => new HeldCall());

    /// <summary>Says what <see cref="Scripted"/> does for every payload with this text, and with which text it answers.</summary>
    internal static void Script(string data, Func<CancellationToken, ValueTask<string>> script) => Scripts[data] = script;

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
            Assert.True(Seen.TryAdd(payload.Data, new RuntimeSide(payload, response)), "Two calls carry the same text.");
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
            ValueTask<string> script = Scripts[payload.Data](cancellation);
            return script.IsCompletedSuccessfully ? new(payload with { Data = script.Result }) : AnswerAsync(script, payload);
        }

        private static async ValueTask<Payload> AnswerAsync(ValueTask<string> script, Payload payload) => payload with { Data = await script };
    }
}
