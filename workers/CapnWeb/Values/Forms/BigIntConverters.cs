using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>
/// Converts 64- and 128-bit integers. Up to ±(2^53 − 1), where JavaScript's numbers are exact, an integer is written as a number, otherwise
/// as a bigint.
/// </summary>
internal sealed class WideIntegerConverter<T> : JsonConverter<T>
    where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long exact))
        {
            return Narrow(exact);
        }

        return Narrow(BigIntegerConverter.ReadInteger(ref reader));
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        if (IsSafe(value))
        {
            writer.WriteNumberValue(long.CreateTruncating(value));
        }
        else
        {
            WriteScope scope = WriteScope.Current;
            int mark = scope.Scratch.Position;
            BigIntForm.Write(scope.Scratch, value);
            scope.Take(writer, mark);
        }
    }

    private static bool IsSafe(T value) =>
        value <= T.CreateChecked(EcmaScriptNumber.MaxSafeInteger) && value >= T.CreateSaturating(-EcmaScriptNumber.MaxSafeInteger);

    private static T Narrow<TWide>(TWide value)
        where TWide : IBinaryInteger<TWide>
    {
        try
        {
            return T.CreateChecked(value);
        }
        catch (OverflowException)
        {
            throw FormReader.Unexpected($"an integer of {T.MinValue} to {T.MaxValue}", "another");
        }
    }
}

/// <summary>Converts integers of any size, which are always written as a bigint.</summary>
internal sealed class BigIntegerConverter : JsonConverter<BigInteger>
{
    public override BigInteger Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ReadInteger(ref reader);

    public override void Write(Utf8JsonWriter writer, BigInteger value, JsonSerializerOptions options)
    {
        WriteScope scope = WriteScope.Current;
        int mark = scope.Scratch.Position;
        BigIntForm.Write(scope.Scratch, value);
        scope.Take(writer, mark);
    }

    /// <summary>Reads a bigint, or a number without a fraction.</summary>
    public static BigInteger ReadInteger(ref Utf8JsonReader reader)
    {
        const string Expected = "an integer";
        if (reader.TokenType == JsonTokenType.Number)
        {
            double number = reader.GetDouble();
            return double.IsInteger(number) ? new BigInteger(number) : throw FormReader.Unexpected(Expected, "a fraction");
        }

        FormReader.Begin(ref reader, BigIntForm.Instance, Expected);
        return BigIntForm.Read(ref reader);
    }
}
