using System.Runtime.CompilerServices;
using System.Text.Json;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>Reads an expression as an <c>object</c>. The text decides which .NET type the object has.</summary>
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

    /// <summary>Reads the elements of the array that the reader is in, up to its closing bracket.</summary>
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

    private static object ReadSpecial(ref Utf8JsonReader reader)
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

        ValueForm form = ValueForms.Find(in reader) ?? throw ExpressionScanner.Refusal("array");
        return form.Read(ref reader, start);
    }
}
