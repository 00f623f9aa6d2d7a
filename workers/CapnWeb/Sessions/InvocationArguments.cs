using System.Text.Json;
using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// The arguments of a call: a part of the message's text, or a captured value with references. Each argument is read when the member
/// requests it. The stubs that were read are disposed at the end of the call.
/// </summary>
internal sealed class InvocationArguments(SessionCore session)
{
    private readonly List<TextRange> _places = [];
    private readonly List<StubReference> _stubs = [];
    private ReadOnlyMemory<byte> _text;
    private Expression<Hook>? _captured;
    private ReadOnlyMemory<byte> _unscanned;
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

    /// <summary>The number of bytes of the arguments with references. It is 0 for other arguments, whose message has no budget.</summary>
    public int Length => _captured?.Text.Length ?? 0;

    /// <summary>
    /// Whether to try to read the text between the brackets as one argument. The text has not been scanned, so the number of arguments is
    /// unknown.
    /// </summary>
    private bool MayBeSingle => !_unscanned.IsEmpty && !_text.IsEmpty && !_member!.HasTakenSeveral;

    /// <summary>Sets the arguments of a new call: a part of a message, without references.</summary>
    public void Begin(ReadOnlyMemory<byte> message, TextRange arguments, bool isScanned, RpcMember member)
    {
        Begin(message.Slice(arguments.Start, arguments.Length));
        _member = member;
        _unscanned = isScanned || arguments.Length == "[]".Length ? default : message;
    }

    /// <summary>Sets the arguments of a new call: a captured value. Takes ownership of it.</summary>
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

    public bool Has(int index) => (index == 0 && MayBeSingle)
        || (index < Count && !IsUndefined(_places[index].Of(_text.Span)));

    public T Read<T>(int index)
    {
        if (index == 0 && MayBeSingle)
        {
            try
            {
                T only = session.Serializer.Read<T>(_text.Span[1..^1], ReferenceSource.None, isPlain: true);
                _unscanned = default;
                return only;
            }
            catch (RpcValueException)
            {
                // Reading failed: the type is wrong, there are several arguments, or the JSON is invalid. The member records that there
                // were several, so that its next call does not throw here again.
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

    /// <summary>Ends the access to the message's text, because the member has returned or has started to wait.</summary>
    /// <returns>The error if the message is invalid. Otherwise null.</returns>
    public RpcProtocolException? Close()
    {
        try
        {
            Check();
        }
        catch (RpcProtocolException)
        {
            // The error is already stored in _broken.
        }

        RpcProtocolException? broken = _broken;
        _broken = null;
        Forget();
        return broken;
    }

    /// <summary>Disposes the stubs among the arguments, because the call has ended.</summary>
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

    // Detects undefined with a JSON reader instead of a comparison of bytes, because other peers may write white space.
    private static bool IsUndefined(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty || value[0] != (byte)'[')
        {
            return false;
        }

        var reader = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = int.MaxValue });
        return reader.Read() && reader.Read() && reader.TokenType == JsonTokenType.String && JsonText.Is(in reader, "undefined"u8);
    }

    /// <summary>Scans the message, if that has not happened yet.</summary>
    /// <exception cref="RpcProtocolException">The message is invalid.</exception>
    private void Check()
    {
        if (_unscanned.IsEmpty)
        {
            return;
        }

        ReadOnlyMemory<byte> message = _unscanned;
        _unscanned = default;
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

/// <summary>Creates stubs for the references in a captured value.</summary>
/// <param name="value">The captured value. Its owner keeps it. Each stub adds a holder to its reference.</param>
/// <param name="made">The list to which the reference of each new stub is added.</param>
internal sealed class StubSource(Expression<Hook> value, List<StubReference> made) : ReferenceSource
{
    public override object Take(int index)
    {
        var reference = new StubReference(value.References[index].Duplicate());
        made.Add(reference);
        return new RpcStub(reference);
    }
}
