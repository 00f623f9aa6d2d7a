namespace WorkerRpc.Functions;

/// <summary>The functions that the runtime worker knows.</summary>
public static class FunctionList
{
    // To add a function, write its class and add an instance to this list.
    private static readonly Function[] s_all = [new EchoFunction(), new TransformFunction(), new ComputeFunction()];

    /// <summary>All functions, in the order of the reports.</summary>
    public static readonly IReadOnlyList<Function> All = s_all;

    // All functions; the key is the function's id. Tests add functions here, which are not shown to users.
    internal static readonly Dictionary<string, Function> ById = All.ToDictionary(function => function.Id, StringComparer.Ordinal);

    /// <summary>Returns the function with the given id.</summary>
    /// <exception cref="UnknownFunctionException">No function has that id.</exception>
    public static Function Find(string id)
    {
        // The function is searched by a loop, because a loop over three entries is faster than a dictionary.
        foreach (Function candidate in s_all)
        {
            if (candidate.Id == id)
            {
                return candidate;
            }
        }

        return ById.TryGetValue(id, out Function? function) ? function : throw new UnknownFunctionException(id);
    }
}
