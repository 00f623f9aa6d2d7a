using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Serialization;

/// <summary>Reads and writes doubles. Writes the same digits as JavaScript. Infinities and NaN are written as special forms.</summary>
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
        const string Expected = "a number";
        ValueForm? form = FormReader.Begin(ref reader, Expected);
        FormReader.Expect(form is NumberForm, Expected, form);
        FormGrammar.SkipToEnd(ref reader);
        return ((NumberForm)form!).Value;
    }
}

/// <summary>Reads and writes floats. 0.1f is written as 0.1, and not with the additional digits of a double.</summary>
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

/// <summary>Writes a decimal as a number if a double can represent every digit, otherwise as a string. So no digit is lost.</summary>
internal sealed class DecimalConverter : JsonConverter<decimal>
{
    // From this value on, converting a double back to decimal overflows.
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
