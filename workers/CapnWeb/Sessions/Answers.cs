using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// Writes the results of the peer's calls. A result without references is written into the outbox even before the peer pulls it, because
/// the pull is usually the next message. If another message comes first, the early answer is removed from the outbox.
/// </summary>
internal sealed class Answers
{
    private readonly SessionCore _session;
    private readonly CaptureSink _capture;
    private readonly ErrorSink _errors;
    private ExportEntry? _early;

    public Answers(SessionCore session)
    {
        _session = session;
        _capture = new CaptureSink(session, takesStubs: true);
        _errors = new ErrorSink(session);
        Waiting = new WaitingAnswers(session);
    }

    /// <summary>The answers for which there is no room yet.</summary>
    public WaitingAnswers Waiting { get; }

    /// <summary>
    /// Removes an answer that was written before the peer pulled it. The entry keeps the answer's text. The caller holds the session's
    /// lock.
    /// </summary>
    public void DropEarlyAnswer()
    {
        if (_early is not null)
        {
            _early = null;
            _session.Outbox.DropOpen();
        }
    }

    /// <summary>
    /// Handles the peer's release of an entry. The entry may then be reused for another call. The caller holds the session's lock.
    /// </summary>
    public void OnReleased(ExportEntry entry)
    {
        if (_early == entry)
        {
            DropEarlyAnswer();
        }
    }

    /// <summary>
    /// Ends a call with its result. Returns false if there is no room for the result. The call is then completed again later, with the same
    /// value.
    /// </summary>
    public bool TryComplete<T>(RpcInvocation call, ExportEntry entry, T value)
    {
        RpcStub[] taken = [];
        Outcome result = default;
        PromiseHook? built = null;
        long held = 0;
        Exception? error;
        lock (_session.Gate)
        {
            if (_session.IsWriting)
            {
                CompleteDuringWrite(entry, value);
                return true;
            }

            int start = 0;
            error = _session.Error is { } over ? SessionEnding.Broken(over) : TryWrite(entry, value, out start);
            int length = error is null ? _session.Outbox.Writer.Position - start : 0;
            int references = _capture.Count;
            if (error is null && !TryMakeRoom(entry, length, references, out held, out error))
            {
                _session.DropMessage();
                if (error is null)
                {
                    Waiting.Add(new WaitingResult<T>(call, entry, null, value, length, _capture.TakeHooks()));
                    return false;
                }

                _capture.Drop();
            }

            entry.Call = null;
            if (error is null && NeedsHook(entry, references))
            {
                Expression<Hook> given = _capture.Take(_session.Outbox.Writer.WrittenSpan[start..], out taken);
                _session.DropMessage();
                built = SettleWith(entry, given, held);
                result = Outcome.Of(given);
            }
            else if (error is null)
            {
                KeepResult(entry, start);
            }
        }

        if (error is not null)
        {
            Fail(entry, error);
            return true;
        }

        DisposeAll(taken);
        built?.Settle(result, held);
        _session.RunDeferred();
        _session.FlushUnlessReceiving();
        return true;
    }

    /// <inheritdoc cref="TryComplete{T}(RpcInvocation, ExportEntry, T)"/>
    /// <remarks>Here the result is a hook, because the call waited or other calls already use its result.</remarks>
    public bool TryComplete<T>(RpcInvocation call, CallHook hook, T value)
    {
        var capture = new CaptureSink(_session, takesStubs: true);
        using var writer = new ExpressionWriter();
        Outcome outcome = default;
        long held = 0;
        if (TryCapture(capture, writer, value) is { } failure)
        {
            outcome = Outcome.Failed(failure);
        }
        else
        {
            held = HeldBytes.Of(writer.Position, capture.Count);
            if (held > _session.Limits.MaxHeldBytes)
            {
                capture.Drop();
                outcome = Outcome.Failed(_session.Held.TooMuch);
            }
            else if (!_session.Held.TryAdd(held))
            {
                if (_session.Error is null && !hook.IsReleased && !IsLast)
                {
                    Waiting.Add(new WaitingResult<T>(call, null, hook, value, writer.Position, capture.TakeHooks()));
                    return false;
                }

                capture.Drop();
                outcome = Outcome.Failed(_session.Held.TooMuch);
            }
            else
            {
                outcome = Outcome.Of(capture.Take(writer.WrittenSpan, out RpcStub[] taken));
                DisposeAll(taken);
            }
        }

        _ = outcome.Error is null ? hook.Settle(outcome, held) : hook.Settle(outcome);
        _session.RunDeferred();
        _session.FlushUnlessReceiving();
        return true;
    }

