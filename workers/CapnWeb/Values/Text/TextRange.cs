namespace WorkerRpc.CapnWeb.Values.Text;

/// <summary>A part of a text, by byte offsets. Length 0 means that the part is missing.</summary>
internal readonly record struct TextRange(int Start, int Length)
{
    public int End => Start + Length;

    public bool IsMissing => Length == 0;

    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> text) => text.Slice(Start, Length);
}
