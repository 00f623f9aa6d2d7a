using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkerRpc.CapnWeb.Values.Converters;

/// <summary>Doubles as ECMAScript prints them; infinities and NaN by their forms.</summary>
internal sealed class DoubleConverter : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number ? reader.GetDouble() : ReadForm(ref reader);

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[EcmaScriptNumber.MaxLength];
        writer.WriteRawValue(text[..EcmaScriptNumber.Format(value, text)], skipInputValidation: true);
    }

    public static double ReadForm(ref Utf8JsonReader reader)
    {
        const string expected = "a number";
        ValueForm? form = FormReader.Begin(ref reader, expected);
        FormReader.Expect(form is NumberForm, expected, form);
        FormGrammar.SkipToEnd(ref reader);
        return ((NumberForm)form!).Value;
    }
}

/// <summary>Floats, by the digits that a float needs.</summary>
internal sealed class SingleConverter : JsonConverter<float>
{
    public override float Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number ? reader.GetSingle() : (float)DoubleConverter.ReadForm(ref reader);

    public override void Write(Utf8JsonWriter writer, float value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[EcmaScriptNumber.MaxLength];
        writer.WriteRawValue(text[..EcmaScriptNumber.Format(value, text)], skipInputValidation: true);
    }
}

/// <summary>Decimals as numbers where a double keeps every digit, else as strings: no digit is lost in silence.</summary>
internal sealed class DecimalConverter : JsonConverter<decimal>
{
    // Beyond, a double does not convert back.
    private const double MaxDouble = 7.9e28;

    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        decimal value = 0;
        bool isInRange = reader.TokenType switch
        {
            JsonTokenType.Number => reader.TryGetDecimal(out value),
            JsonTokenType.String => TryParse(JsonText.Read(in reader), out value),
            _ => throw FormReader.Unexpected("a number, or a string of digits", TokenText.Of(reader.TokenType)),
        };
        return isInRange ? value : throw FormReader.Unexpected("a number within decimal's range", "another");
    }

    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options)
    {
        double number = (double)value;
        if (Math.Abs(number) >= MaxDouble || (decimal)number != value)
        {
            writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
            return;
        }

        Span<byte> text = stackalloc byte[EcmaScriptNumber.MaxLength];
        writer.WriteRawValue(text[..EcmaScriptNumber.Format(number, text)], skipInputValidation: true);
    }

    private static bool TryParse(string text, out decimal value) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
}

/// <summary>Integers that may leave the range in which JavaScript's numbers are exact: a number within, a bigint beyond.</summary>
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

/// <summary>Integers of any size, always as bigint.</summary>
internal sealed class BigIntegerConverter : JsonConverter<BigInteger>
{
    public override BigInteger Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => ReadInteger(ref reader);

    public override void Write(Utf8JsonWriter writer, BigInteger value, JsonSerializerOptions options)
    {
        WriteScope scope = WriteScope.Current;
        int mark = scope.Scratch.Position;
        BigIntForm.Write(scope.Scratch, value);
        scope.Take(writer, mark);
    }

    /// <summary>Reads a bigint, or a number that is an integer.</summary>
    public static BigInteger ReadInteger(ref Utf8JsonReader reader)
    {
        const string expected = "an integer";
        if (reader.TokenType == JsonTokenType.Number)
        {
            double number = reader.GetDouble();
            return double.IsInteger(number) ? new BigInteger(number) : throw FormReader.Unexpected(expected, "a fraction");
        }

        FormReader.Begin(ref reader, BigIntForm.Instance, expected);
        return BigIntForm.Read(ref reader);
    }
}
