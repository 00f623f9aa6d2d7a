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
    }

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

    /// <summary>Ends a call with its result. No other call uses that result.</summary>
    public void Complete<T>(ExportEntry entry, T value)
    {
        RpcStub[] taken = [];
        Outcome result = default;
        PromiseHook? built = null;
        Exception? error;
        lock (_session.Gate)
        {
            if (_session.IsWriting)
            {
                CompleteDuringWrite(entry, value);
                return;
            }

            entry.Call = null;
            int start = 0;
            error = _session.Error is { } over ? SessionEnding.Broken(over) : TryWrite(entry, value, out start);
            if (error is null && (_capture.Count > 0 || entry.Hook is not null))
            {
                Expression<Hook> given = _capture.Take(_session.Outbox.Writer.WrittenSpan[start..], out taken);
                _session.DropMessage();
                built = SettleWith(entry, given);
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
            return;
        }

        DisposeAll(taken);
        built?.Settle(result);
        _session.RunDeferred();
        _session.FlushUnlessReceiving();
    }

    /// <summary>Ends a call whose result is a hook, because other calls already use that result.</summary>
    public void Complete<T>(CallHook hook, T value)
    {
        hook.Settle(Capture(value));
        _session.RunDeferred();
        _session.FlushUnlessReceiving();
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
        else if (_early == entry)
        {
            _early = null;
            _session.ResumeMessage();
            EndAnswer(entry);
        }
        else if (entry.HasText)
        {
            ExpressionWriter writer = Begin("[\"resolve\","u8, entry.Id);
            writer.WriteRaw(entry.Text);
            EndAnswer(entry);
        }
    }

    /// <summary>Sends the result or error of an entry.</summary>
    public void Answer(ExportEntry entry, in Outcome outcome)
    {
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

            if (error is not null || !TryWrite(entry, outcome, out error))
            {
                Begin("[\"reject\","u8, entry.Id).WriteRaw(error);
            }

            ended = EndAnswer(entry);
        }

        ended?.Dispose();
        _session.RunDeferred();
        _session.FlushUnlessReceiving();
    }

    /// <summary>Encodes an error. The application's callback may replace the error by another one.</summary>
    public byte[] EncodeError(Exception error)
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
        try
        {
            _session.Serializer.Write(writer, value, capture);
        }
        catch (Exception error)
        {
            capture.Drop();
            return Outcome.Failed(error);
        }

        Outcome outcome = Outcome.Of(capture.Take(writer.WrittenSpan, out RpcStub[] taken));
        DisposeAll(taken);
        return outcome;
    }

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
            ExpressionWriter writer = Begin("[\"resolve\","u8, entry.Id);
            if (outcome.Value is { } value)
            {
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

        _session.Outbox.BorrowText(entry, start);
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
    private PromiseHook? SettleWith(ExportEntry entry, Expression<Hook> given)
    {
        if (entry.Hook is PromiseHook built)
        {
            return built;
        }

        PromiseHook result = PromiseHook.Resolved(_session, given);
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
