namespace WorkerRpc.Hostile.Mutating;

/// <summary>
/// Makes the mutator's choices from bytes, so that a fuzzer that changes bytes changes choices. After the last byte, each choice is 0.
/// </summary>
/// <param name="bytes">The bytes.</param>
internal ref struct Choices(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Chooses a number from 0 up to, but not including, <paramref name="count"/>.</summary>
    public int Next(int count)
    {
        if (_rest.IsEmpty || count <= 1)
        {
            return 0;
        }

        // A second byte is used only where one byte cannot reach every number.
        int value = _rest[0];
        _rest = _rest[1..];
        if (count > byte.MaxValue + 1 && !_rest.IsEmpty)
        {
            value = (value << 8) | _rest[0];
            _rest = _rest[1..];
        }

        return value % count;
    }

    /// <summary>Chooses an element.</summary>
    public T Of<T>(IReadOnlyList<T> all) => all[Next(all.Count)];
}
