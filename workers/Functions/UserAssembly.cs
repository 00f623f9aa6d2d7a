using System.Reflection;
using System.Runtime.Loader;
using System.Text.RegularExpressions;

namespace WorkerRpc.Functions;

/// <summary>An assembly of the user, whose public classes extend the program. Every error is one line that names the assembly.</summary>
public sealed partial class UserAssembly
{
    private readonly string _path;
    private readonly Type[] _types;

    private UserAssembly(string path, Type[] types) => (_path, _types) = (path, types);

    /// <summary>Loads an assembly.</summary>
    /// <param name="path">The path of the .dll.</param>
    /// <param name="what">What the assembly has, for messages: <c>bindings</c>.</param>
    /// <exception cref="UnusableInputException">The assembly cannot be loaded.</exception>
    public static UserAssembly Load(string path, string what)
    {
        string full = Path.GetFullPath(path);
        string? mistake = Directory.Exists(full) ? "it is a folder"
            : !File.Exists(full) ? "there is no such file"
            : FileContent.IsMissing(full) ? $"it is {FileContent.Missing}"
            : null;
        if (mistake is not null)
        {
            throw Unloadable(full, what, mistake);
        }

        try
        {
            // The resolver looks for the assembly's packages in the assembly's own folder, because they are not in this program's folder.
            var resolver = new AssemblyDependencyResolver(full);
            AssemblyLoadContext.Default.Resolving += (context, name) =>
                resolver.ResolveAssemblyToPath(name) is { } found ? context.LoadFromAssemblyPath(found) : null;
            Type[] types = AssemblyLoadContext.Default.LoadFromAssemblyPath(full).GetExportedTypes();
            return new UserAssembly(path, [.. types.OrderBy(type => type.FullName, StringComparer.Ordinal)]);
        }
        catch (BadImageFormatException e)
        {
            throw Unloadable(full, what, "it is no .NET assembly", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException or TypeLoadException)
        {
            throw Unloadable(full, what, FirstLine(e), e);
        }
    }

    /// <summary>Creates an object of each public class that implements a type and has a constructor without parameters.</summary>
    /// <exception cref="UnusableInputException">A constructor failed.</exception>
    public IReadOnlyList<T> Create<T>() =>
    [
        .. _types.Where(type => type.IsAssignableTo(typeof(T)) && !type.IsAbstract && type.GetConstructor([]) is not null)
            .Select(type => (T)Create(type)),
    ];

    /// <summary>Reads a member that must not be null.</summary>
    /// <param name="path">The path of the assembly.</param>
    /// <param name="owner">The object of the user's class.</param>
    /// <param name="member">The name of the member.</param>
    /// <param name="read">Reads the member.</param>
    /// <exception cref="UnusableInputException">The member throws, or is null.</exception>
    public static T Require<T>(string path, object owner, string member, Func<T?> read)
        where T : class =>
        Read(path, owner, member, read) ?? throw new UnusableInputException($"{path}: {Name(owner, member)} is null: expected a value.");

    /// <summary>Reads a member.</summary>
    /// <param name="path">The path of the assembly.</param>
    /// <param name="owner">The object of the user's class.</param>
    /// <param name="member">The name of the member.</param>
    /// <param name="read">Reads the member.</param>
    /// <exception cref="UnusableInputException">The member throws.</exception>
    public static T Read<T>(string path, object owner, string member, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e)
        {
            throw new UnusableInputException($"{path}: {Name(owner, member)} failed: {FirstLine(e.GetBaseException())}", e);
        }
    }

    /// <summary>Reads an id: lower-case words joined by hyphens, as case names, filters and reports need it.</summary>
    /// <param name="path">The path of the assembly.</param>
    /// <param name="owner">The object of the user's class.</param>
    /// <param name="read">Reads the member <c>Id</c>.</param>
    /// <exception cref="UnusableInputException">The member throws, is null, or has another form.</exception>
    public static string RequireId(string path, object owner, Func<string?> read)
    {
        string id = Require(path, owner, "Id", read);
        return IdForm().IsMatch(id) ? id : throw new UnusableInputException(
            $"{path}: {Name(owner, "Id")} is '{id}': expected lower-case words joined by hyphens, like my-own-1.");
    }

    private static string Name(object owner, string member) => $"{owner.GetType().FullName}.{member}";

    private static UnusableInputException Unloadable(string path, string what, string why, Exception? inner = null) =>
        new($"{path} cannot be loaded as an assembly with {what}: {why.TrimEnd('.')}.", inner);

    private static string FirstLine(Exception e) =>
        e.Message.Split('\n', 2, StringSplitOptions.TrimEntries)[0] is { Length: > 0 } line ? line : e.GetType().Name;

    private object Create(Type type)
    {
        try
        {
            return Activator.CreateInstance(type)!;
        }
        catch (Exception e) when (e is TargetInvocationException or TypeInitializationException)
        {
            // The base exception is the one that the constructor threw, also under that of a static constructor.
            throw new UnusableInputException($"{_path}: the constructor of {type.FullName} failed: {FirstLine(e.GetBaseException())}", e);
        }
    }

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex IdForm();
}
