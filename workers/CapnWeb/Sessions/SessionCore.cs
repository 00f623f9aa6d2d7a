using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Serialization;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// The parts of a session, and the lock that they share. The lock guards the tables, the state of imports and the message being written.
/// Members, continuations and the transport run without the lock.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "No timer or wait handle stands behind the token, which is used after the end.")]
internal sealed class SessionCore
{
    // The sessions whose queued work this thread runs. It is static, because such work may run the application's code and other sessions.
    [ThreadStatic]
    private static List<SessionCore>? s_running;

    private readonly Queue<Deferred> _deferred = new();
    private readonly CancellationTokenSource _broken = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IRpcTransport _transport;
    private int _deferredCount;

    public SessionCore(IRpcTransport transport, RpcSessionOptions options)
    {
        _transport = transport;
        Options = options;
        Limits = options.Limits;
        Log = new SessionLog(options.LoggerFactory, options.TimeProvider);
        Held = new HeldBytes(this);
        Deliveries = new WaitingDeliveries(this);
        Outbox = new Outbox(this, transport);
        Exports = new ExportTable(this);
        Imports = new ImportTable(this);
        Sink = new SessionSink(this);
        Answers = new Answers(this);
        Outgoing = new OutgoingCalls(this);
        Incoming = new IncomingCalls(this);
        Main = new ImportHook(this, 0, ImportKind.Stub);
        Imports.AddMain(Main);
    }

    public object Gate { get; } = new();

    public RpcSessionOptions Options { get; }

    public RpcSerializer Serializer => Options.Serializer;

    public RpcLimits Limits { get; }

    public SessionLog Log { get; }

    public HeldBytes Held { get; }

    public WaitingDeliveries Deliveries { get; }

    public Outbox Outbox { get; }

    public ExportTable Exports { get; }

    public ImportTable Imports { get; }

    public SessionSink Sink { get; }

    public Answers Answers { get; }

    public OutgoingCalls Outgoing { get; }

    public IncomingCalls Incoming { get; }

    public ImportHook Main { get; }

    /// <summary>The reason why the session has ended. It is null while the session runs.</summary>
    public Exception? Error { get; private set; }

    public CancellationToken Broken => _broken.Token;

    public Task Completion => _completion.Task;

    /// <summary>
    /// Whether a message is being written. Serializing its values may run the application's code. The caller holds the session's lock.
    /// </summary>
    public bool IsWriting { get; private set; }

    /// <summary>Whether a value of this session refers to another one, whose peer may answer when nothing runs here.</summary>
    public bool UsesOthers { get; set; }

    /// <summary>
    /// The id of the thread that delivers messages, or 0. Messages written on this thread are sent after it has delivered everything that
    /// arrived.
    /// </summary>
    public int ReceivingThread { get; set; }

    /// <summary>Starts a message. The caller holds the session's lock, and must end or drop the message.</summary>
    /// <exception cref="NestedMessageException">A value that is being serialized makes a call through this session.</exception>
    public ExpressionWriter BeginMessage()
    {
        if (IsWriting)
        {
            throw new NestedMessageException();
        }

        Answers.DropEarlyAnswer();
        IsWriting = true;
        return Outbox.BeginMessage();
    }

    public void EndMessage()
    {
        IsWriting = false;
        Sink.CommitExports();
        Outbox.EndMessage();
        if (Outbox.IsOverfull)
        {
            Defer(new Deferred(new RpcProtocolException(
                $"The peer does not read: {Outbox.UnsentBytes} bytes wait, at most {Limits.MaxUnsentBytes} may.",
                RpcErrorTypes.RangeError)));
        }
    }

    /// <summary>Drops the message that was started.</summary>
    public void DropMessage()
    {
        IsWriting = false;
        Sink.Rollback(0);
        Outbox.DropOpen();
    }

    /// <summary>
    /// Pauses the message that was started. It stays unchanged until it is resumed or the next message starts. The caller holds the
    /// session's lock.
    /// </summary>
    public void PauseMessage() => IsWriting = false;

    /// <summary>Continues the message that was paused. The caller holds the session's lock.</summary>
    public void ResumeMessage() => IsWriting = true;

    /// <summary>If the peer caused this failure, ends the session as soon as the lock is free. The caller holds the lock.</summary>
    public void DeferAbort(Exception failure)
    {
        if (failure is RpcProtocolException)
        {
            Defer(new Deferred(failure));
        }
    }

    /// <summary>Queues work that runs when the session's lock is free. The caller holds the lock.</summary>
    public void Defer(in Deferred deferred)
    {
        _deferred.Enqueue(deferred);
        _deferredCount++;
    }

    /// <summary>Cancels a call. What the application's callbacks throw is only logged: it must not end the session.</summary>
    public void Cancel(CancellationTokenSource? source)
    {
        try
        {
            source?.Cancel();
        }
        catch (Exception error)
        {
            Log.CallbackFailed(error);
        }
    }

