using System.Text.Json;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>One part of a property path: a name or a number.</summary>
/// <param name="Name">The name of the member. A number in the path is converted to text as JavaScript does.</param>
/// <param name="Index">The array index. It is null for a name, and for a number that cannot be an array index.</param>
/// <param name="IsNumber">Whether the part is a number.</param>
internal readonly record struct PathPart(string Name, long? Index, bool IsNumber)
{
    /// <summary>Reads the part of the path at the reader's position.</summary>
    public static PathPart Of(ref readonly Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return new PathPart(JsonText.Read(in reader), null, IsNumber: false);
        }

        double number = reader.GetDouble();
        Span<byte> text = stackalloc byte[EcmaScriptNumber.MaxLength];
        string name = System.Text.Encoding.ASCII.GetString(text[..EcmaScriptNumber.Format(number, text)]);
        return new PathPart(name, double.IsInteger(number) && number is >= 0 and <= int.MaxValue ? (long)number : null, IsNumber: true);
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
    /// members, and only arrays have elements. The step costs work for the text that it reads.
    /// </summary>
    public bool Step(ref Utf8JsonReader reader, WorkBudget? work)
    {
        long start = reader.TokenStartIndex;
        bool isFound = TryStep(ref reader, out long end);
        work?.SpendStep(end - start);
        return isFound;
    }

    private bool TryStep(ref Utf8JsonReader reader, out long end)
    {
        end = reader.BytesConsumed;
        if (ObjectKeys.IsInherited(Name))
        {
            return false;
        }

        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return StepToMember(ref reader, out end);
            case JsonTokenType.StartArray:
                reader.Read();
                bool isUndefined = ValueForms.Find(in reader) == UndefinedForm.Instance;
                bool isFound = reader.TokenType == JsonTokenType.StartArray ? StepToElement(ref reader) : isUndefined && !OfUndefined();
                end = reader.BytesConsumed;
                return isFound;
            default:
                return false;
        }
    }

    // If two members have the same name, the reader moves to the later one, as in JavaScript.
    private bool StepToMember(ref Utf8JsonReader reader, out long end)
    {
        bool isFound = false;
        Utf8JsonReader found = reader;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            bool isIt = JsonText.Is(in reader, Name);
            reader.Read();
            if (isIt)
            {
                isFound = true;
                found = reader;
            }

            reader.Skip();
        }

        end = reader.BytesConsumed;
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
