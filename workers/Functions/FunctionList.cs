namespace WorkerRpc.Functions;

/// <summary>The functions that the runtime worker knows.</summary>
public static class FunctionList
{
    /// <summary>Every function, in the order of every report. To add one: its file, then its line here.</summary>
    public static readonly IReadOnlyList<Function> All = [new EchoFunction(), new TransformFunction(), new ComputeFunction()];

    // Tests add functions here that watch what reaches the runtime; they are in no list and no message.
    internal static readonly Dictionary<string, Function> ById = All.ToDictionary(function => function.Id, StringComparer.Ordinal);

    /// <summary>The function with the given id.</summary>
    /// <exception cref="UnknownFunctionException">No function has that id.</exception>
    public static Function Find(string id) =>
        ById.TryGetValue(id, out Function? function) ? function : throw new UnknownFunctionException(id);
}
