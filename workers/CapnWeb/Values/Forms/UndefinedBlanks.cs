using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>
/// Replaces undefined by null, because contracts of System.Text.Json do not know undefined. Each undefined form in the text is overwritten
/// by a null and spaces, so that offsets stay valid. The list of their offsets lets other code distinguish them from a real null.
/// </summary>
internal static class UndefinedBlanks
{
    private static ReadOnlySpan<byte> Name => "\"undefined\""u8;

    /// <summary>Whether the text might contain an undefined. This is a fast, vectorised search.</summary>
    public static bool MayBeIn(ReadOnlySpan<byte> text) => text.IndexOf(Name) >= 0;

    /// <summary>Overwrites each undefined in the text, and adds its offset to the list.</summary>
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
