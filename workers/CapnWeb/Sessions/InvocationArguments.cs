using System.Text.Json;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>The arguments of a call: text in the frame that brought it, or captured with references. Read on demand; stubs that
/// were read end with the call.</summary>
internal sealed class InvocationArguments(SessionCore session)
{
    private readonly List<TextRange> _places = [];
    private readonly List<StubReference> _stubs = [];
    private ReadOnlyMemory<byte> _text;
    private Expression<Hook>? _captured;
    private bool _isRead;

    public int Count
    {
        get
        {
            FindPlaces();
            return _places.Count;
        }
    }

    public void Begin(ReadOnlyMemory<byte> text)
    {
        _text = text;
        _isRead = false;
    }

    /// <summary>Takes the captured arguments over.</summary>
    public void Begin(Expression<Hook> captured)
    {
        _captured = captured;
        Begin(captured.Text);
    }

    public bool Has(int index) => index < Count && !IsUndefined(_places[index].Of(_text.Span));

    public T Read<T>(int index)
    {
        TextRange place = _places[index];
        if (_captured is null || _captured.References.Count == 0)
        {
            return session.Serializer.Read<T>(place.Of(_text.Span), ReferenceSource.None);
        }
        Expression<Hook> part = _captured.Part(place.Start, place.Length);
        return session.Serializer.Read<T>(part.Text.Span, part.References.Count == 0 ? ReferenceSource.None : new StubSource(part, _stubs));
    }

    /// <summary>The member has returned or awaits something: what it has not read by now is missing.</summary>
    public void Close()
    {
        _places.Clear();
        _text = default;
        _isRead = true;
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
        Close();
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

    private void FindPlaces()
    {
        if (_isRead)
        {
            return;
        }
        _isRead = true;
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
/// <param name="made">Where the stubs' references are noted; null where they are the reader's alone.</param>
internal sealed class StubSource(Expression<Hook> value, List<StubReference>? made) : ReferenceSource
{
    public override object Take(int index)
    {
        var reference = new StubReference(value.References[index].Duplicate());
        made?.Add(reference);
        return new RpcStub(reference);
    }
}
