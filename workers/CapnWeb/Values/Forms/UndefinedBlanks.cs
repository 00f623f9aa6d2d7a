using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>
/// Contracts of System.Text.Json know null, not undefined. So before one reads a text, each undefined in it is overwritten by
/// a null of the same length; readers of dynamic values ask where they stood.
/// </summary>
internal static class UndefinedBlanks
{
    private static ReadOnlySpan<byte> Name => "\"undefined\""u8;

    /// <summary>Whether the text may hold one. A search over the whole text, but with vectors.</summary>
    public static bool MayBeIn(ReadOnlySpan<byte> text) => text.IndexOf(Name) >= 0;

    /// <summary>Overwrites them, and lists their offsets in order.</summary>
    public static void Blank(Span<byte> text, List<int> offsets)
    {
        Utf8JsonReader reader = ExpressionScanner.Read(text, RpcLimits.Trusted);
        reader.Read();
        Visit(ref reader, text, offsets);
    }

    private static void Visit(ref Utf8JsonReader reader, Span<byte> text, List<int> offsets)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                reader.Read();
                Visit(ref reader, text, offsets);
            }
        }
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            VisitSpecial(ref reader, text, offsets);
        }
    }

    private static void VisitSpecial(ref Utf8JsonReader reader, Span<byte> text, List<int> offsets)
    {
        int start = (int)reader.TokenStartIndex;
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (FormGrammar.Next(ref reader))
            {
                Visit(ref reader, text, offsets);
            }
        }

        bool isUndefined = ValueForms.Find(in reader) == UndefinedForm.Instance;
        FormGrammar.SkipToEnd(ref reader);
        if (isUndefined)
        {
            Span<byte> form = text[start..(int)reader.BytesConsumed];
            form.Fill((byte)' ');
            "null"u8.CopyTo(form);
            offsets.Add(start);
        }
    }
}
