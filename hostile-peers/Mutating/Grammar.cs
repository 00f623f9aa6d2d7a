namespace WorkerRpc.Hostile.Mutating;

/// <summary>What a JSON value in a message means.</summary>
internal enum Role
{
    /// <summary>A value, in which arrays are special forms.</summary>
    Expression,

    /// <summary>A number in one of the tables.</summary>
    Id,

    /// <summary>The count in a release message: how often the id was sent before.</summary>
    Count,

    /// <summary>A plain array of property names and indexes.</summary>
    Path,

    /// <summary>A plain array of expressions.</summary>
    Arguments,

    /// <summary>A plain array of references that a map uses.</summary>
    Captures,

    /// <summary>A plain array of expressions that refer to each other by number.</summary>
    Instructions,
}

/// <summary>A place in a message.</summary>
/// <param name="Parent">The list or object that has the value.</param>
/// <param name="Index">The position of the value in its parent.</param>
/// <param name="Role">What the value means.</param>
internal readonly record struct Site(JsonTree Parent, int Index, Role Role)
{
    public JsonTree Value => Parent is JsonList list ? list.Items[Index] : ((JsonMembers)Parent).Members[Index].Value;

    public void Replace(JsonTree value)
    {
        if (Parent is JsonList list)
        {
            list.Items[Index] = value;
        }
        else
        {
            List<JsonMember> members = ((JsonMembers)Parent).Members;
            members[Index] = members[Index] with { Value = value };
        }
    }
}

/// <summary>Knows where a message has expressions, ids, paths and other parts.</summary>
internal static class Grammar
{
    // The positions of the parts of a reference form: code, id, path, arguments or captures, instructions.
    public const int IdAt = 1, PathAt = 2, ArgumentsAt = 3, InstructionsAt = 4;

    // The position of an error's own properties, after its type, message and stack.
    private const int ErrorPropertiesAt = 4;

    /// <summary>All parts of a message that can be changed without making it another kind of message.</summary>
    public static List<Site> SitesOf(JsonList message)
    {
        var sites = new List<Site>();
        switch (message.Name)
        {
            case "push" or "stream" or "abort":
                AddExpression(sites, message, 1);
                break;
            case "resolve" or "reject":
                Add(sites, message, 1, Role.Id);
                AddExpression(sites, message, 2);
                break;
            case "pull":
                Add(sites, message, 1, Role.Id);
                break;
            case "release":
                Add(sites, message, 1, Role.Id);
                Add(sites, message, 2, Role.Count);
                break;
        }

        return sites;
    }

    /// <summary>The elements of an expression that is an escaped array; null for other expressions.</summary>
    public static JsonList? EscapedArray(JsonList expression) =>
        expression.Items is [JsonList inner] ? inner : null;

    private static void Add(List<Site> sites, JsonList parent, int index, Role role)
    {
        if (index < parent.Items.Count)
        {
            sites.Add(new Site(parent, index, role));
        }
    }

    private static void AddExpression(List<Site> sites, JsonTree parent, int index)
    {
        if (parent is JsonList list && index >= list.Items.Count)
        {
            return;
        }

        var site = new Site(parent, index, Role.Expression);
        sites.Add(site);
        if (site.Value is JsonMembers members)
        {
            AddExpressions(sites, members, members.Members.Count);
        }
        else if (site.Value is JsonList form)
        {
            AddForm(sites, form);
        }
    }

    private static void AddExpressions(List<Site> sites, JsonTree parent, int count)
    {
        for (int i = 0; i < count; i++)
        {
            AddExpression(sites, parent, i);
        }
    }

    private static void AddForm(List<Site> sites, JsonList form)
    {
        if (EscapedArray(form) is { } elements)
        {
            AddExpressions(sites, elements, elements.Items.Count);
            return;
        }

        switch (form.Name)
        {
            case "import" or "pipeline":
                Add(sites, form, IdAt, Role.Id);
                Add(sites, form, PathAt, Role.Path);
                AddList(sites, form, ArgumentsAt, Role.Arguments);
                break;
            case "remap":
                Add(sites, form, IdAt, Role.Id);
                Add(sites, form, PathAt, Role.Path);
                AddList(sites, form, ArgumentsAt, Role.Captures);
                AddList(sites, form, InstructionsAt, Role.Instructions);
                break;
            case "export" or "promise" or "readable" or "writable":
                Add(sites, form, IdAt, Role.Id);
                break;
            case "error":
                AddExpression(sites, form, ErrorPropertiesAt);
                break;
        }
    }

    private static void AddList(List<Site> sites, JsonList form, int index, Role role)
    {
        Add(sites, form, index, role);
        if (index < form.Items.Count && form.Items[index] is JsonList list)
        {
            AddExpressions(sites, list, list.Items.Count);
        }
    }
}
