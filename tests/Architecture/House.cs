namespace WorkerRpc.Tests.Architecture;

/// <summary>A part of the repository whose folders lie in floors: a folder uses only folders of lower floors.</summary>
/// <param name="Folder">The folder in the repository, such as <c>workers/Bindings</c>.</param>
/// <param name="Projects">The projects that it is compiled into.</param>
/// <param name="Floors">
/// The floors from the ground up. Folders of one floor stand in one line, joined by <c>|</c>, and do not know each other.
/// A folder includes its subfolders, unless a subfolder stands in the table too; <c>.</c> is the house's own folder.
/// </param>
/// <param name="Reserved">Who may use code outside of the house.</param>
internal sealed record House(
    string Folder, IReadOnlyList<Project> Projects, IReadOnlyList<string> Floors, params IReadOnlyList<Reservation> Reserved)
{
    /// <summary>The entry of <see cref="Floors"/> that a folder belongs to, and its height; null where it belongs to none.</summary>
    public (string Entry, int Floor)? FloorOf(string folder) => Floors
        .SelectMany((line, floor) => line.Split('|', StringSplitOptions.TrimEntries).Select(entry => (Entry: entry, Floor: floor)))
        .Where(entry => Contains(entry.Entry, folder))
        .OrderByDescending(entry => entry.Entry.Length)
        .Select(entry => ((string, int)?)entry)
        .FirstOrDefault();

    /// <summary>Whether a folder is another one or lies in it.</summary>
    public static bool Contains(string folder, string other) =>
        other == folder || other.StartsWith(folder + "/", StringComparison.Ordinal);
}

/// <summary>A project of a house.</summary>
/// <param name="Assembly">The name of its assembly.</param>
/// <param name="Folder">Its folder in the house; empty for the house's own.</param>
internal sealed record Project(string Assembly, string Folder = "")
{
    /// <summary>The namespace of the types directly in its folder.</summary>
    public string RootNamespace { get; init; } = Assembly;
}

/// <summary>Code outside of a house that only one of its folders may use.</summary>
/// <param name="Namespace">The outside code, with everything below this namespace.</param>
/// <param name="Only">The folder that may use the code.</param>
/// <param name="Within">The folder that the rule holds in; null for the whole house.</param>
internal sealed record Reservation(string Namespace, string Only, string? Within = null)
{
    /// <summary>Namespaces below <see cref="Namespace"/> that everybody may use.</summary>
    public IReadOnlyList<string> Except { get; init; } = [];

    /// <summary>Whether the rule is about a type.</summary>
    /// <param name="type">The type's full name.</param>
    public bool Covers(string type) => IsIn(type, Namespace) && !Except.Any(part => IsIn(type, $"{Namespace}.{part}"));

    private static bool IsIn(string type, string parent) => type.StartsWith(parent + ".", StringComparison.Ordinal);
}
