using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Handles the peer's messages in order of arrival.</summary>
internal sealed class MessageHandler(SessionCore session) : IRpcReceiver, IIdResolver
{
    private MentionList _mentions;
    private WorkBudget? _work;
    private WorkBudget? _batchWork;

    public SessionCore Session { get; } = session;

    public long MessagesReceived { get; private set; }

    public long BytesReceived { get; private set; }

    // Created at the first use, so that a plain call allocates none.
    WorkBudget IIdResolver.Work => _work ??= new WorkBudget(Session.Limits.MaxWork, BatchWork);

    // A batch brings all its messages at once. Without this limit, a body of short messages could keep a thread busy for minutes.
    private WorkBudget? BatchWork => Session.Options.AllowCallbacks
        ? null
        : _batchWork ??= new WorkBudget((long)WorkBudget.MessagesPerBatch * Session.Limits.MaxWork);

    int IIdResolver.MapDepth => 0;

    public void Receive(ReadOnlyMemory<byte> message)
    {
        if (Session.Error is not null)
        {
            return;
        }

        MessagesReceived++;
        BytesReceived += message.Length;
        Session.ReceivingThread = Environment.CurrentManagedThreadId;
        try
        {
            Handle(message);
        }
        catch (Exception error)
        {
            Session.Fail(error);
        }
        finally
        {
            Session.RunDeferred();
            Session.ReceivingThread = 0;
            _mentions.Clear();
            _work = null;
            Session.GoOnWaiting();
            Session.Outbox.FlushIfLong();
        }
    }

    public void ReceiveDone() => Session.Outbox.Flush();

    public Task FlushAsync() => Session.Outbox.FlushAsync();

    public void Closed(Exception? error) => Session.End(
        error ?? new RpcBrokenException("Peer closed the transport."),
        error is null ? SessionEnd.TransportFailed : SessionEnd.Aborted);

    Hook IIdResolver.Find(MentionKind kind, long id)
    {
        lock (Session.Gate)
        {
            return kind switch
            {
                MentionKind.Export or MentionKind.Writable => Session.Imports.Import(id),
                MentionKind.Promise => Session.Imports.ImportPromise(id),
                MentionKind.Import or MentionKind.Pipeline or MentionKind.Remap or MentionKind.Readable =>
                    Session.Exports.Get(id).AsHook().Duplicate(),
            };
        }
    }

    private void Handle(ReadOnlyMemory<byte> text)
    {
        ReceivedMessage message = ReceivedMessage.Read(text.Span, Session.Limits, ref _mentions);
        switch (message.Kind)
        {
            case MessageKind.Push:
            case MessageKind.Stream:
                Push(text, message);
                break;
            case MessageKind.Pull:
                Pull(message.Id);
                break;
            case MessageKind.Resolve:
                Resolve(text.Span, message);
                break;
            case MessageKind.Reject:
                Reject(text.Span, message);
                break;
            case MessageKind.Release:
                Release(message.Id, message.Count);
                break;
            case MessageKind.Pipe:
                AddPush(PromiseHook.Rejected(Session, ExpressionScanner.Refusal("pipe")), message.Kind);
                break;
            case MessageKind.Abort:
                Abort(text.Span, message);
                break;
        }
    }

    private void Push(ReadOnlyMemory<byte> text, in ReceivedMessage message)
    {
        if (TryCall(message.Call, text.Span, message.Kind) is { } call)
        {
            call.Run(text, message.Call.Arguments, message.IsScanned);
            return;
        }

        TextRange expression = Scanned(text.Span, message).Expression;
        AddPush(Evaluate(text.Span, expression), message.Kind);
    }

