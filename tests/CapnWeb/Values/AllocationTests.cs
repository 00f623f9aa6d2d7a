using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Serialization;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.Tests.CapnWeb.Values;

/// <summary>Allocations of reading and writing values.</summary>
public class AllocationTests
{
    private const int Calls = 200;

    private readonly Line _line = new() { Text = new string('x', 1000), Number = 1.5, Count = 1L << 60, When = DateTimeOffset.UnixEpoch };

    [Fact]
    public void Writing_a_record_allocates_nothing()
    {
        using ExpressionWriter writer = new();

        Assert.Equal(0, BytesEach(() =>
        {
            writer.Clear();
            RpcSerializer.Default.Write(writer, _line, ReferenceSink.None);
        }));
    }

    [Fact]
    public void Reading_a_record_allocates_only_its_objects()
    {
        using ExpressionWriter writer = new();
        RpcSerializer.Default.Write(writer, _line with { Count = 5 }, ReferenceSink.None);
        Line? line = null;

        long alone = BytesEach(() => line = new Line { Text = new string('x', 1000) });

        Assert.Equal(alone, BytesEach(() => line = RpcSerializer.Default.Read<Line>(writer.WrittenSpan, ReferenceSource.None)));
        Assert.Equal(_line.Text, line!.Text);
    }

    [Fact]
    public void Scanning_allocates_nothing()
    {
        using ExpressionWriter writer = new();
        RpcSerializer.Default.Write(
            writer, new Dictionary<string, object?> { ["a"] = _line, ["b"] = new object?[] { 1, "x" } }, ReferenceSink.None);
        writer.Rollback(writer.Position - 1);
        writer.WriteRaw(""","c":["pipeline",1,["x"],[["export",-1]]]}"""u8);

        Assert.Equal(0, BytesEach(() =>
        {
            MentionList mentions = default;
            ExpressionScanner.ScanAll(writer.WrittenSpan, RpcLimits.Default, ref mentions);
            mentions.Dispose();
        }));
    }

    // The lowest of several rounds counts: in some rounds the JIT compiler allocates on this thread.
    private static long BytesEach(Action act)
    {
        long fewest = long.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int call = 0; call < Calls; call++)
            {
                act();
            }

            fewest = Math.Min(fewest, (GC.GetAllocatedBytesForCurrentThread() - before) / Calls);
        }

        return fewest;
    }

    private sealed record Line
    {
        public string? Text { get; set; }

        public double Number { get; set; }

        public long Count { get; set; }

        public DateTimeOffset When { get; set; }
    }
}
