using System.Text.Json;
using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>The arguments of a call: text in the frame that brought it, or captured with references. Read on demand; stubs that
/// were read end with the call.</summary>
internal sealed class InvocationArguments(SessionCore session)
{
    private readonly List<TextRange> _places = [];
    private readonly List<StubReference> _stubs = [];
    private ReadOnlyMemory<byte> _text;
    private Expression<Hook>? _captured;
    private ReadOnlyMemory<byte> _unread;
    private RpcMember? _member;
    private RpcProtocolException? _broken;
    private bool _isRead;

    public int Count
    {
        get
        {
            FindPlaces();
            return _places.Count;
        }
    }

    /// <summary>Whether what stands between the brackets is read as one value, though nobody has looked at the message yet.</summary>
    private bool IsOne => !_unread.IsEmpty && !_text.IsEmpty && !_member!.HasTakenSeveral;

    /// <summary>Arguments without references, at a place in a message.</summary>
    public void Begin(ReadOnlyMemory<byte> message, TextRange arguments, bool isScanned, RpcMember member)
    {
        Begin(message.Slice(arguments.Start, arguments.Length));
        _member = member;
        _unread = isScanned || arguments.Length == "[]".Length ? default : message;
    }

    /// <summary>Takes the captured arguments over.</summary>
    public void Begin(Expression<Hook> captured)
    {
        _captured = captured;
        Begin(captured.Text);
    }

    private void Begin(ReadOnlyMemory<byte> text)
    {
        _text = text;
        _isRead = false;
    }

    public bool Has(int index) => (index == 0 && IsOne)
        || (index < Count && !IsUndefined(_places[index].Of(_text.Span)));

    public T Read<T>(int index)
    {
        if (index == 0 && IsOne)
        {
            try
            {
                T only = session.Serializer.Read<T>(_text.Span[1..^1], ReferenceSource.None, isPlain: true);
                _unread = default;
                return only;
            }
            catch (RpcValueException)
            {
                // Of the wrong type, several, or no JSON at all. That several came is found out by an exception only once.
                _member!.HasTakenSeveral |= Count > 1;
            }
        }
        FindPlaces();
        TextRange place = _places[index];
        if (_captured is null || _captured.References.Count == 0)
        {
            return session.Serializer.Read<T>(place.Of(_text.Span), ReferenceSource.None);
        }
        Expression<Hook> part = _captured.Part(place.Start, place.Length);
        return session.Serializer.Read<T>(part.Text.Span, part.References.Count == 0 ? ReferenceSource.None : new StubSource(part, _stubs));
    }

    /// <summary>The member has returned or awaits something: what it has not read by now is missing.</summary>
    /// <returns>What was wrong with the message; null where nothing was.</returns>
    public RpcProtocolException? Close()
    {
        try
        {
            Check();
        }
        catch (RpcProtocolException)
        {
            // Noted.
        }
        RpcProtocolException? broken = _broken;
        _broken = null;
        Forget();
        return broken;
    }

    /// <summary>The call has ended: its stubs with it.</summary>
    public void Clear()
    {
        foreach (StubReference stub in _stubs)
        {
            stub.Dispose();
        }
        _stubs.Clear();
        _captured?.Discard();
        _captured = null;
        Forget();
    }

    private void Forget()
    {
        _places.Clear();
        _text = default;
        _isRead = true;
    }

    // Undefined has one spelling but for white space, which only a peer that is not npm's writes.
    private static bool IsUndefined(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty || value[0] != (byte)'[')
        {
            return false;
        }
        var reader = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = int.MaxValue });
        return reader.Read() && reader.Read() && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("undefined"u8);
    }

    /// <exception cref="RpcProtocolException">The message that nobody had looked at is none.</exception>
    private void Check()
    {
        if (_unread.IsEmpty)
        {
            return;
        }
        ReadOnlyMemory<byte> message = _unread;
        _unread = default;
        MentionList mentions = default;
        try
        {
            MessageScanner.Scan(message.Span, session.Limits, ref mentions);
        }
        catch (RpcProtocolException broken)
        {
            _broken = broken;
            throw;
        }
        finally
        {
            mentions.Dispose();
        }
    }

    private void FindPlaces()
    {
        if (_isRead)
        {
            return;
        }
        _isRead = true;
        Check();
        var reader = new Utf8JsonReader(_text.Span, new JsonReaderOptions { MaxDepth = int.MaxValue });
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            int start = (int)reader.TokenStartIndex;
            reader.Skip();
            _places.Add(new TextRange(start, (int)reader.BytesConsumed - start));
        }
    }
}

/// <summary>Makes stubs of a value's references as they are read.</summary>
/// <param name="value">Stays its holder's; each stub holds its reference once more.</param>
/// <param name="made">Gets the reference of each stub that is made.</param>
internal sealed class StubSource(Expression<Hook> value, List<StubReference> made) : ReferenceSource
{
    public override object Take(int index)
    {
        var reference = new StubReference(value.References[index].Duplicate());
        made.Add(reference);
        return new RpcStub(reference);
    }
}
