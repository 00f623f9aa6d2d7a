using System.Buffers.Text;
using System.Text;

namespace WorkerRpc.CapnWeb.Values.Text;

/// <summary>Writes expressions and messages into a pooled buffer.</summary>
internal sealed class ExpressionWriter() : PooledBytes(FirstBytes)
{
    private const int FirstBytes = 1024;

    // The length of the longest integer, long.MinValue, including its sign.
    private const int MaxIntegerLength = 20;

    // A UTF-16 code unit needs at most three bytes in UTF-8, or six characters as an escape.
    private const int MaxBytesPerUnit = 3;
    private const int MaxEscapedPerUnit = 6;

    public void WriteInteger(long value)
    {
        Utf8Formatter.TryFormat(value, GetSpan(MaxIntegerLength), out int written);
        Position += written;
    }

    /// <summary>Writes a string in quotes, with the same escapes as <c>JSON.stringify</c>.</summary>
    public void WriteString(ReadOnlySpan<char> value)
    {
        Span<char> escape = stackalloc char[MaxEscapedPerUnit];
        WriteRaw((byte)'"');
        while (true)
        {
            int plain = CanonicalEncoder.IndexOfEscaped(value);
            WriteUnescaped(plain < 0 ? value : value[..plain]);
            if (plain < 0)
            {
                break;
            }

            WriteUnescaped(escape[..CanonicalEncoder.Escape(value[plain], escape)]);
            value = value[(plain + 1)..];
        }

        WriteRaw((byte)'"');
    }

    private void WriteUnescaped(ReadOnlySpan<char> value) =>
        Position += Encoding.UTF8.GetBytes(value, GetSpan(checked(value.Length * MaxBytesPerUnit)));
}