    /// <summary>Evaluates a scanned expression. A fault in it fails only the call.</summary>
    private Hook Evaluate(ReadOnlySpan<byte> text, TextRange expression)
    {
        var evaluator = new Evaluator(this, text, _mentions);
        if (_mentions.Fault is { } fault)
        {
            evaluator.ReleaseUnused();
            return PromiseHook.Rejected(Session, fault);
        }

        try
        {
            return evaluator.Evaluate(expression);
        }
        catch (RpcException error) when (error is not RpcProtocolException)
        {
            return PromiseHook.Rejected(Session, error);
        }
    }

    private ReceivedMessage Scanned(ReadOnlySpan<byte> text, in ReceivedMessage message) =>
        message.IsScanned ? message : MessageScanner.Scan(text, Session.Limits, ref _mentions);

    /// <summary>Stores the result of a push under the peer's next id.</summary>
    private void AddPush(Hook hook, MessageKind kind)
    {
        lock (Session.Gate)
        {
            try
            {
                Begin(Session.Exports.AddPush(hook), kind);
            }
            catch (RpcProtocolException)
            {
                Session.Defer(new Deferred(hook));
                throw;
            }
        }
    }

    private void Begin(ExportEntry entry, MessageKind kind)
    {
        if (kind == MessageKind.Stream)
        {
            entry.EndsWithAnswer = true;
            Session.Answers.Pull(entry);
        }
        else if (kind == MessageKind.Pipe)
        {
            Session.Exports.SetUnanswerable(entry);
        }
    }

    /// <summary>
    /// Starts the call of a method under the peer's next id. Returns null if the push is not a simple call, or if the call must wait or is
    /// refused. Evaluating the expression then queues the call or produces the error.
    /// </summary>
    private RpcInvocation? TryCall(in MethodCall call, ReadOnlySpan<byte> text, MessageKind kind)
    {
        if (call.Arguments.IsMissing)
        {
            return null;
        }

        lock (Session.Gate)
        {
            if (Session.Exports.Find(call.Target)?.Hook is not TargetHook target
                || !target.Contract.TryGet(call.Name.Of(text), out RpcMember? member)
                || member.Kind != RpcMemberKind.Method
                || !Session.Incoming.TryBegin())
            {
                return null;
            }

            RpcInvocation started = Session.Incoming.Rent();
            ExportEntry entry = Session.Exports.AddPush(null);
            started.Prepare(target, member, entry);
            Begin(entry, kind);
            return started;
        }
    }

    private void Pull(long id)
    {
        lock (Session.Gate)
        {
            Session.Answers.Pull(Session.Exports.Get(id));
        }
    }

    private void Release(long id, long count)
    {
        Hook? hook = null;
        CancellationTokenSource? abandoned = null;
        lock (Session.Gate)
        {
            ExportEntry entry = Session.Exports.Get(id);
            if (count > entry.Count)
            {
                throw new RpcProtocolException(
                    $"{count} references to {id} were released, {entry.Count} were held.", RpcErrorTypes.Error);
            }

            entry.Count -= count;
            if (entry.Count == 0)
            {
                hook = Session.Exports.Remove(entry, out abandoned);
            }
        }

        hook?.Dispose();
        Session.Cancel(abandoned);
    }

    private void Resolve(ReadOnlySpan<byte> text, in ReceivedMessage message)
    {
        if (_mentions.Fault is { } fault)
        {
            new Evaluator(this, text, _mentions).ReleaseUnused();
            EndImport(message.Id, Outcome.Failed(fault));
        }
        else if (_mentions.Count == 0 && TryTakeCall(message.Id) is { } call)
        {
            Resolve(text, message, call);
        }
        else
        {
            TextRange expression = Scanned(text, message).Expression;
            EndImport(message.Id, Capture(text, expression));
        }
    }

    private Outcome Capture(ReadOnlySpan<byte> text, TextRange expression)
    {
        try
        {
            return Outcome.Of(new Evaluator(this, text, _mentions).Capture(expression, 0, _mentions.Count));
        }
        catch (RpcException error) when (error is not RpcProtocolException)
        {
            return Outcome.Failed(error);
        }
    }

