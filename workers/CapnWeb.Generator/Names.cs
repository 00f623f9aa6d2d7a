using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace WorkerRpc.CapnWeb.Generator;

/// <summary>Names on the wire and in generated code.</summary>
internal static class Names
{
    public const string Attribute = "WorkerRpc.CapnWeb.Targets.RpcMemberAttribute";
    public const string Void = CallText.Values + "RpcVoid";
    public const string CancellationToken = "global::System.Threading.CancellationToken";

    private static readonly SymbolDisplayFormat Annotated = SymbolDisplayFormat.FullyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    // What every JavaScript object has: the protocol never reaches these, whatever a target says.
    private static readonly HashSet<string> ObjectMembers =
    [
        "constructor", "__defineGetter__", "__defineSetter__", "hasOwnProperty", "__lookupGetter__", "__lookupSetter__",
        "isPrototypeOf", "propertyIsEnumerable", "toString", "valueOf", "__proto__", "toLocaleString", "toJSON",
    ];

    /// <summary>The type as C# text, with its nullable annotations.</summary>
    public static string Of(ITypeSymbol type) => type.ToDisplayString(Annotated);

    /// <summary>The type as C# text without annotations: one text for one type of the runtime.</summary>
    public static string OfRuntime(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    public static string Escape(string name) =>
        SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;

    public static string WithoutAsync(string name) =>
        name.Length > 5 && name.EndsWith("Async", StringComparison.Ordinal) ? name.Substring(0, name.Length - 5) : name;

    /// <summary>
    /// camelCase as System.Text.Json makes it, so that members and records agree: <c>GetURLAsync</c> is <c>getURL</c>,
    /// <c>IPOf</c> is <c>ipOf</c>.
    /// </summary>
    public static string Wire(string name)
    {
        char[] letters = WithoutAsync(name).ToCharArray();
        for (int i = 0; i < letters.Length && char.IsUpper(letters[i]); i++)
        {
            bool startsWord = i > 0 && i + 1 < letters.Length && !char.IsUpper(letters[i + 1]);
            if (startsWord)
            {
                break;
            }
            letters[i] = char.ToLowerInvariant(letters[i]);
        }
        return new string(letters);
    }

    public static bool IsReachable(string wireName) => wireName.Length > 0 && !ObjectMembers.Contains(wireName);

    /// <summary><c>ICounter</c> has a <c>CounterStub</c>; in a class <c>Outer</c>, an <c>OuterCounterStub</c>.</summary>
    public static string Stub(INamedTypeSymbol type)
    {
        string name = type.Name;
        string bare = name.Length > 1 && name[0] == 'I' && char.IsUpper(name[1]) ? name.Substring(1) : name;
        return Outer(type) + bare + "Stub";
    }

    /// <summary>The names of the containing types, together.</summary>
    public static string Outer(INamedTypeSymbol type) =>
        type.ContainingType is { } outer ? Outer(outer) + outer.Name : "";

    public static string Namespace(INamedTypeSymbol type) =>
        type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString();

    public static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);
}
