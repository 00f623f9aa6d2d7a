using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Node;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.CapnWebNpm;

/// <summary>
/// Lets Node make and time the calls, by sending commands to the program <c>caller.mjs</c>. The first call installs the npm
/// packages and starts Node. It is a call of the set-up, so its time does not count. A failed start is not retried.
/// </summary>
internal sealed class NpmCaller : ISelfTimedStub
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "CapnWebNpm");

    private readonly string _method;
    private readonly Lazy<Task<NodeProcess>> _process;
    private readonly Dictionary<ExecuteRequest, NpmReply> _stored = new(ReferenceEqualityComparer.Instance);
    private readonly SemaphoreSlim _lock = new(1);
    private readonly CancellationTokenSource _ending = new();
    private NodeProcess? _started;
    private long _sentBytes;
    private long _receivedBytes;
    private bool _ended;

    /// <param name="method">The method's name in error messages.</param>
    /// <param name="connection">The kind of connection between the two ends in Node: memory or websocket.</param>
    public NpmCaller(string method, string connection)
    {
        _method = method;
        // Node is started once for all callers, so the start does not use the cancellation token of a single call.
        _process = new(() => StartAsync(connection));
    }

    public Traffic Traffic => new(_sentBytes, _receivedBytes);

    public async ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation)
    {
        NpmReply reply = await RunExclusiveAsync(request, stored => new NpmCommand("call", Held: stored), calls: _ => 1, cancellation);
        return reply.Response ?? throw Unreadable("no response");
    }

    public async ValueTask<SelfTimedCalls> TimeAsync(ExecuteRequest request, int calls, TimeSpan timeLimit, CancellationToken cancellation)
    {
        NpmReply reply = await RunExclusiveAsync(
            request,
            stored => new NpmCommand("time", Held: stored, Calls: calls, TimeLimitNs: (long)timeLimit.TotalNanoseconds),
            timed => timed.Calls?.ElapsedNs.Count ?? 0,
            cancellation);
        return reply.Calls is { ElapsedNs.Count: > 0 } result
            && result.ElapsedNs.Count == result.ExecutionMs.Count
            && result.ElapsedNs.Count <= calls
            ? result
            : throw Unreadable($"not the times of 1 to {calls} calls");
    }

    public async ValueTask DisposeAsync()
    {
        // This cancels a running start and kills Node before waiting for the lock, so that a running call fails and releases the lock.
        await _ending.CancelAsync();
        if (!_ended)
        {
            _started?.Kill();
        }

        await _lock.WaitAsync();
        await EndAsync();
        _lock.Release();
    }

    private async Task<NodeProcess> StartAsync(string connection)
    {
        await NodePackages.InstallAsync(s_folder, _ending.Token);
        return _started = NodeProcess.StartProgram(Path.Combine(s_folder, "caller.mjs"), connection);
    }

    private async Task<NpmReply> RunExclusiveAsync(
        ExecuteRequest request, Func<int, NpmCommand> command, Func<NpmReply, int> calls, CancellationToken cancellation)
    {
        await _lock.WaitAsync(cancellation);
        try
        {
            if (_ended)
            {
                throw new RuntimeUnreachableException(
                    $"{_method}: its Node process was ended, with the connection or because a call was given up.");
            }

            NpmReply stored = await StoreAsync(request, cancellation);
            NpmReply reply = await SendAsync(command(stored.Held), cancellation);
            AddTraffic(stored, calls(reply));
            return reply;
        }
        catch (NodeException e)
        {
            throw new RuntimeUnreachableException($"{_method}: {e.Message}", e);
        }
        catch (OperationCanceledException)
        {
            // Node still writes the answer of the cancelled command, and the next command would read it as its own. So Node is stopped.
            await EndAsync();
            throw;
        }
        finally
        {
            _lock.Release();
        }
    }

    private async Task<NpmReply> StoreAsync(ExecuteRequest request, CancellationToken cancellation)
    {
        if (!_stored.TryGetValue(request, out NpmReply? stored))
        {
            _stored[request] = stored = await SendAsync(new NpmCommand("hold", request), cancellation);
            // Node makes one call when it stores a request, to measure the sizes in bytes. The bytes of that call count as traffic too.
            AddTraffic(stored, calls: 1);
        }

        return stored;
    }

    private async Task<NpmReply> SendAsync(NpmCommand command, CancellationToken cancellation)
    {
        NodeProcess process = await _process.Value.WaitAsync(cancellation);
        await process.WriteLineAsync(command.ToLine(), cancellation);
        NpmReply reply = NpmReply.Read(await process.ReadLineAsync(cancellation)) ?? throw Unreadable("no JSON of a reply");
        return reply.Error is { } error ? throw new RuntimeErrorException(500, $"{_method}: {error}") : reply;
    }

    private void AddTraffic(NpmReply stored, int calls)
    {
        _sentBytes += stored.RequestBytes * calls;
        _receivedBytes += stored.ResponseBytes * calls;
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
