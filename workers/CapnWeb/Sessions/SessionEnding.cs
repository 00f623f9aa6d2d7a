using WorkerRpc.CapnWeb.Transports;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>What is to be done once a session is over, each thing whatever became of the others.</summary>
internal sealed class SessionEnding(SessionCore session, Exception error)
{
    // What is still being written gets this long to leave, the abort with it; a peer that does not read gets no more.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>What later users of the session are told.</summary>
    public static RpcBrokenException Broken(Exception error) => new(error.Message, error);

    public void Cancel(CancellationTokenSource source) => Try(source.Cancel);

    public void FailImports(object[] imports)
    {
        foreach (object import in imports)
        {
            Try(() => Fail(import));
        }
    }

    public void DropExports(ExportEntry[] exports)
    {
        foreach (ExportEntry entry in exports)
        {
            Try(() => Drop(entry));
        }
    }

    public async Task CloseAsync(IRpcTransport transport, SessionEnd how)
    {
        try
        {
            using var patience = new CancellationTokenSource(Grace, session.Options.TimeProvider);
            await session.Outbox.IdleAsync().WaitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            session.Log.Unsent();
        }
        try
        {
            await transport.CloseAsync(error).ConfigureAwait(false);
            await transport.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            session.Log.CloseFailed(failure, how);
        }
    }

    /// <summary>Completes when the disposals begun are done.</summary>
    public async Task DisposedAsync()
    {
        foreach (Task disposal in session.Running.TakeDisposals())
        {
            await disposal.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Fail(object import)
    {
        if (import is PendingCall call)
        {
            call.Fail(Broken(error));
            return;
        }
        var hook = (ImportHook)import;
        lock (session.Gate)
        {
            hook.IsOnWire = false;
        }
        if (hook.IsPromise)
        {
            hook.Settle(Outcome.Failed(Broken(error)));
        }
    }

    private void Drop(ExportEntry entry)
    {
        Hook? hook;
        CancellationTokenSource? abandoned;
        lock (session.Gate)
        {
            hook = session.Exports.Remove(entry, out abandoned);
        }
        abandoned?.Cancel();
        hook?.Dispose();
    }

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception failure)
        {
            // A callback of the application's; the others have a right to theirs.
            session.Log.CallbackFailed(failure);
        }
    }
}

/// <summary>How a session came to its end.</summary>
internal enum SessionEnd
{
    /// <summary>This side wanted it.</summary>
    Disposed,

    /// <summary>The peer broke the protocol or a limit, and is told.</summary>
    Aborted,

    /// <summary>The peer said so.</summary>
    PeerAborted,

    /// <summary>The connection is no more.</summary>
    TransportFailed,
}
