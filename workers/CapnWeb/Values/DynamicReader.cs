using System.Runtime.CompilerServices;
using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values;

/// <summary>Reads an expression as what it is, where no type is asked for.</summary>
internal static class DynamicReader
{
    public static object? Read(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Null => ReadScope.Current.WasUndefined(in reader) ? RpcUndefined.Value : null,
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.Number => reader.GetDouble(),
        JsonTokenType.String => JsonText.Read(in reader),
        JsonTokenType.StartObject => ReadObject(ref reader),
        _ => ReadSpecial(ref reader),
    };

    /// <summary>Reads elements up to the array's end.</summary>
    public static object?[] ReadElements(ref Utf8JsonReader reader)
    {
        List<object?> elements = [];
        while (FormGrammar.Next(ref reader))
        {
            elements.Add(Read(ref reader));
        }

        return [.. elements];
    }

    private static Dictionary<string, object?> ReadObject(ref Utf8JsonReader reader)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        Dictionary<string, object?> members = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string name = JsonText.Read(in reader);
            reader.Read();
            if (ObjectKeys.IsDropped(name))
            {
                reader.Skip();
            }
            else
            {
                members[name] = Read(ref reader);
            }
        }

        return members;
    }

    private static object? ReadSpecial(ref Utf8JsonReader reader)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        int start = (int)reader.TokenStartIndex;
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            object?[] elements = ReadElements(ref reader);
            reader.Read();
            return elements;
        }

        FormCode code = FormCodes.Of(in reader);
        if (code.IsReference())
        {
            FormGrammar.SkipToEnd(ref reader);
            return ReadScope.Current.Take(start);
        }

        return ReadForm(ref reader, code);
    }

    private static object ReadForm(ref Utf8JsonReader reader, FormCode code)
    {
        switch (code)
        {
            case FormCode.Bytes:
                RpcBuffer buffer = BytesForm.Read(ref reader);
                return buffer.Kind == RpcBufferKind.Uint8Array ? buffer.ToByteArray() : buffer;
            case FormCode.BigInt:
                return BigIntForm.Read(ref reader);
            case FormCode.Date:
                long? milliseconds = DateForm.Read(ref reader);
                return (object?)DateForm.ToOffset(milliseconds) ?? new RpcDate(milliseconds);
            case FormCode.Url:
                return UrlForm.Read(ref reader);
            case FormCode.Error:
                return ErrorForm.Read(ref reader);
            default:
                FormGrammar.SkipToEnd(ref reader);
                return code switch
                {
                    FormCode.Undefined => RpcUndefined.Value,
                    FormCode.Infinity => double.PositiveInfinity,
                    FormCode.NegativeInfinity => double.NegativeInfinity,
                    FormCode.NaN => double.NaN,
                    _ => throw ExpressionScanner.Refusal(code.Name()),
                };
        }
    }
}
