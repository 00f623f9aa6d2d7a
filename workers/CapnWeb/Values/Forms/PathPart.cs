using System.Text.Json;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>One part of a path: a member's name, or a number, which is a name too, or an array's index.</summary>
/// <param name="Name">As JavaScript would name the member.</param>
/// <param name="Index">The array index; null where the part is no number, or none that an array has.</param>
internal readonly record struct PathPart(string Name, long? Index)
{
    /// <summary>The part that the reader stands on.</summary>
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

    /// <summary>What undefined has: nothing, and asking for it is an error, unless for a name that every object has.</summary>
    public bool OfUndefined() => ObjectKeys.IsInherited(Name)
        ? true
        : throw new RpcValueException($"Cannot read properties of undefined (reading '{Name}').");

    /// <summary>
    /// Steps from the value that the reader stands on into this part of it; false where it has none: only objects have
    /// members and only arrays elements.
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

    // The last of two members with one name is the object's.
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
