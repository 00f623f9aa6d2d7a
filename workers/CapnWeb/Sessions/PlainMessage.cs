using System.Buffers.Text;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// The messages of a plain call as every encoder spells them, told by their first bytes and not yet read as JSON. A text without
/// an opening bracket holds no special form, so that nothing has to be found in it before it becomes a value: whoever reads it
/// finds out whether it is JSON, and has <see cref="MessageText"/> look where it is not.
/// </summary>
/// <param name="Kind">A push of a call, a pull, a resolve or a release.</param>
/// <param name="Id">What it is about; the called object of a push.</param>
/// <param name="Count">A release's count.</param>
/// <param name="Name">A push's method.</param>
/// <param name="Value">A resolve's value, or the array of a push's arguments.</param>
internal readonly record struct PlainMessage(MessageKind Kind, long Id, long Count, TextRange Name, TextRange Value)
{
    private const int MaxDigits = 15;

    // The message and the call around a value.
    private const int LevelsAround = 4;

    /// <summary>False for every other message, and for what is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, RpcLimits limits, out PlainMessage plain)
    {
        plain = default;
        if (message.Length > limits.MaxMessageSize || message.Length < 3 || message[^1] != (byte)']')
        {
            return false;
        }
        return message[2] switch
        {
            (byte)'p' => TryReadPush(message, limits, out plain) || TryReadNumbers(message, "[\"pull\","u8, MessageKind.Pull, out plain),
            (byte)'r' => TryReadResolve(message, limits, out plain) || TryReadNumbers(message, "[\"release\","u8, MessageKind.Release, out plain),
            _ => false,
        };
    }

    private static bool TryReadPush(ReadOnlySpan<byte> message, RpcLimits limits, out PlainMessage plain)
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
        plain = new(MessageKind.Push, id, 0, new(nameStart, nameLength), new(message.Length - rest.Length - 1, rest.Length - 1));
        return true;
    }

    private static bool TryReadResolve(ReadOnlySpan<byte> message, RpcLimits limits, out PlainMessage plain)
    {
        plain = default;
        ReadOnlySpan<byte> rest = message;
        if (!TryTake(ref rest, "[\"resolve\","u8) || !TryTakeInteger(ref rest, out long id) || id == 0 || !TryTake(ref rest, ","u8)
            || rest.Length < 2 || !IsPlain(rest[..^1], limits))
        {
            return false;
        }
        plain = new(MessageKind.Resolve, id, 0, default, new(message.Length - rest.Length, rest.Length - 1));
        return true;
    }

    private static bool TryReadNumbers(ReadOnlySpan<byte> message, ReadOnlySpan<byte> opening, MessageKind kind, out PlainMessage plain)
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
        plain = new(kind, id, count, default, default);
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

    // As JSON spells it: no plus, and no zero before another digit.
    private static bool TryTakeInteger(ref ReadOnlySpan<byte> rest, out long number)
    {
        int sign = !rest.IsEmpty && rest[0] == (byte)'-' ? 1 : 0;
        if (!Utf8Parser.TryParse(rest, out number, out int used) || used > sign + MaxDigits || (rest[sign] == (byte)'0' && used > 1) || rest[0] == (byte)'+')
        {
            return false;
        }
        rest = rest[used..];
        return true;
    }
}
