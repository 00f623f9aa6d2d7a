using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>What converters of references work with: the sink and source of the value under way on this thread.</summary>
internal static class ReferenceScope
{
    /// <summary>For a converter's Write: writes a reference where the JSON writer stands.</summary>
    public static void Write(Utf8JsonWriter writer, object reference)
    {
        WriteScope scope = WriteScope.Current;
        int mark = scope.Scratch.Position;
        scope.Sink.Write(scope.Scratch, reference);
        scope.Take(writer, mark);
    }

    /// <summary>
    /// For a converter's Read: the reader stands on the first token of an expression. Takes the next reference and leaves
    /// the reader on the form's last token; throws where the expression is no reference.
    /// </summary>
    public static object Read(ref Utf8JsonReader reader)
    {
        int start = (int)reader.TokenStartIndex;
        ValueForm? form = FormReader.Begin(ref reader, "a reference");
        FormReader.Expect(form is ReferenceForm, "a reference", form);
        FormGrammar.SkipToEnd(ref reader);
        return ReadScope.Current.Take(start);
    }
}
