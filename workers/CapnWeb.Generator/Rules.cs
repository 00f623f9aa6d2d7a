using Microsoft.CodeAnalysis;

namespace WorkerRpc.CapnWeb.Generator;

/// <summary>
/// The compiler diagnostics for members that cannot be called remotely. Each message names the member and says what is accepted.
/// </summary>
internal static class Rules
{
    public static readonly DiagnosticDescriptor NotPublic = Error(
        "CAPNWEB001", "An RPC member is public",
        "'{0}' is not public: expected a public method or property, or one of an interface");

    public static readonly DiagnosticDescriptor Static = Error(
        "CAPNWEB002", "An RPC member belongs to an instance",
        "'{0}' is static: expected an instance member");

    public static readonly DiagnosticDescriptor GenericMethod = Error(
        "CAPNWEB003", "An RPC method is not generic",
        "'{0}' is generic: a peer cannot name its types, expected a method without type parameters");

    public static readonly DiagnosticDescriptor ByReference = Error(
        "CAPNWEB004", "RPC parameters are passed by value",
        "Parameter '{1}' of '{0}' is ref, out or in: expected a parameter by value");

    public static readonly DiagnosticDescriptor SameWireName = Error(
        "CAPNWEB005", "Each RPC member has a wire name of its own",
        "'{0}' has the wire name '{1}' of another member: expected a name of its own, by [RpcMember(\"name\")]");

    public static readonly DiagnosticDescriptor UnusableWireName = Error(
        "CAPNWEB006", "A wire name can be reached",
        "'{0}' has the wire name '{1}', which no peer can reach: "
        + "expected a name that is not empty and not one of JavaScript's own object members");

    public static readonly DiagnosticDescriptor NoGetter = Error(
        "CAPNWEB007", "An RPC property can be read",
        "'{0}' has no public getter: expected one, a peer can only read");

    public static readonly DiagnosticDescriptor Setter = Error(
        "CAPNWEB008", "An RPC property of an interface has no setter",
        "'{0}' has a setter: expected none, a stub can only read");

    public static readonly DiagnosticDescriptor Indexer = Error(
        "CAPNWEB009", "An indexer cannot be reached",
        "'{0}' is an indexer: expected a method");

    public static readonly DiagnosticDescriptor NotAwaitable = Error(
        "CAPNWEB010", "RPC members of an interface are asynchronous",
        "'{0}' gives '{1}': expected Task, ValueTask, Task<T>, ValueTask<T> or an interface with RPC members");

    public static readonly DiagnosticDescriptor TooManyParameters = Error(
        "CAPNWEB011", "An RPC method has at most eight parameters",
        "'{0}' has {1} parameters: expected at most 8, besides cancellation tokens");

    public static readonly DiagnosticDescriptor UnusableType = Error(
        "CAPNWEB012", "RPC members stand in an accessible class or interface",
        "'{0}' is {1}: expected a class or interface that other code of the project can name, without type parameters");

    public static readonly DiagnosticDescriptor UnusableValue = Error(
        "CAPNWEB013", "What crosses is a value or a reference",
        "'{0}' uses '{1}', which cannot be held: expected no ref struct and no pointer");

    public static readonly DiagnosticDescriptor ClassByReference = Error(
        "CAPNWEB014", "An interface hands out interfaces",
        "'{0}' uses '{1}', a class with RPC members, for which there is no stub: expected an interface with RPC members");

    private static DiagnosticDescriptor Error(string id, string title, string message) =>
        new(id, title, message, "CapnWeb", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
