using Microsoft.Extensions.Logging.Abstractions;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Pipe;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Bindings.Pipe;

/// <summary>A client and a session that are connected by a pipe, and requests for the tests.</summary>
internal sealed class PipeLink : IAsyncDisposable
{
    public PipeLink(PipeScheduling scheduling, int maxFrameBytes = FrameLimit.DefaultBytes)
    {
        (PipeConnection caller, PipeConnection runtime) = PipeConnection.CreatePair(scheduling, maxFrameBytes);
        Session = Serve(runtime);
        Client = new PipeClient(caller);
    }

    public static TheoryData<PipeScheduling> Schedulings => [.. Enum.GetValues<PipeScheduling>()];

    public PipeClient Client { get; }

    public PipeSession Session { get; }

    public static PipeSession Serve(PipeConnection runtime) => new(runtime, NullLogger.Instance);

    public static ExecuteRequest Request(string function, string data) => new(function, new Payload(data, new PayloadMetadata(1)), 1);

    public static ExecuteRequest Echo(string data) => Request("echo", data);

    /// <summary>Creates a request whose function runs the script.</summary>
    public static ExecuteRequest Scripted(Func<CancellationToken, ValueTask<string>> script)
    {
        string data = Guid.NewGuid().ToString();
        WatchedFunctions.Script(data, script);
        return Request(WatchedFunctions.Scripted, data);
    }

    /// <summary>Creates a request whose function waits until its call is cancelled.</summary>
    public static (ExecuteRequest Request, WatchedFunctions.HeldCall Call) Held()
    {
        string data = Guid.NewGuid().ToString();
        return (Request(WatchedFunctions.Held, data), WatchedFunctions.CallOf(data));
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Session.Ended;
    }
}

/// <summary>Calls that return only the text of the answer's payload.</summary>
internal static class PipeCalls
{
    public static Task<string> CallAsync(this PipeLink link, ExecuteRequest request, CancellationToken cancellation) =>
        link.Client.CallAsync(request, cancellation);

    public static async Task<string> CallAsync(this IRuntimeStub client, ExecuteRequest request, CancellationToken cancellation) =>
        ((ExecuteResponse<Payload>)await client.ExecuteAsync(request, cancellation)).Result.Data;
}
