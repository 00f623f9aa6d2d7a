using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace WorkerRpc.CapnWeb.Generator;

/// <summary>Creates the names on the wire and in generated code.</summary>
internal static class Names
{
    public const string Attribute = "WorkerRpc.CapnWeb.Targets.RpcMemberAttribute";
    public const string Void = CallText.Values + "RpcVoid";
    public const string CancellationToken = "global::System.Threading.CancellationToken";

    private static readonly SymbolDisplayFormat s_annotated = SymbolDisplayFormat.FullyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    // The names of members that every JavaScript object has. The protocol never exposes them.
    private static readonly HashSet<string> s_objectMembers =
    [
        "constructor", "__defineGetter__", "__defineSetter__", "hasOwnProperty", "__lookupGetter__", "__lookupSetter__",
        "isPrototypeOf", "propertyIsEnumerable", "toString", "valueOf", "__proto__", "toLocaleString", "toJSON",
    ];

    /// <summary>Writes the type as C# text with nullable annotations.</summary>
    public static string Of(ITypeSymbol type) => type.ToDisplayString(s_annotated);

    /// <summary>Writes the type as C# text without nullable annotations. So each run-time type has exactly one text.</summary>
    public static string OfRuntime(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    public static string Escape(string name) =>
        SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;

    public static string WithoutAsync(string name) =>
        name.Length > 5 && name.EndsWith("Async", StringComparison.Ordinal) ? name.Substring(0, name.Length - 5) : name;

    /// <summary>
    /// Converts a name to camelCase like System.Text.Json, so that the names of RPC members and of record properties follow the same rule.
    /// <c>GetURLAsync</c> becomes <c>getURL</c>, and <c>IPOf</c> becomes <c>ipOf</c>.
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

    public static bool IsReachable(string wireName) => wireName.Length > 0 && !s_objectMembers.Contains(wireName);

    /// <summary>
    /// Returns the name of the stub: <c>CounterStub</c> for <c>ICounter</c>, and <c>OuterCounterStub</c> if <c>ICounter</c> is inside
    /// <c>Outer</c>.
    /// </summary>
    public static string Stub(INamedTypeSymbol type)
    {
        string name = type.Name;
        string bare = name.Length > 1 && name[0] == 'I' && char.IsUpper(name[1]) ? name.Substring(1) : name;
        return Outer(type) + bare + "Stub";
    }

    /// <summary>Returns the joined names of the types that contain this type.</summary>
    public static string Outer(INamedTypeSymbol type) =>
        type.ContainingType is { } outer ? Outer(outer) + outer.Name : "";

    public static string Namespace(INamedTypeSymbol type) =>
        type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString();

    public static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);
}