    /// <summary>Ends a call with an error. No other call uses its result.</summary>
    public void Fail(ExportEntry entry, Exception error)
    {
        Hook? built;
        lock (_session.Gate)
        {
            entry.Call = null;
            built = entry.Hook;
            if (built is null && entry.Count == 0)
            {
                _session.Exports.Recycle(entry);
            }
            else if (built is null)
            {
                SetHook(entry, PromiseHook.Rejected(_session, error));
            }
        }

        (built as PromiseHook)?.Settle(Outcome.Failed(error));
        _session.RunDeferred();
        _session.FlushUnlessReceiving();
    }

    /// <summary>Handles the peer's pull, which requests the result of an entry. The caller holds the session's lock.</summary>
    public void Pull(ExportEntry entry)
    {
        if (entry.IsPulled)
        {
            return;
        }

        _session.Exports.Pull(entry);
        if (entry.Hook is { } hook)
        {
            _session.Defer(new Deferred(hook, entry));
        }
        else if (_early == entry && _session.Outbox.Fits(entry.Text.Length))
        {
            _early = null;
            _session.ResumeMessage();
            EndAnswer(entry);
        }
        else if (entry.HasText)
        {
            OnReleased(entry);
            SendText(entry);
        }
    }

    /// <summary>
    /// Sends a result that the entry keeps as text. Without room the answer waits. The caller holds the session's lock.
    /// </summary>
    public void SendText(ExportEntry entry)
    {
        if (_session.Outbox.Fits(entry.Text.Length))
        {
            ExpressionWriter writer = Begin("[\"resolve\","u8, entry.Id);
            writer.WriteRaw(entry.Text);
            EndAnswer(entry);
        }
        else if (_session.Outbox.CanDrain)
        {
            Waiting.Add(new WaitingEntry(entry, entry.Text.Length));
        }
        else
        {
            SetHook(entry, PromiseHook.Rejected(_session, CallErrors.TooMuchUnsent(_session.Limits.MaxUnsentBytes)));
        }
    }

    /// <summary>
    /// Whether a result of an entry need not wait: there is room for it now, or it fails. The caller holds the session's lock.
    /// </summary>
    /// <param name="entry">The entry.</param>
    /// <param name="length">The length of the encoded result.</param>
    /// <param name="references">The number of references in the result.</param>
    public bool HasRoom(ExportEntry entry, int length, int references) => entry switch
    {
        { Hook: null, Count: 0 } => true,
        _ when NeedsHook(entry, references) => IsLast || _session.Held.Fits(HeldBytes.Of(length, references)),
        { IsPulled: true } => _session.Outbox.Fits(length),
        _ => IsLast || _session.Held.Fits(length),
    };

    /// <summary>Whether the peer has sent its last message. No result then waits for a pull or a release.</summary>
    public bool IsLast { get; private set; }

    /// <summary>Records that the peer has sent its last message.</summary>
    public void SetLast()
    {
        lock (_session.Gate)
        {
            IsLast = true;
        }

        Waiting.Send();
    }

    /// <summary>Rejects everything that the peer waits for, because nothing is left that could answer it.</summary>
    public void FailUnanswered()
    {
        byte[] error = EncodeError(CallErrors.OwnPromise());
        lock (_session.Gate)
        {
            foreach (ExportEntry entry in _session.Exports.Unanswered())
            {
                Begin("[\"reject\","u8, entry.Id).WriteRaw(error);
                EndAnswer(entry);
            }
        }

        _session.FlushUnlessReceiving();
    }

    /// <summary>Sends the result or error of an entry.</summary>
    public void Answer(ExportEntry entry, in Outcome outcome)
    {
        if (_session.Error is not null)
        {
            // Nobody gets the error, so it need not be logged either.
            return;
        }

        Hook? ended = null;
        byte[]? error = outcome.Error is null ? null : EncodeError(outcome.Error);
        lock (_session.Gate)
        {
            if (_session.Error is not null || entry.Count == 0 || entry.IsAnswered)
            {
                return;
            }

            if (_session.IsWriting)
            {
                _session.Defer(new Deferred(entry.Hook!, entry));
                return;
            }

            long length = error?.Length ?? outcome.Value?.Text.Length ?? 0;
            if (!_session.Outbox.Fits(length))
            {
                if (_session.Outbox.CanDrain)
                {
                    Waiting.Add(new WaitingEntry(entry, length));
                    return;
                }

                error = EncodeError(CallErrors.TooMuchUnsent(_session.Limits.MaxUnsentBytes));
            }

            if (error is not null || !TryWrite(entry, outcome, out error))
            {
                Begin("[\"reject\","u8, entry.Id).WriteRaw(error);
            }

            ended = EndAnswer(entry);
            _session.Sink.Work = null;
        }

        ended?.Dispose();
        _session.RunDeferred();
        _session.FlushUnlessReceiving();
    }

