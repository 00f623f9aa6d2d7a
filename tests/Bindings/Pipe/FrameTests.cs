using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using WorkerRpc.Bindings.Pipe;
using WorkerRpc.Bindings.Wire;

namespace WorkerRpc.Tests.Bindings.Pipe;

public class FrameTests
{
    private const int MaxFrameBytes = 256;
    private const int MaxBodyBytes = MaxFrameBytes - FrameHead.Bytes;

    [Fact]
    public void Head_is_length_kind_and_id_in_little_endian()
    {
        byte[] written = new byte[FrameHead.Bytes];

        new FrameHead(0x0102_0304, FrameKind.Error, 0x1112_1314_1516_1718).Write(written);

        Assert.Equal([4, 3, 2, 1, 3, 0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11], written);
        Assert.Equal(RawFrame.Head(0x0102_0304, 3, 0x1112_1314_1516_1718), written);
    }

    [Property(Arbitrary = [typeof(FrameSequences)], MaxTest = 40)]
    public void Frames_are_read_whole_from_any_two_segments(FrameSequence sequence)
    {
        byte[] bytes = sequence.Bytes;

        for (int at = 0; at <= bytes.Length; at++)
        {
            AssertTaken(sequence, Segments.Of(bytes, at));
        }
    }

    [Property(Arbitrary = [typeof(FrameSequences)], MaxTest = 100)]
    public void Frames_are_read_whole_from_segments_of_any_lengths(FrameSequence sequence, NonNegativeInt[] cuts) =>
        AssertTaken(sequence, Segments.Of(sequence.Bytes, [.. cuts.Select(cut => cut.Get % (sequence.Bytes.Length + 1)).Order()]));

