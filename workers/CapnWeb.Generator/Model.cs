namespace WorkerRpc.CapnWeb.Generator;

/// <summary>How a member returns its result.</summary>
internal enum ResultShape
{
    Nothing,
    Value,
    Task,
    TaskOf,
    ValueTask,
    ValueTaskOf,
}

/// <summary>A member's result.</summary>
/// <param name="Shape">How the member returns the result.</param>
/// <param name="Declared">The declared type as C# text.</param>
/// <param name="Type">The type on the wire: the one inside the task, or RpcVoid.</param>
/// <param name="Stub">The stub's type if the result is an RPC interface; otherwise null.</param>
internal sealed record ResultModel(ResultShape Shape, string Declared, string Type, string? Stub);

/// <summary>A parameter.</summary>
/// <param name="Name">The parameter's name, escaped for C#.</param>
/// <param name="Type">The parameter's type as C# text.</param>
/// <param name="Default">The default value as C# text; null for a required parameter.</param>
/// <param name="IsCancellation">Whether it is a cancellation token, which is never sent.</param>
/// <param name="CanBePromise">Whether a pipelined call also accepts a promise here.</param>
internal sealed record ParameterModel(string Name, string Type, string? Default, bool IsCancellation, bool CanBePromise);

/// <summary>A member that a peer can reach.</summary>
/// <param name="Name">The C# name, escaped.</param>
/// <param name="StubName">The name of the stub's pipelined member.</param>
/// <param name="WireName">The name on the wire.</param>
/// <param name="IsProperty">Whether it is a property, which is read instead of called.</param>
/// <param name="Result">The result.</param>
/// <param name="Parameters">The parameters in order.</param>
/// <param name="DocumentationId">The id by which XML documentation refers to it.</param>
internal sealed record MemberModel(
    string Name,
    string StubName,
    string WireName,
    bool IsProperty,
    ResultModel Result,
    EquatableArray<ParameterModel> Parameters,
    string DocumentationId);

/// <summary>A member that a stub must implement although no peer can reach it, as C# text without a body.</summary>
internal sealed record UnreachableModel(string Text, string Name);

/// <summary>A delegate type in a signature.</summary>
internal sealed record DelegateModel(string Type, ResultModel Result, EquatableArray<ParameterModel> Parameters);

/// <summary>A type with RPC members.</summary>
/// <param name="Namespace">The namespace; empty for the global one.</param>
/// <param name="Name">The name without its containing types, as documentation and file names show it.</param>
/// <param name="Type">The type as C# text.</param>
/// <param name="Accessibility">The accessibility keyword, such as <c>public</c>.</param>
/// <param name="StubName">The stub's name; null for a class.</param>
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
