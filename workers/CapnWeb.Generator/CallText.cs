namespace WorkerRpc.CapnWeb.Generator;

/// <summary>Writes C# text for a call: the server reads its arguments, and the client stub passes them.</summary>
internal static class CallText
{
    // The aliases of namespaces, which SourceText declares. An alias cannot clash with a user's type of the same name.
    public const string Targets = "RpcTargets::";
    public const string Sessions = "RpcSessions::";
    public const string Values = "RpcValues::";

    /// <summary>
    /// Writes the server's code for a call: it calls <paramref name="function"/> with the arguments of the invocation, and sets the
    /// invocation's result.
    /// </summary>
    public static string Dispatch(string function, ResultModel result, EquatableArray<ParameterModel> parameters)
    {
        string run = $"{function}({Taken(parameters)})";
        return result.Shape == ResultShape.Nothing ? $"{{ {run}; call.Return(); }}" : $"call.Return({run})";
    }

    /// <summary>Writes the number of arguments that a call reads.</summary>
    public static string Count(EquatableArray<ParameterModel> parameters) =>
        Sent(parameters).Length.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Writes the stub's code for a call that returns the declared type.</summary>
    public static string Invoke(string wireName, ResultModel result, EquatableArray<ParameterModel> parameters)
    {
        ParameterModel[] sent = Sent(parameters);
        string types = TypeArguments(sent.Select(each => each.Type));
        string values = string.Join(", ", sent.Select(each => each.Name));
        return As(result.Shape, $"base.InvokeAsync<{result.Type}, {types}>({wireName}, {Of(types)}({values}), {Token(parameters)})");
    }

    /// <summary>Writes the stub's code for a pipelined call, whose result can be used before the answer arrives.</summary>
    public static string Pipeline(string wireName, ResultModel result, EquatableArray<ParameterModel> parameters)
    {
        ParameterModel[] sent = Sent(parameters);
        string types = TypeArguments(sent.Select(PipelinedType));
        string values = string.Join(", ", sent.Select(each =>
            each is { CanBePromise: true, Default: { } value } ? $"{each.Name}.Or({value})" : each.Name));
        string call = $"base.Call<{result.Type}, {types}>({wireName}, {Of(types)}({values}), {Token(parameters)})";
        return result.Stub is null ? call : $"new {result.Stub}({call})";
    }

    public static string PipelinedType(ParameterModel parameter) =>
        parameter.CanBePromise ? $"{Targets}RpcArgument<{parameter.Type}>" : parameter.Type;

    public static string PipelinedResult(ResultModel result) => result.Stub ?? $"{Sessions}RpcPromise<{result.Type}>";

    /// <summary>Returns the parameters with their declared types, so that none of them accepts a promise.</summary>
    public static EquatableArray<ParameterModel> WithoutPromises(EquatableArray<ParameterModel> parameters) =>
        parameters.Select(each => each with { CanBePromise = false }).ToEquatable();

    private static ParameterModel[] Sent(EquatableArray<ParameterModel> parameters) => [.. parameters.Where(each => !each.IsCancellation)];

    private static string As(ResultShape shape, string call) => shape switch
    {
        ResultShape.ValueTaskOf => call,
        ResultShape.ValueTask => $"{Values}RpcVoid.Await({call})",
        _ => $"{call}.AsTask()",
    };

    private static string Taken(EquatableArray<ParameterModel> parameters)
    {
        int index = 0;
        return string.Join(", ", parameters.Select(each => each switch
        {
            { IsCancellation: true } => "call.Cancellation",
            { Default: { } missing } => $"call.Optional<{each.Type}>({index++}, {missing})",
            _ => $"call.Required<{each.Type}>({index++}, {Names.Literal(each.Name.TrimStart('@'))})",
        }));
    }

    private static string TypeArguments(IEnumerable<string> types)
    {
        string list = string.Join(", ", types);
        return $"{Targets}RpcArguments" + (list.Length == 0 ? "" : $"<{list}>");
    }

    private static string Of(string types) => types.EndsWith("RpcArguments", StringComparison.Ordinal) ? $"{types}.Of" : $"new {types}";

    private static string Token(EquatableArray<ParameterModel> parameters) =>
        parameters.FirstOrDefault(each => each.IsCancellation)?.Name ?? "default";
}