    /// <summary>Encodes the error of a call. The peer gets a general error instead of an unexpected exception.</summary>
    public byte[] EncodeError(Exception error) => Encode(CallErrors.MayLeave(error, _session.Options)
        ? error
        : _session.Log.General(error, member: null));

    /// <summary>Encodes the reason for the end of the session. The log has the reason already.</summary>
    public byte[] EncodeAbort(Exception error) =>
        Encode(error is RpcException || CallErrors.MayLeave(error, _session.Options) ? error : new RpcException("The session failed."));

    /// <summary>Encodes an error. The application's callback may replace the error by another one.</summary>
    private byte[] Encode(Exception error)
    {
        using var writer = new ExpressionWriter();
        try
        {
            _session.Serializer.WriteError(writer, error, _errors);
        }
        catch (Exception failure)
        {
            // The application's callback has failed, or the error cannot be encoded. The peer then gets a general error, so that its call
            // still ends.
            _session.Log.CallbackFailed(failure);
            writer.Clear();
            writer.WriteRaw("[\"error\",\"Error\",\"The call failed with an error that cannot be sent.\"]"u8);
        }

        return writer.WrittenSpan.ToArray();
    }

    /// <summary>Writes the abort, which is the last message. The caller holds the session's lock.</summary>
    public void WriteAbort(byte[] error)
    {
        ExpressionWriter writer = _session.BeginMessage();
        writer.WriteRaw("[\"abort\","u8);
        writer.WriteRaw(error);
        writer.WriteRaw((byte)']');
        _session.EndMessage();
    }

    /// <summary>
    /// Ends a call while another message is being written. This happens when serializing a value runs the application's code.
    /// </summary>
    private void CompleteDuringWrite<T>(ExportEntry entry, T value)
    {
        Outcome result = Capture(value);
        PromiseHook? built = entry.Hook as PromiseHook;
        entry.Call = null;
        if (built is not null)
        {
            built.Settle(result);
        }
        else if (entry.Count > 0)
        {
            SetHook(entry, result.Error is { } error
                ? PromiseHook.Rejected(_session, error)
                : PromiseHook.Resolved(_session, result.Share()));
        }
    }

    /// <summary>Copies a result, so that it no longer depends on the outbox. The copy takes ownership of the stubs in the result.</summary>
    private Outcome Capture<T>(T value)
    {
        var capture = new CaptureSink(_session, takesStubs: true);
        using var writer = new ExpressionWriter();
        if (TryCapture(capture, writer, value) is { } error)
        {
            return Outcome.Failed(error);
        }

        Outcome outcome = Outcome.Of(capture.Take(writer.WrittenSpan, out RpcStub[] taken));
        DisposeAll(taken);
        return outcome;
    }

    private Exception? TryCapture<T>(CaptureSink capture, ExpressionWriter writer, T value)
    {
        try
        {
            _session.Serializer.Write(writer, value, capture);
            return null;
        }
        catch (Exception error)
        {
            capture.Drop();
            return error;
        }
    }

    /// <summary>
    /// Adds the size of a result to the session's budget, if it is kept as a hook. Returns false if there is no room now, or an error if
    /// there will be none later. The caller holds the session's lock.
    /// </summary>
    private bool TryMakeRoom(ExportEntry entry, int length, int references, out long held, out Exception? error)
    {
        bool isKept = NeedsHook(entry, references) && entry is not { Hook: null, Count: 0 };
        held = isKept ? HeldBytes.Of(length, references) : 0;
        error = null;
        if (!isKept)
        {
            bool hasRoom = HasRoom(entry, length, references);
            error = hasRoom || _session.Outbox.CanDrain || !entry.IsPulled
                ? null
                : CallErrors.TooMuchUnsent(_session.Limits.MaxUnsentBytes);
            return hasRoom;
        }

        if (_session.Held.TryAdd(held))
        {
            return true;
        }

        bool canWait = held <= _session.Limits.MaxHeldBytes && !IsLast;
        error = canWait ? null : CallErrors.TooMuchHeld(_session.Limits.MaxHeldBytes);
        return false;
    }

