namespace WorkerRpc.Functions;

/// <summary>The functions that the runtime worker knows.</summary>
public static class FunctionList
{
    /// <summary>The name of the setting of both workers that contains the path of an assembly with functions of the user.</summary>
    public const string AssemblySetting = "FUNCTIONS";

    // To add a function, write its class and add an instance to this list.
    private static readonly Function[] s_builtIn = [new EchoFunction(), new TransformFunction(), new ComputeFunction()];

    private static readonly Lock s_lock = new();
    private static readonly Dictionary<string, IReadOnlyList<Function>> s_loaded = new(StringComparer.Ordinal);

    /// <summary>The built-in functions, in the order of the reports.</summary>
    public static readonly IReadOnlyList<Function> All = s_builtIn;

    // All functions; the key is the function's id. Tests add functions here, which are not shown to users.
    internal static readonly Dictionary<string, Function> ById = All.ToDictionary(function => function.Id, StringComparer.Ordinal);

    /// <summary>
    /// Loads the functions of a user's assembly, before calls are made. From then on <see cref="Find"/> returns them. An assembly that was
    /// loaded before is not loaded again.
    /// </summary>
    /// <param name="assemblyPath">The path of a .dll with public functions. If it is null or empty, there are none.</param>
    /// <exception cref="UnusableInputException">The assembly cannot be loaded, has no function, or uses an existing id.</exception>
    public static IReadOnlyList<Function> Load(string? assemblyPath)
    {
        if (string.IsNullOrEmpty(assemblyPath))
        {
            return [];
        }

        lock (s_lock)
        {
            string path = Path.GetFullPath(assemblyPath);
            if (!s_loaded.TryGetValue(path, out IReadOnlyList<Function>? functions))
            {
                functions = Load(UserAssembly.Load(path, "functions").Create<IPayloadFunction>(), path);
                s_loaded[path] = functions;
            }

            return functions;
        }
    }

    /// <summary>Returns the function with the given id.</summary>
    /// <exception cref="UnknownFunctionException">No function has that id.</exception>
    public static Function Find(string id)
    {
        // The built-in functions are searched by a loop, because a loop over three entries is faster than a dictionary.
        foreach (Function candidate in s_builtIn)
        {
            if (candidate.Id == id)
            {
                return candidate;
            }
        }

        return ById.TryGetValue(id, out Function? function) ? function : throw new UnknownFunctionException(id);
    }

    private static Function[] Load(IReadOnlyList<IPayloadFunction> functions, string path)
    {
        if (functions.Count == 0)
        {
            throw new UnusableInputException(
                $"{path} has no function: expected a public type that implements {typeof(IPayloadFunction)} and has a constructor without "
                + "parameters.");
        }

        Function[] loaded = [.. functions.Select(function => new UserFunction(path, function))];
        string[] ids = [.. All.Concat(loaded).Select(function => function.Id)];
        if (ids.GroupBy(id => id, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } taken)
        {
            throw new UnusableInputException(
                $"The function '{taken.Key}' of {path} has an id that is taken. Known: {string.Join(", ", ids.Distinct())}.");
        }

        foreach (Function function in loaded)
        {
            ById[function.Id] = function;
        }

        return loaded;
    }
}
