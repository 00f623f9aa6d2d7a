namespace WorkerRpc.CapnWeb.Transports;

/// <summary>
/// Follows the WebSocket frames (RFC 6455, 5.2) in received bytes. So the length that a frame announces is known before its payload has
/// arrived. The framework's WebSocket does not report that length.
/// </summary>
internal struct FrameLengths
{
    private ulong _payloadLeft;
    private ulong _length;
    private int _headBytes;
    private int _lengthBytesLeft;
    private int _maskBytesLeft;

    /// <summary>Follows the next bytes.</summary>
    /// <returns>The largest payload that a frame announces in these bytes. It is 0 if no head of a frame ends in them.</returns>
    public ulong Follow(ReadOnlySpan<byte> bytes)
    {
        ulong largest = 0;
        while (!bytes.IsEmpty)
        {
            if (_payloadLeft == 0)
            {
                AddToHead(bytes[0]);
                largest = Math.Max(largest, _payloadLeft);
                bytes = bytes[1..];
            }
            else
            {
                int payload = (int)Math.Min(_payloadLeft, (ulong)bytes.Length);
                _payloadLeft -= (ulong)payload;
                bytes = bytes[payload..];
            }
        }

        return largest;
    }

    private void AddToHead(byte next)
    {
        _headBytes++;
        if (_headBytes == 2)
        {
            int code = next & 0x7F;
            _lengthBytesLeft = code switch { 126 => sizeof(ushort), 127 => sizeof(ulong), _ => 0 };
            _maskBytesLeft = (next & 0x80) != 0 ? sizeof(int) : 0;
            _length = _lengthBytesLeft == 0 ? (ulong)code : 0;
        }
        else if (_lengthBytesLeft > 0)
        {
            _length = (_length << 8) | next;
            _lengthBytesLeft--;
        }
        else if (_headBytes > 2)
        {
            _maskBytesLeft--;
        }

        if (_headBytes >= 2 && _lengthBytesLeft == 0 && _maskBytesLeft == 0)
        {
            _payloadLeft = _length;
            _headBytes = 0;
        }
    }
}
