using System.Buffers;

namespace WorkerRpc.CapnWeb.Values;

/// <summary>Expressions and messages as they are written: a pooled buffer that grows, and can be rolled back to a mark.</summary>
internal sealed class ExpressionWriter : IBufferWriter<byte>, IDisposable
{
    /// <summary>Bytes written; a mark for <see cref="Rollback"/>.</summary>
    public int Position => throw new NotImplementedException();

    public ReadOnlySpan<byte> WrittenSpan => throw new NotImplementedException();

    public ReadOnlyMemory<byte> WrittenMemory => throw new NotImplementedException();

    public void Advance(int count) => throw new NotImplementedException();

    public Memory<byte> GetMemory(int sizeHint = 0) => throw new NotImplementedException();

    public Span<byte> GetSpan(int sizeHint = 0) => throw new NotImplementedException();

    /// <summary>Writes text as it is.</summary>
    public void WriteRaw(ReadOnlySpan<byte> utf8) => throw new NotImplementedException();

    public void WriteRaw(byte character) => throw new NotImplementedException();

    public void WriteInteger(long value) => throw new NotImplementedException();

    /// <summary>Writes a string literal in quotes, escaped as JSON.stringify does.</summary>
    public void WriteString(ReadOnlySpan<char> value) => throw new NotImplementedException();

    /// <summary>Drops what was written behind the mark.</summary>
    public void Rollback(int position) => throw new NotImplementedException();

    /// <summary>Drops everything, keeps the buffer.</summary>
    public void Clear() => throw new NotImplementedException();

    /// <summary>Gives the buffer back to the pool; writing again takes a new one.</summary>
    public void Dispose() => throw new NotImplementedException();
}