    /// <summary>
    /// Completes a pending call with a result that contains no references. The call first gets the text without a scan. If the call
    /// rejects that text, the text is scanned and passed to the call again.
    /// </summary>
    private void Resolve(ReadOnlySpan<byte> text, in ReceivedMessage message, PendingCall call)
    {
        if (call.TryResolve(message.Expression.Of(text), message.IsScanned))
        {
            return;
        }

        try
        {
            call.TryResolve(Scanned(text, message).Expression.Of(text), isScanned: true);
        }
        catch (RpcProtocolException error)
        {
            call.Fail(SessionEnding.Broken(error));
            throw;
        }
    }

    private PendingCall? TryTakeCall(long id)
    {
        lock (Session.Gate)
        {
            return Session.Imports.Find(id) is PendingCall call && Session.Outgoing.TryCancel(call) ? call : null;
        }
    }

    private void Reject(ReadOnlySpan<byte> text, in ReceivedMessage message) => EndImport(
        message.Id, Outcome.Failed(ReadError(text, message.Expression)), HeldBytes.OfError(message.Expression.Of(text)));

    private RpcException ReadError(ReadOnlySpan<byte> message, TextRange text)
    {
        if (_mentions.Fault is { } fault)
        {
            new Evaluator(this, message, _mentions).ReleaseUnused();
            return fault;
        }

        Expression<Hook> error;
        try
        {
            error = new Evaluator(this, message, _mentions).Capture(text, 0, _mentions.Count);
        }
        catch (RpcException failure) when (failure is not RpcProtocolException)
        {
            return failure;
        }

        List<StubReference> stubs = [];
        try
        {
            return Session.Serializer.ReadError(
                error.Text.Span, error.References.Count == 0 ? ReferenceSource.None : new StubSource(error, stubs));
        }
        catch (RpcValueException unreadable)
        {
            return unreadable;
        }
        finally
        {
            // The stubs in an error are disposed, because nobody can use them.
            stubs.ForEach(static stub => stub.Dispose());
            error.Discard();
        }
    }

    private void EndImport(long id, in Outcome outcome) => EndImport(id, outcome, outcome.Held(Session));

    /// <summary>Sets the outcome of an import and releases the import. If nobody waits for the outcome, it is discarded.</summary>
    private void EndImport(long id, in Outcome outcome, long bytes)
    {
        object? import;
        bool isMine = false;
        bool isTooMuch = false;
        long held = 0;
        lock (Session.Gate)
        {
            import = Session.Imports.Find(id);
            if (import is ImportHook)
            {
                // The outcome of a pending call belongs to the application at once, so that it is not counted.
                isTooMuch = bytes > 0 && !Session.Held.TryAdd(bytes);
                held = isTooMuch ? 0 : bytes;
            }

            if (import is PendingCall pending)
            {
                isMine = Session.Outgoing.TryCancel(pending);
            }
            else if (!isTooMuch && import is ImportHook { IsPromise: true } hook)
            {
                isMine = hook.TryEnd(outcome, held);
                held = isMine ? 0 : held;
                Session.ReleaseImport(hook);
            }
        }

        if (isTooMuch)
        {
            outcome.Discard();
            EndImport(id, Outcome.Failed(Session.Held.TooMuch), bytes: 0);
            return;
        }

        Session.Held.Remove(held);
        if (!isMine)
        {
            outcome.Discard();
        }
        else if (import is ImportHook hook)
        {
            HookQueue.Run(hook, HookWork.NotifyObservers);
        }
        else if (outcome.Error is { } error)
        {
            ((PendingCall)import!).Fail(error);
        }
        else
        {
            ((PendingCall)import!).Resolve(outcome.Value ?? Captured.Of(outcome.Reference!));
        }
    }

    private void Abort(ReadOnlySpan<byte> text, in ReceivedMessage message) => Session.End(
        message.Expression.IsMissing ? new RpcException("The peer ended the session.") : ReadError(text, message.Expression),
        SessionEnd.PeerAborted);
}