    /// <summary>Releases the references of a value as soon as no lock is held.</summary>
    public void DiscardLater(Expression<Hook> value)
    {
        lock (Gate)
        {
            foreach (Hook reference in value.References)
            {
                Defer(new Deferred(reference));
            }
        }

        RunDeferred();
    }

    /// <summary>Starts the calls and sends the answers that waited for room.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void GoOnWaiting()
    {
        if (Incoming.HasWaiting)
        {
            Incoming.StartWaiting();
        }

        if (Answers.Waiting.HasAny)
        {
            Answers.Waiting.Send();
        }
    }

    /// <summary>
    /// Runs all queued work, unless this thread holds the session's lock, or already runs such work and will run the rest afterwards. A
    /// recursive call for each piece of work could overflow the stack.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void RunDeferred()
    {
        if (Volatile.Read(ref _deferredCount) > 0)
        {
            RunAllDeferred();
        }
    }

    private void RunAllDeferred()
    {
        if (Monitor.IsEntered(Gate))
        {
            return;
        }

        List<SessionCore> running = s_running ??= [];
        if (running.Contains(this))
        {
            return;
        }

        running.Add(this);
        try
        {
            while (TryTakeDeferred(out Deferred next))
            {
                Run(next);
            }
        }
        finally
        {
            running.Remove(this);
        }
    }

    /// <summary>Sends the waiting messages. Does nothing on a thread that handles received messages: it flushes when it ends.</summary>
    public void FlushUnlessReceiving()
    {
        if (ReceivingThread != Environment.CurrentManagedThreadId)
        {
            Outbox.Flush();
        }
    }

    /// <summary>
    /// Sends the waiting messages from the thread pool, because the running code may write more. A thread that delivers messages skips
    /// this.
    /// </summary>
    public void FlushSoon()
    {
        if (ReceivingThread != Environment.CurrentManagedThreadId)
        {
            Outbox.FlushSoon();
        }
    }

    /// <summary>Releases an import that nobody needs any more. The caller holds the session's lock.</summary>
    public void ReleaseImport(ImportHook hook)
    {
        if (!hook.IsOnWire)
        {
            return;
        }

        hook.IsOnWire = false;
        Imports.Remove(hook);
        Release(hook.Id, hook.Count);
    }

    /// <summary>Writes the release message of an entry. The caller holds the session's lock.</summary>
    public void Release(long id, long count)
    {
        if (Error is not null || id == 0)
        {
            return;
        }

        if (IsWriting)
        {
            // Serializing a value has disposed a stub. The release is written later, after the current message.
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
        Outbox.FlushDelayed();
    }

    public RpcStatistics Statistics(long messagesReceived, long bytesReceived)
    {
        lock (Gate)
        {
            return new RpcStatistics(
                Imports.Count, Exports.Count, Incoming.Count, Outbox.MessagesSent, messagesReceived, Outbox.BytesSent, bytesReceived,
                Held.Texts, Outbox.UnsentBytes);
        }
    }

    /// <summary>Ends the session because the peer broke the protocol, or because of an exception that nothing expects.</summary>
    public void Fail(Exception error)
    {
        if (error is not RpcProtocolException broken)
        {
            Log.CallbackFailed(error);
            broken = new RpcProtocolException("The message could not be handled.", RpcErrorTypes.Error, error);
        }

        End(broken, SessionEnd.Aborted);
    }

    /// <summary>Ends the session. If it is called several times, the first reason is kept.</summary>
    public void End(Exception error, SessionEnd how)
    {
        object[] imports;
        ExportEntry[] exports;
        byte[] told = how is SessionEnd.Aborted ? Answers.EncodeAbort(error) : [];
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
            if (how is SessionEnd.PeerAborted or SessionEnd.TransportFailed)
            {
                // The peer reads nothing more.
                Answers.DropEarlyAnswer();
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

    private void Run(in Deferred deferred)
    {
        try
        {
            deferred.Run(this);
        }
        catch (Exception error)
        {
            Fail(error);
        }
    }

    private bool TryTakeDeferred(out Deferred next)
    {
        next = default;
        if (Volatile.Read(ref _deferredCount) == 0)
        {
            return false;
        }

        lock (Gate)
        {
            bool isTaken = _deferred.TryDequeue(out next);
            _deferredCount -= isTaken ? 1 : 0;
            return isTaken;
        }
    }

    private async Task FinishAsync(Exception error, SessionEnd how, object[] imports, ExportEntry[] exports)
    {
        var ending = new SessionEnding(this, error);
        Cancel(_broken);
        ending.FailImports(imports);
        ending.DropExports(exports);
        RunDeferred();
        ending.FailDeliveries();
        Incoming.FailWaiting(error);
        Answers.Waiting.Send();
        await ending.CloseAsync(_transport, how).ConfigureAwait(false);
        Outbox.Close();
        await ending.DisposedAsync().ConfigureAwait(false);
        _completion.TrySetResult();
    }
}
