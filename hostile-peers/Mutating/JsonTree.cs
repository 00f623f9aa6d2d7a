using System.Globalization;
using System.Text;
using System.Text.Json;

namespace WorkerRpc.Hostile.Mutating;

/// <summary>A JSON value that can be changed. Scalars keep their text, so that writing an unchanged value gives the same text.</summary>
internal abstract class JsonTree
{
    /// <summary>The number of scalars, lists and objects in this value.</summary>
    public abstract int Count { get; }

    /// <summary>The number of levels of lists and objects.</summary>
    public abstract int Depth { get; }

    // The library accepts at most 256 values in each other, which are up to 512 arrays. The recursions here are safe up to this depth.
    private const int MaxDepth = 600;

    /// <summary>Parses a text. Returns null if the text is not JSON, or is nested too deep.</summary>
    public static JsonTree? TryParse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return Of(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Creates a list.</summary>
    public static JsonList List(params IEnumerable<JsonTree> items) => new([.. items]);

    /// <summary>Creates a list that begins with a name, such as a message or a special form.</summary>
    public static JsonList Form(string name, params IEnumerable<JsonTree> items) => new([Text(name), .. items]);

    /// <summary>Creates a string.</summary>
    public static JsonScalar Text(string value) => new(JsonSerializer.Serialize(value));

    /// <summary>Creates an integer.</summary>
    public static JsonScalar Number(long value) => new(value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Returns a copy that shares nothing with this value.</summary>
    public abstract JsonTree Copy();

    /// <summary>The JSON text of this value.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        WriteTo(text);
        return text.ToString();
    }

    internal abstract void WriteTo(StringBuilder text);

    private static JsonTree Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => new JsonList(ItemsOf(element)),
        JsonValueKind.Object => new JsonMembers(MembersOf(element)),
        _ => new JsonScalar(element.GetRawText()),
    };

    // Plain loops, because LINQ would take several times as much stack.
    private static List<JsonTree> ItemsOf(JsonElement array)
    {
        var items = new List<JsonTree>();
        foreach (JsonElement item in array.EnumerateArray())
        {
            items.Add(Of(item));
        }

        return items;
    }

    private static List<JsonMember> MembersOf(JsonElement element)
    {
        var members = new List<JsonMember>();
        foreach (JsonProperty member in element.EnumerateObject())
        {
            members.Add(new JsonMember(RawName(member), Of(member.Value)));
        }

        return members;
    }

    // The raw text keeps escapes that are no valid UTF-16, which JsonProperty.Name refuses.
    private static string RawName(JsonProperty member)
    {
        string text = member.ToString();
        int end = 1;
        while (text[end] != '"')
        {
            end += text[end] == '\\' ? 2 : 1;
        }

        return text[..(end + 1)];
    }
}

/// <summary>A string, a number, a boolean or null.</summary>
internal sealed class JsonScalar(string text) : JsonTree
{
    public static JsonScalar Null => new("null");

    /// <summary>The JSON text.</summary>
    public string Raw { get; } = text;

    /// <summary>Whether the scalar is a string.</summary>
    public bool IsString => Raw[0] == '"';

    public override int Count => 1;

    public override int Depth => 0;

    /// <summary>Whether the scalar is a whole number, and which one.</summary>
    public bool IsInteger(out long value) => long.TryParse(Raw, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    public override JsonTree Copy() => this;

    internal override void WriteTo(StringBuilder text) => text.Append(Raw);
}

/// <summary>An array.</summary>
internal sealed class JsonList(List<JsonTree> items) : JsonTree
{
    public List<JsonTree> Items { get; } = items;

    /// <summary>The first element without its quotes, if it is a string: the name of a message or of a special form.</summary>
    public string? Name => Items is [JsonScalar { IsString: true } name, ..] ? name.Raw[1..^1] : null;

    public override int Count => 1 + Items.Sum(item => item.Count);

    public override int Depth => 1 + Items.Select(item => item.Depth).DefaultIfEmpty().Max();

    public override JsonTree Copy() => new JsonList([.. Items.Select(item => item.Copy())]);

    internal override void WriteTo(StringBuilder text)
    {
        text.Append('[');
        for (int i = 0; i < Items.Count; i++)
        {
            text.Append(i == 0 ? "" : ",");
            Items[i].WriteTo(text);
        }

        text.Append(']');
    }
}

/// <summary>A member of an object.</summary>
/// <param name="Name">The name's JSON text, with its quotes.</param>
/// <param name="Value">The value.</param>
internal readonly record struct JsonMember(string Name, JsonTree Value);

/// <summary>An object. It can have several members of one name.</summary>
internal sealed class JsonMembers(List<JsonMember> members) : JsonTree
{
    public List<JsonMember> Members { get; } = members;

    public override int Count => 1 + Members.Sum(member => member.Value.Count);

    public override int Depth => 1 + Members.Select(member => member.Value.Depth).DefaultIfEmpty().Max();

    public override JsonTree Copy() => new JsonMembers([.. Members.Select(member => member with { Value = member.Value.Copy() })]);

    internal override void WriteTo(StringBuilder text)
    {
        text.Append('{');
        for (int i = 0; i < Members.Count; i++)
        {
            text.Append(i == 0 ? "" : ",").Append(Members[i].Name).Append(':');
            Members[i].Value.WriteTo(text);
        }

        text.Append('}');
    }
}
