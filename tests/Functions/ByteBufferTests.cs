using System.Buffers;
using System.Text.Json;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Functions;

// What is kept is kept for the whole process.
[Collection(Alone.Name)]
public class ByteBufferTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4_096)]
    [InlineData(4_097)]
    [InlineData(3_000_000)]
    public void What_is_written_is_read_back_however_far_the_buffer_has_to_grow(int bytes)
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
    public void The_writer_starts_a_new_value_behind_what_was_written()
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
    public void A_buffer_that_is_rented_after_one_was_given_back_is_empty(int bytes)
    {
        ByteBuffer first = ByteBuffer.Rent();
        first.Write(new byte[bytes]);
        first.Dispose();

        using ByteBuffer second = ByteBuffer.Rent();

        Assert.Equal(0, second.Written.Length);
    }

    [Fact]
    public void A_buffer_of_ordinary_size_is_reused_and_a_huge_one_is_not_kept()
    {
        ByteBuffer ordinary = ByteBuffer.Rent();
        ordinary.Dispose();
        ByteBuffer reused = ByteBuffer.Rent();
        Assert.Same(ordinary, reused);

        reused.Write(new byte[5_000_000]);
        reused.Dispose();

        using ByteBuffer fresh = ByteBuffer.Rent();
        Assert.NotSame(reused, fresh);
    }

    [Fact]
    public void A_buffer_that_held_the_largest_payload_as_JSON_is_reused()
    {
        var payload = new Payload(new string('"', (PayloadSize.Bounds.Max - 50) / 6), new PayloadMetadata(1_700_000_000_000));
        ByteBuffer first = ByteBuffer.Rent();
        JsonSerializer.Serialize(first.Writer, payload, WireJson.Default.Payload);
        Assert.InRange(first.Written.Length, PayloadSize.Bounds.Max - 6, PayloadSize.Bounds.Max);
        first.Dispose();

        using ByteBuffer second = ByteBuffer.Rent();

        Assert.Same(first, second);
    }

    [Fact]
    public void Two_that_are_rented_at_once_are_two()
    {
        using ByteBuffer one = ByteBuffer.Rent();
        using ByteBuffer other = ByteBuffer.Rent();

        one.Write("one"u8);
        other.Write("other"u8);

        Assert.True(one.Written.Span.SequenceEqual("one"u8));
        Assert.True(other.Written.Span.SequenceEqual("other"u8));
    }

    [Fact]
    public void Advancing_beyond_the_room_that_was_given_is_refused()
    {
        using ByteBuffer buffer = ByteBuffer.Rent();
        int room = buffer.GetMemory().Length;

        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(room + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(-1));
    }
}
