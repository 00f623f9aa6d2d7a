using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Writes how the peer's calls ended. A plain result is encoded straight into the output: also before the pull has come,
/// which mostly is the next message, and taken back where it is not.</summary>
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

    /// <summary>Under the lock: takes an answer back that was written before its pull; its text stays with its entry.</summary>
    public void DropEarly()
    {
        if (_early is not null)
        {
            _early = null;
            _session.Outbox.DropOpen();
        }
    }

    /// <summary>Under the lock: the peer gave an entry back; it may become another call's.</summary>
    public void Forget(ExportEntry entry)
    {
        if (_early == entry)
        {
            DropEarly();
        }
    }

    /// <summary>A plain call has succeeded.</summary>
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
                CompleteApart(entry, value);
                return;
            }
            entry.Call = null;
            int start = 0;
            error = _session.Error is { } over ? SessionEnding.Broken(over) : TryWrite(entry, value, out start);
            if (error is null && (_capture.Count > 0 || entry.Hook is not null))
            {
                Expression<Hook> given = _capture.Take(_session.Outbox.Writer.WrittenSpan[start..], out taken);
                _session.DropMessage();
                built = Give(entry, given);
                result = Outcome.Of(given);
            }
            else if (error is null)
            {
                Keep(entry, start);
            }
        }
        if (error is not null)
        {
            Fail(entry, error);
            return;
        }
        DisposeAll(taken);
        built?.Settle(result);
        _session.AfterLock();
        _session.FlushTurn();
    }

    /// <summary>A call that others build on has succeeded.</summary>
    public void Complete<T>(CallHook hook, T value)
    {
        hook.Settle(Capture(value));
        _session.AfterLock();
        _session.FlushTurn();
    }

    /// <summary>A plain call has failed.</summary>
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
                Become(entry, PromiseHook.Rejected(_session, error));
            }
        }
        (built as PromiseHook)?.Settle(Outcome.Failed(error));
        _session.AfterLock();
        _session.FlushTurn();
    }

    /// <summary>Under the lock: the peer asks for an entry's end.</summary>
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
            _session.ReopenMessage();
            EndAnswer(entry);
        }
        else if (entry.HasText)
        {
            ExpressionWriter writer = Begin("[\"resolve\","u8, entry.Id);
            writer.WriteRaw(entry.Text);
            EndAnswer(entry);
        }
    }

    /// <summary>Tells the peer what an entry turned out to be.</summary>
    public void Answer(ExportEntry entry, in Outcome outcome)
    {
        Hook? ended = null;
        byte[]? error = outcome.Error is null ? null : Encode(outcome.Error);
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
        _session.AfterLock();
        _session.FlushTurn();
    }

    /// <summary>An error's text, as the application lets it go.</summary>
    public byte[] Encode(Exception error)
    {
        using var writer = new ExpressionWriter();
        try
        {
            _session.Serializer.WriteError(writer, error, _errors);
        }
        catch (Exception failure)
        {
            // The hook's failure, or an error that cannot be told: say at least that there was one.
            _session.Log.CallbackFailed(failure);
            writer.Clear();
            writer.WriteRaw("[\"error\",\"Error\",\"The call failed with an error that cannot be sent.\"]"u8);
        }
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>Under the lock: the last message.</summary>
    public void WriteAbort(byte[] error)
    {
        ExpressionWriter writer = _session.BeginMessage();
        writer.WriteRaw("[\"abort\","u8);
        writer.WriteRaw(error);
        writer.WriteRaw((byte)']');
        _session.EndMessage();
    }

    /// <summary>A call succeeds because a value that is being sent was looked at: told when that has been sent.</summary>
    private void CompleteApart<T>(ExportEntry entry, T value)
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
            Become(entry, result.Error is { } error ? PromiseHook.Rejected(_session, error) : PromiseHook.Resolved(_session, result.Share()));
        }
    }

    /// <summary>A result on its own, as whoever takes it over sees it.</summary>
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
            error = Encode(failure);
            return false;
        }
    }

    /// <summary>Under the lock: a plain result stands written; it is the answer, or may become it, or waits with its entry.</summary>
    private void Keep(ExportEntry entry, int start)
    {
        if (entry.Count == 0)
        {
            _session.DropMessage();
            _session.Exports.Recycle(entry);
            return;
        }
        _session.Outbox.Quote(entry, start);
        if (entry.IsPulled)
        {
            EndAnswer(entry);
        }
        else if (_session.ReceivingThread == Environment.CurrentManagedThreadId)
        {
            _early = entry;
            _session.LeaveOpen();
        }
        else
        {
            _session.DropMessage();
        }
    }

    /// <summary>Under the lock: a result that holds references, or that others build on; for them it is settled outside.</summary>
    private PromiseHook? Give(ExportEntry entry, Expression<Hook> given)
    {
        if (entry.Hook is PromiseHook built)
        {
            return built;
        }
        PromiseHook result = PromiseHook.Resolved(_session, given);
        if (entry.Count > 0)
        {
            Become(entry, result);
        }
        else
        {
            _session.Defer(new Deferred(result));
        }
        return null;
    }

    /// <summary>Under the lock: from now on a hook says what an entry is.</summary>
    private void Become(ExportEntry entry, Hook hook)
    {
        entry.Hook = hook;
        if (entry.IsPulled)
        {
            _session.Defer(new Deferred(hook, entry));
        }
    }
}
