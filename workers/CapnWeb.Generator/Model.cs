namespace WorkerRpc.CapnWeb.Generator;

/// <summary>How a member gives its result.</summary>
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
/// <param name="Shape">How it comes.</param>
/// <param name="Declared">The declared type, as C# text.</param>
/// <param name="Type">What crosses: the type inside the task, or RpcVoid.</param>
/// <param name="Stub">The stub's type where what crosses is an RPC interface.</param>
internal sealed record ResultModel(ResultShape Shape, string Declared, string Type, string? Stub);

/// <summary>A parameter.</summary>
/// <param name="Name">Its name, escaped for C#.</param>
/// <param name="Type">Its type, as C# text.</param>
/// <param name="Default">Its default, as C# text; null where it is required.</param>
/// <param name="IsCancellation">A token is never on the wire.</param>
/// <param name="CanBePromise">Whether a pipelined call takes a promise in its place.</param>
internal sealed record ParameterModel(string Name, string Type, string? Default, bool IsCancellation, bool CanBePromise);

/// <summary>A member that a peer can reach.</summary>
/// <param name="Name">Its name in C#, escaped.</param>
/// <param name="StubName">The name of the pipelined member.</param>
/// <param name="WireName">Its name on the wire.</param>
/// <param name="IsProperty">Whether it is read and not called.</param>
/// <param name="Result">What it gives.</param>
/// <param name="Parameters">What it takes, in order.</param>
/// <param name="DocumentationId">What its documentation is found by.</param>
internal sealed record MemberModel(
    string Name,
    string StubName,
    string WireName,
    bool IsProperty,
    ResultModel Result,
    EquatableArray<ParameterModel> Parameters,
    string DocumentationId);

/// <summary>A member that a stub has to have and that no peer can reach, as C# text with a place for its body.</summary>
internal sealed record UnreachableModel(string Text, string Name);

/// <summary>A delegate type in a signature.</summary>
internal sealed record DelegateModel(string Type, ResultModel Result, EquatableArray<ParameterModel> Parameters);

/// <summary>A type with RPC members.</summary>
/// <param name="Namespace">Empty for the global one.</param>
/// <param name="Name">The name without its containing types, as documentation and file names show it.</param>
/// <param name="Type">The type, as C# text.</param>
/// <param name="Accessibility">The C# word.</param>
/// <param name="StubName">The stub's name; null for a class.</param>
/// <param name="Members">What a peer can reach, in order of declaration.</param>
/// <param name="Unreachable">What else a stub has to have.</param>
internal sealed record TargetModel(
    string Namespace,
    string Name,
    string Type,
    string Accessibility,
    string? StubName,
    EquatableArray<MemberModel> Members,
    EquatableArray<UnreachableModel> Unreachable);

/// <summary>What one type gives: its own code, what its signatures need, and what is wrong with it.</summary>
internal sealed record TargetReading(
    TargetModel? Target,
    EquatableArray<DelegateModel> Delegates,
    EquatableArray<string> Converters,
    EquatableArray<Finding> Findings);
