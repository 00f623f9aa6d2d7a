using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>Reads and writes references for converters. It uses the sink or source of the value that this thread reads or writes.</summary>
internal static class ReferenceScope
{
    /// <summary>Writes a reference as the next value of the JSON writer.</summary>
    public static void Write(Utf8JsonWriter writer, object reference)
    {
        WriteScope scope = WriteScope.Current;
        if (scope.Sink.Refusal is { } refusal)
        {
            scope.Fail(writer, refusal);
            writer.WriteNullValue();
            return;
        }

        int mark = scope.Scratch.Position;
        scope.Sink.Write(scope.Scratch, reference);
        scope.Take(writer, mark);
    }

    /// <summary>Reads a reference form and returns its stub. Moves the reader from the form's first token to its last.</summary>
    /// <exception cref="JsonException">The expression is not a reference.</exception>
    public static object Read(ref Utf8JsonReader reader)
    {
        int start = (int)reader.TokenStartIndex;
        ValueForm? form = FormReader.Begin(ref reader, "a reference");
        FormReader.Expect(form is ReferenceForm, "a reference", form);
        FormGrammar.SkipToEnd(ref reader);
        return ReadScope.Current.Take(start);
    }
}