    private static bool NeedsHook(ExportEntry entry, int references) => references > 0 || entry.Hook is not null;

    private static void DisposeAll(RpcStub[] stubs)
    {
        foreach (RpcStub stub in stubs)
        {
            stub.Dispose();
        }
    }

    private ExpressionWriter Begin(ReadOnlySpan<byte> opening, long id)
    {
        ExpressionWriter writer = _session.BeginMessage();
        writer.WriteRaw(opening);
        writer.WriteInteger(id);
        writer.WriteRaw((byte)',');
        return writer;
    }

    private Hook? EndAnswer(ExportEntry entry)
    {
        _session.Outbox.Writer.WriteRaw((byte)']');
        _session.EndMessage();
        _session.Exports.Answered(entry);
        return entry.EndsWithAnswer ? _session.Exports.Remove(entry, out _) : null;
    }

    private Exception? TryWrite<T>(ExportEntry entry, T value, out int start)
    {
        start = 0;
        try
        {
            ExpressionWriter writer = Begin("[\"resolve\","u8, entry.Id);
            start = writer.Position;
            _session.Serializer.Write(writer, value, _capture);
            return null;
        }
        catch (Exception error)
        {
            _capture.Drop();
            _session.DropMessage();
            return error;
        }
    }

    private bool TryWrite(ExportEntry entry, in Outcome outcome, out byte[]? error)
    {
        error = null;
        try
        {
            // A promise in a result is answered later, and its result may contain promises again. All of them share one budget.
            if (outcome.Value is { References.Count: > 0 })
            {
                entry.Work ??= new WorkBudget(_session.Limits.MaxWork);
            }

            if (entry.Work is { IsUsedUp: true } work)
            {
                // Many promises may be left. An exception for each would take long.
                error = EncodeError(work.TooMuch());
                return false;
            }

            _session.Sink.Work = entry.Work;
            ExpressionWriter writer = Begin("[\"resolve\","u8, entry.Id);
            if (outcome.Value is { } value)
            {
                _session.Sink.Work?.SpendCopy(value.Text.Length);
                value.CopyTo(writer, _session.Sink, static (writer, hook, sink) => sink.Write(writer, hook));
            }
            else
            {
                _session.Sink.Write(writer, outcome.Reference!);
            }

            return true;
        }
        catch (Exception failure)
        {
            _session.Sink.Work = null;
            _session.DropMessage();
            _session.DeferAbort(failure);
            error = EncodeError(failure);
            return false;
        }
    }

    /// <summary>
    /// Handles a result without references that was just written. If the peer has pulled the result, it is sent as the answer. If not,
    /// and this thread still handles received messages, the written message waits for a pull among them. Otherwise only the result's
    /// text is kept for a later pull. The caller holds the session's lock.
    /// </summary>
    private void KeepResult(ExportEntry entry, int start)
    {
        if (entry.Count == 0)
        {
            _session.DropMessage();
            _session.Exports.Recycle(entry);
            return;
        }

        if (_session.Held.Fits(_session.Outbox.Writer.Position - start))
        {
            _session.Outbox.BorrowText(entry, start);
        }

        if (entry.IsPulled)
        {
            EndAnswer(entry);
        }
        else if (_session.ReceivingThread == Environment.CurrentManagedThreadId)
        {
            _early = entry;
            _session.PauseMessage();
        }
        else
        {
            _session.DropMessage();
        }
    }

    /// <summary>
    /// Stores a result that contains references or that other calls use. Returns the promise that the caller must settle after it has
    /// released the session's lock. Returns null if there is no such promise.
    /// </summary>
    private PromiseHook? SettleWith(ExportEntry entry, Expression<Hook> given, long held)
    {
        if (entry.Hook is PromiseHook built)
        {
            return built;
        }

        PromiseHook result = PromiseHook.Resolved(_session, given, held);
        if (entry.Count > 0)
        {
            SetHook(entry, result);
        }
        else
        {
            _session.Defer(new Deferred(result));
        }

        return null;
    }

    /// <summary>
    /// Gives an entry the hook of its result. If the peer has pulled the entry, the entry waits for the hook's outcome. The caller holds
    /// the session's lock.
    /// </summary>
    private void SetHook(ExportEntry entry, Hook hook)
    {
        entry.Hook = hook;
        if (entry.IsPulled)
        {
            _session.Defer(new Deferred(hook, entry));
        }
    }
}
