using System.Text.Json;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>One part of a property path: a name or a number.</summary>
/// <param name="Name">The name of the member. A number in the path is converted to text as JavaScript does.</param>
/// <param name="Index">The array index. It is null for a name, and for a number that cannot be an array index.</param>
internal readonly record struct PathPart(string Name, long? Index)
{
    /// <summary>Reads the part of the path at the reader's position.</summary>
    public static PathPart Of(ref readonly Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return new PathPart(JsonText.Read(in reader), null);
        }

        double number = reader.GetDouble();
        Span<byte> text = stackalloc byte[EcmaScriptNumber.MaxLength];
        string name = System.Text.Encoding.ASCII.GetString(text[..EcmaScriptNumber.Format(number, text)]);
        return new PathPart(name, double.IsInteger(number) && number is >= 0 and <= int.MaxValue ? (long)number : null);
    }

    /// <summary>
    /// Reads this member of the value undefined. Returns true if every object inherits the name, otherwise throws an error as in
    /// JavaScript.
    /// </summary>
    public bool OfUndefined() => ObjectKeys.IsInherited(Name)
        ? true
        : throw new RpcValueException($"Cannot read properties of undefined (reading '{Name}').");

    /// <summary>
    /// Moves the reader from a value to the member or element that this part names. Returns false if the value has none: only objects have
    /// members, and only arrays have elements.
    /// </summary>
    public bool Step(ref Utf8JsonReader reader)
    {
        if (ObjectKeys.IsInherited(Name))
        {
            return false;
        }

        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return StepToMember(ref reader);
            case JsonTokenType.StartArray:
                reader.Read();
                bool isUndefined = ValueForms.Find(in reader) == UndefinedForm.Instance;
                return reader.TokenType == JsonTokenType.StartArray ? StepToElement(ref reader) : isUndefined && !OfUndefined();
            default:
                return false;
        }
    }

    // If two members have the same name, the reader moves to the later one, as in JavaScript.
    private bool StepToMember(ref Utf8JsonReader reader)
    {
        bool isFound = false;
        Utf8JsonReader found = reader;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            bool isIt = JsonText.Read(in reader) == Name;
            reader.Read();
            if (isIt)
            {
                isFound = true;
                found = reader;
            }

            reader.Skip();
        }

        reader = found;
        return isFound;
    }

    private bool StepToElement(ref Utf8JsonReader reader)
    {
        for (long left = Index ?? long.MaxValue; FormGrammar.Next(ref reader); left--)
        {
            if (left == 0)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }
}