    [Property(Arbitrary = [typeof(FrameSequences)], MaxTest = 40)]
    public void Partial_bytes_give_the_complete_frames_and_stay_otherwise(FrameSequence sequence)
    {
        byte[] bytes = sequence.Bytes;

        for (int arrivedBytes = 0; arrivedBytes < bytes.Length; arrivedBytes++)
        {
            var arrived = new ReadOnlySequence<byte>(bytes, 0, arrivedBytes);
            List<RawFrame> taken = ReadAll(ref arrived);

            int whole = taken.Sum(frame => frame.Bytes.Length);
            Assert.Equal(arrivedBytes - whole, arrived.Length);
            Assert.Equal(bytes.Take(whole), taken.SelectMany(frame => frame.Bytes));
            Assert.True(taken.Count == sequence.Frames.Count || arrived.Length < sequence.Frames[taken.Count].Bytes.Length);
        }
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(MaxBodyBytes, true)]
    [InlineData(MaxBodyBytes + 1, false)]
    [InlineData(int.MaxValue, false)]
    [InlineData(int.MinValue, false)]
    [InlineData(-1, false)]
    public void Head_alone_decides_whether_its_frame_is_accepted(int bodyBytes, bool isTaken)
    {
        var arrived = new ReadOnlySequence<byte>([.. RawFrame.Head(bodyBytes, RawFrame.CallKind, 1), .. new byte[MaxBodyBytes]]);
        ReadOnlySequence<byte> headAlone = arrived.Slice(0, FrameHead.Bytes);

        if (isTaken)
        {
            Assert.Equal(bodyBytes == 0, FrameHead.TryTake(ref headAlone, MaxFrameBytes, out _, out _));
            Assert.True(FrameHead.TryTake(ref arrived, MaxFrameBytes, out _, out ReadOnlySequence<byte> body));
            Assert.Equal(bodyBytes, body.Length);
        }
        else
        {
            string message = Assert.Throws<BrokenFrameException>(
                () => FrameHead.TryTake(ref headAlone, MaxFrameBytes, out _, out _)).Message;
            Assert.Equal($"A frame with a body of {(uint)bodyBytes} bytes: expected at most {MaxBodyBytes}.", message);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(255)]
    public void Unknown_kind_is_refused_by_its_head(byte kind)
    {
        var arrived = new ReadOnlySequence<byte>(RawFrame.Head(0, kind, 1));

        Assert.Throws<BrokenFrameException>(() => FrameHead.TryTake(ref arrived, MaxFrameBytes, out _, out _));
    }

    [Property(MaxTest = 500)]
    public void Garbage_is_frames_an_error_or_incomplete(byte[] garbage)
    {
        var arrived = new ReadOnlySequence<byte>(garbage);
        try
        {
            List<RawFrame> taken = ReadAll(ref arrived);

            Assert.Equal(garbage, taken.SelectMany(frame => frame.Bytes).Concat(arrived.ToArray()));
        }
        // Garbage may also be an invalid frame.
        catch (BrokenFrameException)
        {
        }
    }

    private static void AssertTaken(FrameSequence sequence, ReadOnlySequence<byte> arrived)
    {
        List<RawFrame> taken = ReadAll(ref arrived);

        Assert.True(arrived.IsEmpty);
        Assert.Equal(sequence.Frames.Select(Text), taken.Select(Text));
    }

    private static string Text(RawFrame frame) => $"{frame.Kind} {frame.Id} {Convert.ToHexString(frame.Body)}";

    private static List<RawFrame> ReadAll(ref ReadOnlySequence<byte> arrived)
    {
        List<RawFrame> taken = [];
        while (FrameHead.TryTake(ref arrived, MaxFrameBytes, out FrameHead head, out ReadOnlySequence<byte> body))
        {
            taken.Add(new RawFrame((byte)head.Kind, head.CallId, body.ToArray()));
        }

        return taken;
    }

    /// <summary>A generated sequence of frames.</summary>
    public sealed class FrameSequence
    {
        internal FrameSequence(IReadOnlyList<RawFrame> frames) => Frames = frames;

        public byte[] Bytes => [.. Frames.SelectMany(frame => frame.Bytes)];

        internal IReadOnlyList<RawFrame> Frames { get; }

        public override string ToString() => string.Join(", ", Frames.Select(Text));
    }

    public static class FrameSequences
    {
        public static Arbitrary<FrameSequence> All()
        {
            // Long bodies are rare, because the tests try every position at which to split the bytes.
            Gen<int> bodyBytes = Gen.Frequency(
                (4, Gen.Constant(0)), (8, Gen.Choose(1, 20)), (1, Gen.Choose(100, 200)), (1, Gen.Constant(MaxBodyBytes)));
            Gen<RawFrame> frame =
                from length in bodyBytes
                from body in Gen.ArrayOf(Gen.Choose(0, 255).Select(value => (byte)value), length)
                from kind in Gen.Choose(RawFrame.CallKind, RawFrame.CancelKind)
                from id in Gen.OneOf(Gen.Elements(0UL, 1UL, ulong.MaxValue), ArbMap.Default.GeneratorFor<ulong>())
                select new RawFrame((byte)kind, id, body);
            return Arb.From(from count in Gen.Choose(1, 5) from frames in Gen.ArrayOf(frame, count) select new FrameSequence(frames));
        }
    }
}

/// <summary>A sequence of segments, as a PipeReader returns received bytes.</summary>
internal sealed class Segments : ReadOnlySequenceSegment<byte>
{
    /// <summary>Splits the bytes at the given positions, which are in ascending order.</summary>
    public static ReadOnlySequence<byte> Of(byte[] bytes, params IReadOnlyList<int> cuts)
    {
        var first = new Segments { Memory = bytes.AsMemory(0, cuts.Count > 0 ? cuts[0] : bytes.Length) };
        Segments last = first;
        for (int i = 0; i < cuts.Count; i++)
        {
            int end = i + 1 < cuts.Count ? cuts[i + 1] : bytes.Length;
            var next = new Segments { Memory = bytes.AsMemory(cuts[i]..end), RunningIndex = last.RunningIndex + last.Memory.Length };
            last.Next = next;
            last = next;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }
}
