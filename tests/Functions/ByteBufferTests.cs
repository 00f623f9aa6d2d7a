using System.Buffers;
using System.Text.Json;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Functions;

// The pool of buffers is shared by the whole process, so these tests run alone.
[Collection(Alone.Name)]
public class ByteBufferTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4_096)]
    [InlineData(4_097)]
    [InlineData(3_000_000)]
    public void Written_bytes_are_kept_when_the_buffer_grows(int bytes)
    {
        byte[] expected = [.. Enumerable.Range(0, bytes).Select(i => (byte)i)];
        using ByteBuffer buffer = ByteBuffer.Rent();

        foreach (byte[] piece in expected.Chunk(1_000))
        {
            buffer.Write(piece);
        }

        Assert.True(buffer.Written.Span.SequenceEqual(expected));
    }

    [Fact]
    public void JSON_writer_appends_a_new_value()
    {
        using ByteBuffer buffer = ByteBuffer.Rent();

        JsonSerializer.Serialize(buffer.Writer, new PayloadMetadata(1), WireJson.Default.PayloadMetadata);
        JsonSerializer.Serialize(buffer.Writer, new PayloadMetadata(2), WireJson.Default.PayloadMetadata);

        Assert.True(buffer.Written.Span.SequenceEqual("""{"timestamp":1}{"timestamp":2}"""u8));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(3_000_000)]
    [InlineData(5_000_000)]
    public void Rented_buffer_is_empty_after_an_earlier_use(int bytes)
    {
        ByteBuffer first = ByteBuffer.Rent();
        first.Write(new byte[bytes]);
        first.Dispose();

        using ByteBuffer second = ByteBuffer.Rent();

        Assert.Equal(0, second.Written.Length);
    }

    [Fact]
    public void Buffer_is_reused_unless_it_is_huge()
    {
        ByteBuffer ordinary = ByteBuffer.Rent();
        ordinary.Dispose();
        Assert.Contains(ordinary, Pooled());

        ByteBuffer huge = ByteBuffer.Rent();
        huge.Write(new byte[5_000_000]);
        huge.Dispose();
        Assert.DoesNotContain(huge, Pooled());
    }

    [Fact]
    public void Buffer_with_the_largest_payload_is_reused()
    {
        var payload = new Payload(new string('"', (PayloadSize.Bounds.Max - 50) / 6), new PayloadMetadata(1_700_000_000_000));
        ByteBuffer first = ByteBuffer.Rent();
        JsonSerializer.Serialize(first.Writer, payload, WireJson.Default.Payload);
        Assert.InRange(first.Written.Length, PayloadSize.Bounds.Max - 6, PayloadSize.Bounds.Max);
        first.Dispose();

        Assert.Contains(first, Pooled());
    }

    [Fact]
    public void Buffers_that_are_rented_together_differ()
    {
        using ByteBuffer one = ByteBuffer.Rent();
        using ByteBuffer other = ByteBuffer.Rent();

        one.Write("one"u8);
        other.Write("other"u8);

        Assert.True(one.Written.Span.SequenceEqual("one"u8));
        Assert.True(other.Written.Span.SequenceEqual("other"u8));
    }

    [Fact]
    public void Advance_beyond_the_returned_memory_throws()
    {
        using ByteBuffer buffer = ByteBuffer.Rent();
        int room = buffer.GetMemory().Length;

        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(room + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(-1));
    }

    // Rents more buffers than the pool holds. A server of an earlier test can still return one of its own to the pool, so the one that
    // was returned last is not always the first.
    private static ByteBuffer[] Pooled()
    {
        ByteBuffer[] buffers = [.. Enumerable.Range(0, (Environment.ProcessorCount * 4) + 1).Select(_ => ByteBuffer.Rent())];
        Array.ForEach(buffers, buffer => buffer.Dispose());
        return buffers;
    }
}
