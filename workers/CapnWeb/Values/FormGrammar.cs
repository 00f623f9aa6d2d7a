using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values;

/// <summary>What each form must look like; a form that does not ends the session.</summary>
internal static class FormGrammar
{
    /// <summary>Steps to the form's next element; false at its end.</summary>
    public static bool Next(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType != JsonTokenType.EndArray;

    /// <summary>Skips elements that mean nothing, up to the form's end.</summary>
    public static void SkipToEnd(ref Utf8JsonReader reader)
    {
        while (Next(ref reader))
        {
            reader.Skip();
        }
    }

    public static void End(ref Utf8JsonReader reader, string form)
    {
        if (Next(ref reader))
        {
            throw new RpcProtocolException($"Malformed {form}: it has an element too many.");
        }
    }

    public static void Expect(in Utf8JsonReader reader, JsonTokenType type, string form, string part)
    {
        if (reader.TokenType != type)
        {
            throw Malformed(form, part, TokenText.Of(type), in reader);
        }
    }

    /// <summary>Steps to an element that must be a string.</summary>
    public static void String(ref Utf8JsonReader reader, string form, string part)
    {
        reader.Read();
        Expect(in reader, JsonTokenType.String, form, part);
    }

    /// <summary>Steps to an element that must be an integer.</summary>
    public static long Id(ref Utf8JsonReader reader, FormCode code)
    {
        reader.Read();
        Expect(in reader, JsonTokenType.Number, code.Name(), "an id");
        return JsonNumber.TryGetInteger(in reader, out long id)
            ? id
            : throw Malformed(code.Name(), "an id", "an integer", in reader);
    }

    /// <summary>The path that the reader stands on: an array of strings and numbers.</summary>
    public static TextRange Path(ref Utf8JsonReader reader, FormCode code)
    {
        Expect(in reader, JsonTokenType.StartArray, code.Name(), "a path");
        int start = (int)reader.TokenStartIndex;
        while (Next(ref reader))
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number))
            {
                throw Malformed(code.Name(), "a part of its path", "a string or a number", in reader);
            }
        }

        return RangeFrom(start, in reader);
    }

    /// <summary>A remap's path, captures and instructions. The instructions are looked at when the map runs.</summary>
    public static void Remap(ref Utf8JsonReader reader, ref Mention mention)
    {
        reader.Read();
        mention.Path = Path(ref reader, FormCode.Remap);
        reader.Read();
        mention.Captures = Captures(ref reader);
        reader.Read();
        Expect(in reader, JsonTokenType.StartArray, "remap", "instructions");
        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        mention.Instructions = RangeFrom(start, in reader);
        End(ref reader, "remap");
    }

    /// <summary>Checks a form that holds no other expression, up to its end.</summary>
    public static void CheckValue(ref Utf8JsonReader reader, FormCode code, RpcLimits limits)
    {
        switch (code)
        {
            case FormCode.Undefined:
                End(ref reader, "undefined");
                break;
            case FormCode.Infinity or FormCode.NegativeInfinity or FormCode.NaN:
                SkipToEnd(ref reader);
                break;
            case FormCode.Date:
                CheckDate(ref reader);
                break;
            case FormCode.BigInt:
                String(ref reader, "bigint", "digits");
                BigIntText.Check(in reader, limits);
                SkipToEnd(ref reader);
                break;
            case FormCode.Bytes:
                BytesForm.Check(ref reader);
                break;
            case FormCode.Url:
                String(ref reader, "url", "an address");
                UrlForm.Check(in reader);
                End(ref reader, "url");
                break;
            default:
                throw new RpcProtocolException("Unknown special value: an array that begins with no type code of the protocol.");
        }
    }

    public static TextRange RangeFrom(int start, in Utf8JsonReader reader) => new(start, (int)reader.BytesConsumed - start);

    public static RpcProtocolException Malformed(string form, string part, string accepted, in Utf8JsonReader reader) =>
        new($"Malformed {form}: expected {accepted} as {part}, got {TokenText.Of(reader.TokenType)}.");

    private static TextRange Captures(ref Utf8JsonReader reader)
    {
        Expect(in reader, JsonTokenType.StartArray, "remap", "captures");
        int start = (int)reader.TokenStartIndex;
        while (Next(ref reader))
        {
            Expect(in reader, JsonTokenType.StartArray, "remap", "a capture");
            reader.Read();
            FormCode code = FormCodes.Of(in reader);
            if (code is not (FormCode.Import or FormCode.Export))
            {
                throw new RpcProtocolException("Malformed remap: expected an import or an export as a capture.");
            }

            Id(ref reader, code);
            End(ref reader, "capture");
        }

        return RangeFrom(start, in reader);
    }

    private static void CheckDate(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.Null))
        {
            throw Malformed("date", "milliseconds", "a number or null", in reader);
        }

        SkipToEnd(ref reader);
    }
}

/// <summary>What a person calls a token.</summary>
internal static class TokenText
{
    public static string Of(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String or JsonTokenType.PropertyName => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "a boolean",
        JsonTokenType.Null => "null",
        _ => "nothing",
    };
}

/// <summary>Numbers of the protocol's own, which JavaScript may print in more than one way.</summary>
internal static class JsonNumber
{
    public static bool TryGetInteger(in Utf8JsonReader reader, out long value)
    {
        if (reader.TryGetInt64(out value))
        {
            return true;
        }

        double number = reader.GetDouble();
        value = Math.Abs(number) <= EcmaScriptNumber.MaxSafeInteger ? (long)number : 0;
        return value == number;
    }
}
