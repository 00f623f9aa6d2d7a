namespace WorkerRpc.CapnWeb.Generator;

/// <summary>The ways in which a member returns its result.</summary>
internal enum ResultShape
{
    Nothing,
    Value,
    Task,
    TaskOf,
    ValueTask,
    ValueTaskOf,
}

/// <summary>The result of a member.</summary>
/// <param name="Shape">How the member returns the result.</param>
/// <param name="Declared">The declared type as C# text.</param>
/// <param name="Type">The type that is sent: the result type of the task, or RpcVoid.</param>
/// <param name="Stub">The stub's type if the result is an RPC interface. Otherwise it is null.</param>
internal sealed record ResultModel(ResultShape Shape, string Declared, string Type, string? Stub);

/// <summary>A parameter of a member.</summary>
/// <param name="Name">The parameter's name, escaped for C#.</param>
/// <param name="Type">The parameter's type as C# text.</param>
/// <param name="Default">The default value as C# text. It is null for a required parameter.</param>
/// <param name="IsCancellation">Whether the parameter is a cancellation token, which is never sent.</param>
/// <param name="CanBePromise">Whether a pipelined call also accepts a promise for this parameter.</param>
internal sealed record ParameterModel(string Name, string Type, string? Default, bool IsCancellation, bool CanBePromise);

/// <summary>A member that a peer can reach.</summary>
/// <param name="Name">The member's name in C#, escaped.</param>
/// <param name="StubName">The name of the stub's pipelined member.</param>
/// <param name="WireName">The member's name on the wire.</param>
/// <param name="IsProperty">Whether the member is a property, which is read instead of called.</param>
/// <param name="Result">The result of the member.</param>
/// <param name="Parameters">The member's parameters in order.</param>
/// <param name="DocumentationId">The id that XML documentation uses for the member.</param>
internal sealed record MemberModel(
    string Name,
    string StubName,
    string WireName,
    bool IsProperty,
    ResultModel Result,
    EquatableArray<ParameterModel> Parameters,
    string DocumentationId);

/// <summary>
/// A member that a stub must implement although no peer can reach the member. The text is its C# declaration without a body.
/// </summary>
internal sealed record UnreachableModel(string Text, string Name);

/// <summary>A delegate type that a signature uses.</summary>
internal sealed record DelegateModel(string Type, ResultModel Result, EquatableArray<ParameterModel> Parameters);

/// <summary>A type with RPC members.</summary>
/// <param name="Namespace">The namespace of the type. It is empty for the global namespace.</param>
/// <param name="Name">The type's name without its containing types, for documentation and file names.</param>
/// <param name="Type">The type as C# text.</param>
/// <param name="Accessibility">The accessibility keyword, such as <c>public</c>.</param>
/// <param name="StubName">The name of the generated stub. It is null for a class, which gets no stub.</param>
/// <param name="Members">The members that a peer can reach, in order of declaration.</param>
/// <param name="Unreachable">Further members that the stub must implement.</param>
internal sealed record TargetModel(
    string Namespace,
    string Name,
    string Type,
    string Accessibility,
    string? StubName,
    EquatableArray<MemberModel> Members,
    EquatableArray<UnreachableModel> Unreachable);

/// <summary>The result of reading one type: its model, the types its signatures use, and the diagnostics.</summary>
internal sealed record TargetReading(
    TargetModel? Target,
    EquatableArray<DelegateModel> Delegates,
    EquatableArray<string> Converters,
    EquatableArray<Finding> Findings);
