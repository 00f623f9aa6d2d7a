namespace WorkerRpc.CapnWeb.Values.Text;

/// <summary>A part of a text, as a byte offset and a length in bytes. Length 0 means that the part does not exist.</summary>
internal readonly record struct TextRange(int Start, int Length)
{
    public int End => Start + Length;

    public bool IsMissing => Length == 0;

    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> text) => text.Slice(Start, Length);
}
