namespace WorkerRpc.Tests.Architecture;

/// <summary>A part of the repository whose folders lie in floors: a folder uses only folders of lower floors.</summary>
/// <param name="Folder">Folder of the house in the repository, such as <c>workers/Bindings</c>.</param>
/// <param name="Projects">Projects that compile the house.</param>
/// <param name="Floors">
/// Table of the floors from the ground up. A line names the folders of one floor, separated by <c>|</c>. They must not use each
/// other. A folder includes its subfolders, except those that have their own entry. <c>.</c> is the house's own folder.
/// </param>
/// <param name="Reserved">Rules about code outside the house that only some folders may use.</param>
internal sealed record House(
    string Folder, IReadOnlyList<Project> Projects, IReadOnlyList<string> Floors, params IReadOnlyList<Reservation> Reserved)
{
    /// <summary>The entry of <see cref="Floors"/> for a folder, and the number of its floor; null if there is no entry.</summary>
    public (string Entry, int Floor)? FloorOf(string folder) => Floors
        .SelectMany((line, floor) => line.Split('|', StringSplitOptions.TrimEntries).Select(entry => (Entry: entry, Floor: floor)))
        .Where(entry => Contains(entry.Entry, folder))
        .OrderByDescending(entry => entry.Entry.Length)
        .Select(entry => ((string, int)?)entry)
        .FirstOrDefault();

    /// <summary>Whether the second folder is the first one, or is inside it.</summary>
    public static bool Contains(string folder, string other) =>
        other == folder || other.StartsWith(folder + "/", StringComparison.Ordinal);
}

/// <summary>A project of a house.</summary>
/// <param name="Assembly">Name of the project's assembly.</param>
/// <param name="Folder">Folder of the project in the house; empty for the house's own folder.</param>
internal sealed record Project(string Assembly, string Folder = "")
{
    /// <summary>The namespace of the types directly in the project's folder.</summary>
    public string RootNamespace { get; init; } = Assembly;
}

/// <summary>Code outside of a house that only one of its folders may use.</summary>
/// <param name="Namespace">Namespace of the outside code. The rule includes all namespaces below it.</param>
/// <param name="Only">Folder that may use the outside code.</param>
/// <param name="Within">Folder to which the rule applies; null for the whole house.</param>
internal sealed record Reservation(string Namespace, string Only, string? Within = null)
{
    /// <summary>Namespaces below <see cref="Namespace"/> that all folders may use.</summary>
    public IReadOnlyList<string> Except { get; init; } = [];

    /// <summary>Whether the rule applies to a type, given by its full name.</summary>
    public bool Covers(string type) => IsIn(type, Namespace) && !Except.Any(part => IsIn(type, $"{Namespace}.{part}"));

    private static bool IsIn(string type, string parent) => type.StartsWith(parent + ".", StringComparison.Ordinal);
}
