using System.Text;
using FsCheck.Xunit;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Serialization;
using WorkerRpc.Tests.CapnWeb.Traces;

namespace WorkerRpc.Tests.CapnWeb.Values;

/// <summary>Any input gives a value or one of two errors, and uses memory in proportion to its length.</summary>
public class MutationTests
{
    private const int MutationsPerText = 60;
    private const int Seed = 20_260;

    // Allowed memory per byte of input. The worst case is a dictionary with a member every few bytes.
    private const long BytesPerByte = 400;
    private const long BytesBeside = 200_000;

    private static readonly string[] s_pieces =
    [
        "[", "]", "{", "}", "[[", "]]", ",", ":", "\"", "\\u", "\\", "1e999", "-", "\"undefined\"", "[\"export\",-1]",
        "[\"pipeline\",1,[\"a\"],[1]]", "\u0001", "null",
    ];

    [Fact]
    public void Mutated_trace_gives_a_value_or_an_expected_error()
    {
        Random random = new(Seed);
        foreach (string text in Trace.All.SelectMany(trace => trace.Frames).Select(frame => frame.Text).OfType<string>().Distinct())
        {
            for (int count = 0; count < MutationsPerText / (1 + (text.Length / 100)); count++)
            {
                CheckOutcome(Mutate(Encoding.UTF8.GetBytes(text), random));
            }
        }
    }

    [Property(Arbitrary = [typeof(DynamicValues)], MaxTest = 300)]
    public void Mutated_value_gives_a_value_or_an_expected_error(DynamicValue sample, int seed) =>
        CheckOutcome(Mutate(Encoding.UTF8.GetBytes(WireText.Write(sample.Value)), new Random(seed)));

    private static byte[] Mutate(byte[] text, Random random)
    {
        List<byte> mutated = [.. text];
        for (int count = random.Next(1, 4); count > 0; count--)
        {
            int at = random.Next(mutated.Count + 1);
            int length = random.Next(Math.Min(mutated.Count - at, 12) + 1);
            switch (random.Next(4))
            {
                case 0:
                    mutated.RemoveRange(at, length);
                    break;
                case 1:
                    mutated.InsertRange(at, Encoding.UTF8.GetBytes(s_pieces[random.Next(s_pieces.Length)]));
                    break;
                case 2:
                    mutated.InsertRange(at, mutated.GetRange(at, length));
                    break;
                default:
                    mutated.Insert(at, (byte)random.Next(256));
                    break;
            }
        }

        return [.. mutated];
    }

    private static void CheckOutcome(byte[] text)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (Func<byte[], object?> read in (Func<byte[], object?>[])[Read<object?>, Read<RoundTripTests.Mixed>, Read<List<string>>])
        {
            try
            {
                read(text);
            }
            catch (RpcException error) when (error is RpcValueException or RpcProtocolException)
            {
            }
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (text.Length * BytesPerByte) + BytesBeside);
    }

    private static object? Read<T>(byte[] text)
    {
        MentionList mentions = default;
        try
        {
            ExpressionScanner.ScanAll(text, RpcLimits.Default, ref mentions);
            return RpcSerializer.Default.Read<T>(text, mentions.Count == 0 ? ReferenceSource.None : new Anything());
        }
        finally
        {
            mentions.Dispose();
        }
    }

    private sealed class Anything : ReferenceSource
    {
        public override object Take(int index) => new object();
    }
}
