using System.Text;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Serialization;
using WorkerRpc.CapnWeb.Values.Text;
using WorkerRpc.Functions;
using WorkerRpc.Hostile.Mutating;

namespace WorkerRpc.Hostile.Targets;

/// <summary>
/// Reads an expression as several types. It must give a value or one of two errors, and allocate in proportion to its length. The value,
/// written and read again, must be written as the same text.
/// </summary>
internal sealed class CodecTarget : IFuzzTarget
{
    // The worst case is a dictionary with a member every few bytes.
    private const long BytesPerByte = 400;
    private const long BytesBesides = 200_000;

    /// <summary>Reads some values, so that what the codec allocates once is not counted as an input's.</summary>
    public CodecTarget()
    {
        foreach ((_, byte[] text) in Seeds)
        {
            TryReadAll(text, out _);
        }
    }

    public IEnumerable<KeyValuePair<string, byte[]>> Seeds => Inputs.Traces.SelectMany(trace =>
        trace.Messages.Select((text, i) => KeyValuePair.Create($"{trace.Name}-{i}", Encoding.UTF8.GetBytes(text))));

    public bool NeedsRecipes => false;

    public FuzzOutcome Run(byte[] input)
    {
        byte[][] expressions = ExpressionsOf(input);
        bool lived = true;
        foreach (byte[] expression in expressions)
        {
            lived &= Costs.Check(expression, () => new FuzzOutcome(Check(expression), 1)).Lived;
        }

        return new FuzzOutcome(lived, expressions.Length);
    }

    // A recipe may leave no message with an expression. Its bytes are read then, because AFL++ does not begin with an input that runs
    // no instrumented code.
    private static byte[][] ExpressionsOf(byte[] input)
    {
        byte[][] expressions = Recipe.IsRecipe(input)
            ? [.. Recipe.Apply(input, Inputs.Parsed).Where(message => message.Items.Count > 1)
                .Select(message => Encoding.UTF8.GetBytes(message.Items[^1].ToString()))]
            : [];
        return expressions.Length > 0 ? expressions : [input];
    }

    private static bool Check(byte[] text)
    {
        try
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            bool isAny = TryReadAll(text, out (bool IsThere, object? Value) read);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (allocated > (text.Length * BytesPerByte) + BytesBesides)
            {
                throw new FuzzFailureException($"{text.Length} bytes made the codec allocate {allocated}.", text);
            }

            if (read.IsThere && TryWrite(read.Value, out byte[] written))
            {
                CheckRoundTrip(text, written);
            }

            return isAny;
        }
        catch (Exception e) when (e is not FuzzFailureException)
        {
            throw new FuzzFailureException($"The codec threw {e.GetType().Name}: {e.Message}", text, e);
        }
    }

    // Reads a text as three types.
    private static bool TryReadAll(byte[] text, out (bool IsThere, object? Value) read)
    {
        read.IsThere = TryRead(text, out read.Value);
        return TryRead(text, out ExecuteRequest? _) | TryRead(text, out List<string>? _) | read.IsThere;
    }

    private static void CheckRoundTrip(byte[] text, byte[] written)
    {
        if (!TryRead(written, out object? again) || !TryWrite(again, out byte[] second) || !written.AsSpan().SequenceEqual(second))
        {
            throw new FuzzFailureException($"The written value {Encoding.UTF8.GetString(written)} is read as another value.", text);
        }
    }

    private static bool TryRead<T>(byte[] text, out T? value)
    {
        MentionList mentions = default;
        try
        {
            ExpressionScanner.ScanAll(text, RpcLimits.Default, ref mentions);
            value = RpcSerializer.Default.Read<T>(text, mentions.Count == 0 ? ReferenceSource.None : new AnyReference());
            return true;
        }
        catch (RpcException e) when (e is RpcValueException or RpcProtocolException)
        {
            value = default;
            return false;
        }
        finally
        {
            mentions.Dispose();
        }
    }

    private static bool TryWrite(object? value, out byte[] text)
    {
        using ExpressionWriter writer = new();
        try
        {
            RpcSerializer.Default.Write(writer, value, ReferenceSink.None);
            text = writer.WrittenSpan.ToArray();
            return true;
        }
        catch (RpcValueException)
        {
            text = [];
            return false;
        }
    }

    private sealed class AnyReference : ReferenceSource
    {
        public override object Take(int index) => new object();
    }
}
