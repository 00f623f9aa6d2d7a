namespace WorkerRpc.Functions;

/// <summary>The functions that the runtime worker knows.</summary>
public static class FunctionList
{
    // To add one: its file, then its line here.
    private static readonly Function[] s_all = [new EchoFunction(), new TransformFunction(), new ComputeFunction()];

    /// <summary>Every function, in the order of every report.</summary>
    public static readonly IReadOnlyList<Function> All = s_all;

    // Tests add functions here that watch what reaches the runtime; they are in no list and no message.
    internal static readonly Dictionary<string, Function> ById = All.ToDictionary(function => function.Id, StringComparer.Ordinal);

    /// <summary>The function with the given id.</summary>
    /// <exception cref="UnknownFunctionException">No function has that id.</exception>
    public static Function Find(string id)
    {
        // A few of them: looked through faster than hashed.
        foreach (Function known in s_all)
        {
            if (known.Id == id)
            {
                return known;
            }
        }

        return ById.TryGetValue(id, out Function? function) ? function : throw new UnknownFunctionException(id);
    }
}
