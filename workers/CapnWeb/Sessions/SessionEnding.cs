using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Runs the steps that end a session. If one step fails, the others still run.</summary>
internal sealed class SessionEnding(SessionCore session, Exception error)
{
    // The time limit for the last write, which contains the abort message. A peer that does not read within this time does not get it.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(1);

    /// <summary>Creates the error of calls that are made after the end of a session.</summary>
    public static RpcBrokenException Broken(Exception error) => new(error.Message, error);

    public void FailImports(object[] imports)
    {
        foreach (object import in imports)
        {
            Try(() => Fail(import));
        }
    }

    public void FailDeliveries()
    {
        foreach (Delivery delivery in session.Deliveries.TakeAll())
        {
            Try(() => delivery.Fail(Broken(error)));
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
            Task idle = session.Outbox.IdleAsync();
            if (!idle.IsCompleted)
            {
                using var patience = new CancellationTokenSource(s_grace, session.Options.TimeProvider);
                await idle.WaitAsync(patience.Token).ConfigureAwait(false);
            }
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

    /// <summary>Waits for all disposals of targets that have started.</summary>
    public async Task DisposedAsync()
    {
        foreach (Task disposal in session.Incoming.TakeDisposals())
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

        session.Cancel(abandoned);
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
            // The application's code has thrown. The failure is only logged, because the remaining callbacks still have to run.
            session.Log.CallbackFailed(failure);
        }
    }
}

/// <summary>The ways in which a session can end.</summary>
internal enum SessionEnd
{
    /// <summary>This side disposed the session.</summary>
    Disposed,

    /// <summary>This side aborts the session, because the peer broke the protocol or exceeded a limit.</summary>
    Aborted,

    /// <summary>The peer sent an abort message.</summary>
    PeerAborted,

    /// <summary>The transport failed.</summary>
    TransportFailed,
}
