using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Node;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.CapnWebNpm;

/// <summary>
/// Has <c>caller.mjs</c> make the calls. Its packages are installed and it is started when the first call is made, which
/// is a set-up's; a start that failed is not tried again.
/// </summary>
internal sealed class NpmCaller : ISelfTimedStub
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "CapnWebNpm");

    private readonly string _method;
    private readonly Lazy<Task<NodeProcess>> _process;
    private readonly Dictionary<ExecuteRequest, NpmReply> _held = new(ReferenceEqualityComparer.Instance);
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _ending = new();
    private NodeProcess? _started;
    private long _sentBytes;
    private long _receivedBytes;
    private bool _ended;

    /// <param name="method">What it is called in messages.</param>
    /// <param name="connection">How the two ends over there are connected.</param>
    public NpmCaller(string method, string connection)
    {
        _method = method;
        // By no caller's token: the start is every caller's.
        _process = new(() => StartAsync(connection));
    }

    public Traffic Traffic => new(_sentBytes, _receivedBytes);

    public async ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation)
    {
        NpmReply reply = await TakeTurnAsync(request, held => new NpmCommand("call", Held: held), calls: _ => 1, cancellation);
        return reply.Response ?? throw Unreadable("no response");
    }

    public async ValueTask<SelfTimedCalls> TimeAsync(ExecuteRequest request, int calls, TimeSpan timeLimit, CancellationToken cancellation)
    {
        NpmReply reply = await TakeTurnAsync(
            request, held => new NpmCommand("time", Held: held, Calls: calls, TimeLimitNs: (long)timeLimit.TotalNanoseconds), timed => timed.Calls?.ElapsedNs.Count ?? 0, cancellation);
        return reply.Calls is { ElapsedNs.Count: > 0 } made && made.ElapsedNs.Count == made.ExecutionMs.Count && made.ElapsedNs.Count <= calls
            ? made
            : throw Unreadable($"not the times of 1 to {calls} calls");
    }

    public async ValueTask DisposeAsync()
    {
        // Before a turn is waited for: the call that has it hears of the end.
        await _ending.CancelAsync();
        if (!_ended)
        {
            _started?.Kill();
        }

        await _turn.WaitAsync();
        await EndAsync();
        _turn.Release();
    }

    private async Task<NodeProcess> StartAsync(string connection)
    {
        await NodePackages.InstallAsync(s_folder, _ending.Token);
        return _started = NodeProcess.StartProgram(Path.Combine(s_folder, "caller.mjs"), connection);
    }

    private async Task<NpmReply> TakeTurnAsync(ExecuteRequest request, Func<int, NpmCommand> command, Func<NpmReply, int> calls, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            if (_ended)
            {
                throw new RuntimeUnreachableException($"{_method}: its Node process was ended, with the connection or because a call was given up.");
            }

            NpmReply held = await HoldAsync(request, cancellation);
            NpmReply reply = await AskAsync(command(held.Held), cancellation);
            Count(held, calls(reply));
            return reply;
        }
        catch (NodeException e)
        {
            throw new RuntimeUnreachableException($"{_method}: {e.Message}", e);
        }
        catch (OperationCanceledException)
        {
            // It is in the midst of an answer, which the next command's would stand behind.
            await EndAsync();
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<NpmReply> HoldAsync(ExecuteRequest request, CancellationToken cancellation)
    {
        if (!_held.TryGetValue(request, out NpmReply? held))
        {
            _held[request] = held = await AskAsync(new NpmCommand("hold", request), cancellation);
            // Its length was taken from a call.
            Count(held, calls: 1);
        }

        return held;
    }

    private async Task<NpmReply> AskAsync(NpmCommand command, CancellationToken cancellation)
    {
        NodeProcess process = await _process.Value.WaitAsync(cancellation);
        await process.WriteLineAsync(command.ToLine(), cancellation);
        NpmReply reply = NpmReply.Read(await process.ReadLineAsync(cancellation)) ?? throw Unreadable("no JSON of a reply");
        return reply.Error is { } error ? throw new RuntimeErrorException(500, $"{_method}: {error}") : reply;
    }

    private void Count(NpmReply held, int calls)
    {
        _sentBytes += held.RequestBytes * calls;
        _receivedBytes += held.ResponseBytes * calls;
    }

    private async Task EndAsync()
    {
        if (!_ended && _started is { } started)
        {
            await started.DisposeAsync();
        }

        _ended = true;
    }

    private RuntimeUnreachableException Unreadable(string what) => new($"{_method}: Node answered with {what}.");
}
