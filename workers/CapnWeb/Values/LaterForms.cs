using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values;

/// <summary>
/// The forms that are recognised and refused for now. One that is malformed ends the session as any other does; the
/// streams in it are reported, so that they can be let go.
/// </summary>
internal static class LaterForms
{
    private const int MinStatus = 200;
    private const int MaxStatus = 599;

    public static void Scan(ref Utf8JsonReader reader, FormCode code, RpcLimits limits, ref MentionList mentions, int depth)
    {
        switch (code)
        {
            case FormCode.Blob:
                FormGrammar.String(ref reader, "blob", "a type");
                reader.Read();
                ScanBody(ref reader, "blob", acceptsData: false, limits, ref mentions, depth + 1);
                break;
            case FormCode.Headers:
                reader.Read();
                FormGrammar.Expect(in reader, JsonTokenType.StartArray, "headers", "pairs");
                reader.Skip();
                break;
            case FormCode.Request:
                FormGrammar.String(ref reader, "request", "an address");
                ScanInit(ref reader, "request", limits, ref mentions, depth);
                break;
            default:
                reader.Read();
                ScanBody(ref reader, "response", acceptsData: true, limits, ref mentions, depth + 1);
                ScanInit(ref reader, "response", limits, ref mentions, depth);
                break;
        }

        FormGrammar.End(ref reader, code.Name());
    }

    private static void ScanInit(ref Utf8JsonReader reader, string form, RpcLimits limits, ref MentionList mentions, int depth)
    {
        reader.Read();
        FormGrammar.Expect(in reader, JsonTokenType.StartObject, form, "an init");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            bool isBody = form == "request" && reader.ValueTextEquals("body"u8);
            bool isStatus = form == "response" && reader.ValueTextEquals("status"u8);
            bool isHeaders = reader.ValueTextEquals("headers"u8);
            reader.Read();
            if (isBody)
            {
                ScanBody(ref reader, form, acceptsData: true, limits, ref mentions, depth + 1);
                continue;
            }

            if (isStatus)
            {
                CheckStatus(in reader);
            }
            else if (isHeaders)
            {
                FormGrammar.Expect(in reader, JsonTokenType.StartArray, form, "headers");
            }

            reader.Skip();
        }
    }

    private static void ScanBody(
        ref Utf8JsonReader reader, string form, bool acceptsData, RpcLimits limits, ref MentionList mentions, int depth)
    {
        Utf8JsonReader ahead = reader;
        FormCode code = ahead.TokenType == JsonTokenType.StartArray && ahead.Read() ? FormCodes.Of(in ahead) : FormCode.Unknown;
        bool isData = reader.TokenType is JsonTokenType.Null or JsonTokenType.String || code == FormCode.Bytes;
        if (code != FormCode.Readable && !(acceptsData && isData))
        {
            throw FormGrammar.Malformed(form, "a body", acceptsData ? "a readable, a string, bytes or null" : "a readable", in reader);
        }

        ExpressionScanner.Scan(ref reader, limits, ref mentions, depth);
    }

    private static void CheckStatus(in Utf8JsonReader reader)
    {
        FormGrammar.Expect(in reader, JsonTokenType.Number, "response", "a status");
        if (reader.GetDouble() is < MinStatus or > MaxStatus)
        {
            throw new RpcProtocolException($"Malformed response: expected a status of {MinStatus} to {MaxStatus}.", RpcErrorTypes.RangeError);
        }
    }
}
