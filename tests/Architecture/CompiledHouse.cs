using Mono.Cecil;

namespace WorkerRpc.Tests.Architecture;

/// <summary>A top-level type of a house. Nested and compiler-generated types count as the type that contains them.</summary>
/// <param name="Name">Full name of the type.</param>
/// <param name="Folder">Folder of the type, from its namespace; <c>.</c> for the house's own folder.</param>
internal sealed record HouseType(string Name, string Folder);

/// <summary>A use of one type by another one.</summary>
/// <param name="From">The using type, which belongs to the house.</param>
/// <param name="To">Full name of the used top-level type, from this house or outside.</param>
internal sealed record Use(HouseType From, string To);

/// <summary>The compiled types of a house, the types that they use, and their source files.</summary>
internal sealed class CompiledHouse
{
    private readonly Dictionary<string, HouseType> _types = new(StringComparer.Ordinal);
    private readonly List<Use> _uses = [];
    private readonly List<Source> _sources = [];

    private CompiledHouse()
    {
    }

    /// <summary>All top-level types, by full name.</summary>
    public IReadOnlyDictionary<string, HouseType> Types => _types;

    public IReadOnlyList<Use> Uses => _uses;

    /// <summary>The source files of all types, without generated files.</summary>
    public IReadOnlyList<Source> Sources => _sources;

    /// <summary>Reads a house from the assemblies in the folder of the tests' assembly.</summary>
    public static CompiledHouse Read(House house)
    {
        var compiled = new CompiledHouse();
        foreach (Project project in house.Projects)
        {
            string path = Path.Combine(AppContext.BaseDirectory, project.Assembly + ".dll");
            using ModuleDefinition module = ModuleDefinition.ReadModule(path);
            foreach (TypeDefinition type in module.Types)
            {
                if (FolderOf(project, type.Namespace) is { } folder)
                {
                    compiled.Add(type, new HouseType(type.FullName, folder));
                }
            }

            compiled._sources.AddRange(Source.ReadAll(path, house, project));
        }

        return compiled;
    }

    private static string? FolderOf(Project project, string @namespace)
    {
        if (@namespace != project.RootNamespace && !@namespace.StartsWith(project.RootNamespace + ".", StringComparison.Ordinal))
        {
            return null;
        }

        string below = @namespace[project.RootNamespace.Length..].TrimStart('.').Replace('.', '/');
        string folder = string.Join('/', new[] { project.Folder, below }.Where(part => part.Length > 0));
        return folder.Length > 0 ? folder : ".";
    }

    private void Add(TypeDefinition type, HouseType from)
    {
        _types[from.Name] = from;
        _uses.AddRange(new UsedTypes(type).Names.Where(name => name != from.Name).Select(to => new Use(from, to)));
    }
}
