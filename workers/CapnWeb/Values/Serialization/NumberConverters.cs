using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Serialization;

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
