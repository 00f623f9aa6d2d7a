using System.Diagnostics.CodeAnalysis;
using WorkerRpc.CapnWeb.Transports;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Serialization;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>A session's parts and its one lock. The lock guards the tables, the state of imports and the text being written;
/// members, continuations and the transport run outside it.</summary>
[SuppressMessage("Design", "CA1001", Justification = "No timer or wait handle stands behind the token, which is used after the end.")]
internal sealed class SessionCore
{
    private readonly Queue<Deferred> _deferred = new();
    private readonly CancellationTokenSource _broken = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IRpcTransport _transport;
    private int _deferredCount;

    public SessionCore(IRpcTransport transport, RpcSessionOptions options)
    {
        _transport = transport;
        Options = options;
        Log = new SessionLog(options.LoggerFactory);
        Outbox = new Outbox(this, transport);
        Exports = new ExportTable(this);
        Imports = new ImportTable(this);
        Sink = new SessionSink(this);
        Answers = new Answers(this);
        Calls = new PeerCalls(this);
        Running = new RunningCalls(this);
        Main = new ImportHook(this, 0, ImportKind.Stub);
        Imports.AddMain(Main);
    }

    public object Gate { get; } = new();

    public RpcSessionOptions Options { get; }

    public RpcSerializer Serializer => Options.Serializer;

    public RpcLimits Limits => Options.Limits;

    public SessionLog Log { get; }

    public Outbox Outbox { get; }

    public ExportTable Exports { get; }

    public ImportTable Imports { get; }

    public SessionSink Sink { get; }

    public Answers Answers { get; }

    public PeerCalls Calls { get; }

    public RunningCalls Running { get; }

    public ImportHook Main { get; }

    /// <summary>Why the session is over; null while it is not.</summary>
    public Exception? Error { get; private set; }

    public CancellationToken Broken => _broken.Token;

    public Task Completion => _completion.Task;

    /// <summary>Under the lock: whether a message has begun; a member of a value in it runs then.</summary>
    public bool IsWriting { get; private set; }

    /// <summary>The thread that is handing over a message; 0 for none. What it writes leaves when it has handed over all.</summary>
    public int ReceivingThread { get; set; }

    /// <summary>Under the lock: begins a message. End it or drop it.</summary>
    /// <exception cref="NestedMessageException">A value that is being written calls through its own session.</exception>
    public ExpressionWriter BeginMessage()
    {
        if (IsWriting)
        {
            throw new NestedMessageException();
        }
        Answers.DropEarly();
        IsWriting = true;
        return Outbox.BeginMessage();
    }

    public void EndMessage()
    {
        IsWriting = false;
        Sink.Keep();
        Outbox.EndMessage();
        if (Outbox.WaitingBytes > Limits.MaxUnsentBytes)
        {
            Defer(new Deferred(new RpcProtocolException(
                $"The peer does not read: {Outbox.WaitingBytes} bytes wait, at most {Limits.MaxUnsentBytes} may.", RpcErrorTypes.RangeError)));
        }
    }

    /// <summary>Takes back what was written since the beginning.</summary>
    public void DropMessage()
    {
        IsWriting = false;
        Sink.Rollback(0);
        Outbox.DropOpen();
    }

    /// <summary>Under the lock: the text of a message that is kept open until the next one begins.</summary>
    public void LeaveOpen() => IsWriting = false;

    /// <summary>Under the lock: goes on with the text that was kept open.</summary>
    public void ReopenMessage() => IsWriting = true;

    /// <summary>Under the lock: ends the session when the lock is free, where the failure is the peer's fault.</summary>
    public void DeferAbort(Exception failure)
    {
        if (failure is RpcProtocolException)
        {
            Defer(new Deferred(failure));
        }
    }

    /// <summary>Under the lock: does this when the lock is free.</summary>
    public void Defer(in Deferred deferred)
    {
        _deferred.Enqueue(deferred);
        _deferredCount++;
    }

    /// <summary>Does what was put off, whoever put it off; under the lock (a member of a value that is being written) later.</summary>
    public void AfterLock()
    {
        while (Volatile.Read(ref _deferredCount) > 0 && !Monitor.IsEntered(Gate))
        {
            Deferred next;
            lock (Gate)
            {
                if (!_deferred.TryDequeue(out next))
                {
                    return;
                }
                _deferredCount--;
            }
            next.Do(this);
        }
    }

    /// <summary>What was written leaves now, or with what else this thread is about to write for what it receives.</summary>
    public void FlushTurn()
    {
        if (ReceivingThread != Environment.CurrentManagedThreadId)
        {
            Outbox.Flush();
        }
    }

    /// <summary>The same where more may come before this turn is over.</summary>
    public void FlushSoon()
    {
        if (ReceivingThread != Environment.CurrentManagedThreadId)
        {
            Outbox.FlushSoon();
        }
    }

    /// <summary>Under the lock: nobody here needs this of the peer's any more.</summary>
    public void LetGo(ImportHook hook)
    {
        if (!hook.IsOnWire)
        {
            return;
        }
        hook.IsOnWire = false;
        Imports.Remove(hook);
        Release(hook.Id, hook.Count);
    }

    /// <summary>Under the lock: gives an entry back to the peer.</summary>
    public void Release(long id, long count)
    {
        if (Error is not null || id == 0)
        {
            return;
        }
        if (IsWriting)
        {
            // A member of a value that is being written lets a stub go.
            Defer(new Deferred(id, count));
            return;
        }
        ExpressionWriter writer = BeginMessage();
        writer.WriteRaw("[\"release\","u8);
        writer.WriteInteger(id);
        writer.WriteRaw((byte)',');
        writer.WriteInteger(count);
        writer.WriteRaw((byte)']');
        EndMessage();
        Outbox.FlushEventually();
    }

    public RpcStatistics Statistics(long messagesReceived, long bytesReceived)
    {
        lock (Gate)
        {
            return new RpcStatistics(
                Imports.Count, Exports.Count, Running.Count, Outbox.MessagesSent, messagesReceived, Outbox.BytesSent, bytesReceived);
        }
    }

    /// <summary>Ends the session; the first reason counts.</summary>
    public void End(Exception error, SessionEnd how)
    {
        object[] imports;
        ExportEntry[] exports;
        byte[] told = how is SessionEnd.Aborted ? Answers.Encode(error) : [];
        lock (Gate)
        {
            if (Error is not null)
            {
                return;
            }
            if (IsWriting)
            {
                Defer(new Deferred(error, how));
                return;
            }
            imports = Imports.TakeAll();
            exports = Exports.TakeAll();
            if (how is not SessionEnd.Disposed)
            {
                Answers.DropEarly();
                Outbox.Clear();
            }
            if (how is SessionEnd.Aborted)
            {
                Answers.WriteAbort(told);
            }
            Error = error;
        }
        Log.Ended(error, how);
        Outbox.Flush();
        _ = FinishAsync(error, how, imports, exports);
    }

    private async Task FinishAsync(Exception error, SessionEnd how, object[] imports, ExportEntry[] exports)
    {
        var ending = new SessionEnding(this, error);
        ending.Cancel(_broken);
        ending.FailImports(imports);
        ending.DropExports(exports);
        AfterLock();
        await ending.CloseAsync(_transport, how).ConfigureAwait(false);
        Outbox.Close();
        await ending.DisposedAsync().ConfigureAwait(false);
        _completion.TrySetResult();
    }
}
