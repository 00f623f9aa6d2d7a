using System.Text.Json;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>The state of the value that this thread reads: its references by offset, and the offsets of undefined.</summary>
internal sealed class ReadScope
{
    // The scope is static, because JsonConverter<T>.Read has no parameter for state: it gets a reader, a type and options. The options
    // contain the cached contracts, so all values share them. The scope is per thread, because a value is read by one synchronous call.
    [ThreadStatic]
    private static ReadScope? s_current;

    // The scope that this thread used before. It is reused for the next value, so that a call does not allocate one.
    [ThreadStatic]
    private static ReadScope? s_spare;

    private readonly List<int> _undefineds = [];
    private ReferenceSource _source = ReferenceSource.None;
    private TextRange[] _forms = [];
    private ReadScope? _outer;

    public static ReadScope Current =>
        s_current
            ?? throw new InvalidOperationException(
                "An RPC value is being read outside an RPC serializer: its converters work nowhere else.");

    /// <summary>The offsets at which <see cref="UndefinedBlanks"/> has replaced an undefined by null.</summary>
    public List<int> Undefineds => _undefineds;

    public static ReadScope Begin(ReadOnlySpan<byte> text, ReferenceSource source)
    {
        TextRange[] forms = source == ReferenceSource.None ? [] : FormPositions.Find(text);
        ReadScope scope = s_spare ?? new ReadScope();
        s_spare = null;
        scope._outer = s_current;
        scope._forms = forms;
        scope._source = source;
        s_current = scope;
        return scope;
    }

    public void End()
    {
        s_current = _outer;
        _outer = null;
        _undefineds.Clear();
        _source = ReferenceSource.None;
        _forms = [];
        s_spare = this;
    }

    /// <summary>Whether the null at the reader's position replaces an undefined.</summary>
    public bool WasUndefined(ref readonly Utf8JsonReader reader) =>
        _undefineds.Count > 0 && _undefineds.BinarySearch((int)reader.TokenStartIndex) >= 0;

    /// <summary>Returns the stub for the reference form at an offset.</summary>
    public object Take(int offset)
    {
        int index = FormPositions.IndexOf(_forms, offset);
        return _source.Take(index < 0 ? 0 : index);
    }
}
