using WorkerRpc.CapnWeb.Transports;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Takes the peer's messages, one after another, and does what they say.</summary>
internal sealed class MessageHandler(SessionCore session) : IRpcReceiver, IScope
{
    private MentionList _mentions;

    public SessionCore Session { get; } = session;

    public long MessagesReceived { get; private set; }

    public long BytesReceived { get; private set; }

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
        catch (RpcProtocolException error)
        {
            Session.End(error, SessionEnd.Aborted);
        }
        catch (Exception error)
        {
            Session.Log.CallbackFailed(error);
            Session.End(new RpcProtocolException("The message could not be handled.", RpcErrorTypes.Error, error), SessionEnd.Aborted);
        }
        finally
        {
            Session.AfterLock();
            Session.ReceivingThread = 0;
            _mentions.Clear();
        }
    }

    public void ReceiveDone() => Session.Outbox.Flush();

    public Task FlushAsync() => Session.Outbox.FlushAsync();

    public void Closed(Exception? error) => Session.End(
        error ?? new RpcBrokenException("Peer closed the transport."),
        error is null ? SessionEnd.TransportFailed : SessionEnd.Aborted);

    Hook IScope.Find(MentionKind kind, long id)
    {
        lock (Session.Gate)
        {
            return kind switch
            {
                MentionKind.Export or MentionKind.Writable => Session.Imports.Give(id),
                MentionKind.Promise => Session.Imports.GivePromise(id),
                _ => Session.Exports.Get(id).AsHook().Duplicate(),
            };
        }
    }

    private void Handle(ReadOnlyMemory<byte> message)
    {
        if (!PlainMessage.TryRead(message.Span, Session.Limits, out PlainMessage plain) || !TryHandle(message, plain))
        {
            HandleAny(message);
        }
    }

    /// <summary>The usual case: no more of the message is read than it takes. False where something is not as usual.</summary>
    private bool TryHandle(ReadOnlyMemory<byte> message, in PlainMessage plain)
    {
        switch (plain.Kind)
        {
            case MessageKind.Push:
                if (TryBegin(plain.Id, plain.Name.Of(message.Span), plain.Kind) is not { } call)
                {
                    return false;
                }
                call.RunPlain(message, plain.Value);
                return true;
            case MessageKind.Resolve:
                return TryResolve(message.Span, plain);
            case MessageKind.Pull:
                Pull(plain.Id);
                return true;
            default:
                Release(plain.Id, plain.Count);
                return true;
        }
    }

    private void HandleAny(ReadOnlyMemory<byte> message)
    {
        MessageText read = MessageText.Read(message.Span, Session.Limits, ref _mentions);
        switch (read.Kind)
        {
            case MessageKind.Push:
            case MessageKind.Stream:
                Push(message, read);
                break;
            case MessageKind.Pull:
                Pull(read.Id);
                break;
            case MessageKind.Resolve:
                Resolve(message.Span, read);
                break;
            case MessageKind.Reject:
                Reject(message.Span, read);
                break;
            case MessageKind.Release:
                Release(read.Id, read.Count);
                break;
            case MessageKind.Pipe:
                AddPush(PromiseHook.Rejected(Session, ExpressionScanner.Refusal("pipe")), read.Kind);
                break;
            case MessageKind.Abort:
                Abort(message.Span, read);
                break;
        }
    }

    private void Push(ReadOnlyMemory<byte> message, in MessageText read)
    {
        if (_mentions.Refused is { } form)
        {
            new Evaluator(this, message.Span, _mentions).Decline();
            AddPush(PromiseHook.Rejected(Session, ExpressionScanner.Refusal(form)), read.Kind);
        }
        else if (!TryRun(message, read))
        {
            AddPush(new Evaluator(this, message.Span, _mentions).Evaluate(read.Expression), read.Kind);
        }
    }

    /// <summary>Keeps what a push came to under the peer's next id.</summary>
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

    /// <summary>A call of one method of an object here, with plain arguments, is run from the frame.</summary>
    private bool TryRun(ReadOnlyMemory<byte> message, in MessageText read)
    {
        if (_mentions.Count != 1
            || !IsPlainCall(_mentions[0], message.Span, read, out ReadOnlySpan<byte> name)
            || TryBegin(_mentions[0].Id, name, read.Kind) is not { } call)
        {
            return false;
        }
        TextRange arguments = _mentions[0].Arguments;
        call.Run(message.Slice(arguments.Start, arguments.Length));
        return true;
    }

    /// <summary>Begins a call under the peer's next id; null where there is no such method, or there must be no call.</summary>
    private RpcInvocation? TryBegin(long id, ReadOnlySpan<byte> name, MessageKind kind)
    {
        lock (Session.Gate)
        {
            if (Session.Exports.Find(id)?.Hook is not TargetHook target
                || !target.Contract.TryGet(name, out RpcMember? member)
                || member.Kind != RpcMemberKind.Method
                || Session.Running.TryBegin() is not null)
            {
                return null;
            }
            RpcInvocation call = Session.Running.Rent();
            ExportEntry entry = Session.Exports.AddPush(null);
            call.Prepare(target, member, entry);
            Begin(entry, kind);
            return call;
        }
    }

    private static bool IsPlainCall(in Mention mention, ReadOnlySpan<byte> message, in MessageText read, out ReadOnlySpan<byte> name)
    {
        name = default;
        return mention is { Kind: MentionKind.Pipeline, Arguments.IsMissing: false, Path.IsMissing: false }
            && mention.Form == read.Expression
            && RpcPath.TrySingleName(mention.Path.Of(message), out name);
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
                throw new RpcProtocolException($"{count} references to {id} were given back, {entry.Count} were held.", RpcErrorTypes.Error);
            }
            entry.Count -= count;
            if (entry.Count == 0)
            {
                hook = Session.Exports.Remove(entry, out abandoned);
            }
        }
        hook?.Dispose();
        abandoned?.Cancel();
    }

    private void Resolve(ReadOnlySpan<byte> message, in MessageText read)
    {
        var evaluator = new Evaluator(this, message, _mentions);
        if (_mentions.Refused is { } form)
        {
            evaluator.Decline();
            End(read.Id, Outcome.Failed(ExpressionScanner.Refusal(form)));
        }
        else if (_mentions.Count > 0 || !TryResolve(read.Id, read.Expression.Of(message)))
        {
            End(read.Id, Outcome.Of(evaluator.Capture(read.Expression, 0, _mentions.Count)));
        }
    }

    /// <summary>A plain call's plain result is read from the frame.</summary>
    private bool TryResolve(long id, ReadOnlySpan<byte> value)
    {
        if (TryEnd(id) is not { } call)
        {
            return false;
        }
        call.Resolve(value);
        return true;
    }

    /// <summary>The same, where nobody has looked at the result yet.</summary>
    private bool TryResolve(ReadOnlySpan<byte> message, in PlainMessage plain)
    {
        if (TryEnd(plain.Id) is not { } call)
        {
            return false;
        }
        if (!call.TryResolve(plain.Value.Of(message)))
        {
            Resolve(message, call);
        }
        return true;
    }

    /// <summary>A result that could not be read is one of the wrong type, or the message is none.</summary>
    private void Resolve(ReadOnlySpan<byte> message, PendingCall call)
    {
        try
        {
            call.Resolve(MessageText.Read(message, Session.Limits, ref _mentions).Expression.Of(message));
        }
        catch (RpcProtocolException error)
        {
            call.Fail(SessionEnding.Broken(error));
            throw;
        }
    }

    private PendingCall? TryEnd(long id)
    {
        lock (Session.Gate)
        {
            return Session.Imports.Find(id) is PendingCall call && Session.Calls.TryGiveUp(call) ? call : null;
        }
    }

    private void Reject(ReadOnlySpan<byte> message, in MessageText read) => End(read.Id, Outcome.Failed(ReadError(message, read.Expression)));

    private RpcException ReadError(ReadOnlySpan<byte> message, TextRange text)
    {
        Expression<Hook> error = new Evaluator(this, message, _mentions).Capture(text, 0, _mentions.Count);
        List<StubReference> stubs = [];
        try
        {
            return Session.Serializer.ReadError(error.Text.Span, error.References.Count == 0 ? ReferenceSource.None : new StubSource(error, stubs));
        }
        catch (RpcValueException unreadable)
        {
            return unreadable;
        }
        finally
        {
            // An error holds no references that anybody could use.
            stubs.ForEach(static stub => stub.Dispose());
            error.Discard();
        }
    }

    /// <summary>An import is what the peer says, and is given back; one that nobody awaits lets it go.</summary>
    private void End(long id, in Outcome outcome)
    {
        object? import;
        bool isMine = false;
        lock (Session.Gate)
        {
            import = Session.Imports.Find(id);
            if (import is PendingCall pending)
            {
                isMine = Session.Calls.TryGiveUp(pending);
            }
            else if (import is ImportHook { IsPromise: true } hook)
            {
                isMine = hook.TryEnd(outcome);
                Session.LetGo(hook);
            }
        }
        if (!isMine)
        {
            outcome.Discard();
        }
        else if (import is ImportHook hook)
        {
            Turn.Run(hook, TurnWork.Drain);
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

    private void Abort(ReadOnlySpan<byte> message, in MessageText read) => Session.End(
        read.Expression.IsMissing ? new RpcException("The peer ended the session.") : ReadError(message, read.Expression),
        SessionEnd.PeerAborted);
}
