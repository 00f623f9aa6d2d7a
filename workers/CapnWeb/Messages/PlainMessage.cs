using System.Buffers.Text;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Messages;

/// <summary>
/// Recognises push, pull, resolve and release messages of simple calls by their first bytes, without a JSON parser. Their values contain no
/// <c>[</c>, and so no special form.
/// </summary>
internal static class PlainMessage
{
    private const int MaxDigits = 15;

    // JSON levels around an argument: the message, the expression and the list of arguments. The fourth is a reserve.
    private const int LevelsAround = 4;

    /// <summary>
    /// Reads the message of a simple call. Returns false for all other messages, which <see cref="MessageScanner"/> reads.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> message, RpcLimits limits, out ReceivedMessage plain)
    {
        plain = default;
        if (message.Length > limits.MaxMessageSize || message.Length < 3 || message[^1] != (byte)']'
            || ValueCount.Exceeds(message, limits.MaxValues))
        {
            return false;
        }

        return message[2] switch
        {
            (byte)'p' => TryReadPush(message, limits, out plain) || TryReadNumbers(message, "[\"pull\","u8, MessageKind.Pull, out plain),
            (byte)'r' => TryReadResolve(message, limits, out plain)
                || TryReadNumbers(message, "[\"release\","u8, MessageKind.Release, out plain),
            _ => false,
        };
    }

    private static bool TryReadPush(ReadOnlySpan<byte> message, RpcLimits limits, out ReceivedMessage plain)
    {
        plain = default;
        ReadOnlySpan<byte> rest = message;
        if (!TryTake(ref rest, "[\"push\",[\"pipeline\","u8) || !TryTakeInteger(ref rest, out long id) || !TryTake(ref rest, ",[\""u8))
        {
            return false;
        }

        int nameStart = message.Length - rest.Length;
        int nameLength = rest.IndexOfAny((byte)'"', (byte)'\\');
        if (nameLength < 0)
        {
            return false;
        }

        rest = rest[nameLength..];
        if (!TryTake(ref rest, "\"],["u8) || !rest.EndsWith("]]]"u8) || rest[0] <= (byte)' ' || !IsPlain(rest[..^3], limits))
        {
            return false;
        }

        TextRange name = new(nameStart, nameLength);
        TextRange arguments = new(message.Length - rest.Length - 1, rest.Length - 1);
        TextRange expression = new("[\"push\",".Length, message.Length - "[\"push\",".Length - 1);
        plain = new(MessageKind.Push, 0, 0, expression, new MethodCall(id, name, arguments), IsScanned: false);
        return true;
    }

    private static bool TryReadResolve(ReadOnlySpan<byte> message, RpcLimits limits, out ReceivedMessage plain)
    {
        plain = default;
        ReadOnlySpan<byte> rest = message;
        if (!TryTake(ref rest, "[\"resolve\","u8) || !TryTakeInteger(ref rest, out long id) || id == 0 || !TryTake(ref rest, ","u8)
            || rest.Length < 2 || !IsPlain(rest[..^1], limits))
        {
            return false;
        }

        TextRange expression = new(message.Length - rest.Length, rest.Length - 1);
        plain = new(MessageKind.Resolve, id, 0, expression, default, IsScanned: false);
        return true;
    }

    private static bool TryReadNumbers(ReadOnlySpan<byte> message, ReadOnlySpan<byte> opening, MessageKind kind, out ReceivedMessage plain)
    {
        plain = default;
        ReadOnlySpan<byte> rest = message;
        long count = 0;
        if (!TryTake(ref rest, opening) || !TryTakeInteger(ref rest, out long id) || id == 0
            || (kind == MessageKind.Release && (!TryTake(ref rest, ","u8) || !TryTakeInteger(ref rest, out count) || count <= 0))
            || rest.Length != 1)
        {
            return false;
        }

        plain = new(kind, id, count, default, default, IsScanned: true);
        return true;
    }

    private static bool IsPlain(ReadOnlySpan<byte> value, RpcLimits limits)
    {
        for (int levels = LevelsAround; ; levels++)
        {
            int next = value.IndexOfAny((byte)'[', (byte)'{');
            if (next < 0 || value[next] == (byte)'[' || levels >= limits.MaxDepth)
            {
                return next < 0;
            }

            value = value[(next + 1)..];
        }
    }

    private static bool TryTake(ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> expected)
    {
        if (!rest.StartsWith(expected))
        {
            return false;
        }

        rest = rest[expected.Length..];
        return true;
    }

    // Like JSON, this accepts no plus sign and no leading zero.
    private static bool TryTakeInteger(ref ReadOnlySpan<byte> rest, out long number)
    {
        int sign = !rest.IsEmpty && rest[0] == (byte)'-' ? 1 : 0;
        if (!Utf8Parser.TryParse(rest, out number, out int used)
            || used > sign + MaxDigits
            || (rest[sign] == (byte)'0' && used > 1)
            || rest[0] == (byte)'+')
        {
            return false;
        }

        rest = rest[used..];
        return true;
    }
}
