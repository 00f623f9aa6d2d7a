using Microsoft.CodeAnalysis;

namespace WorkerRpc.CapnWeb.Generator;

/// <summary>Reads a type with [RpcMember] members into the generator's model.</summary>
internal static class TargetReader
{
    public static TargetReading Read(INamedTypeSymbol type)
    {
        bool isInterface = type.TypeKind == TypeKind.Interface;
        ISymbol[] members = [.. type.RpcMembers()];
        Finding[] findings =
        [
            .. OfType(type), .. members.SelectMany(member => SignatureRules.Of(member, isInterface)), .. OfNames(members),
        ];
        if (findings.Length > 0)
        {
            return new TargetReading(null, default, default, findings.ToEquatable());
        }

        var crossing = new CrossingTypes();
        crossing.AddSignatures(members);
        var target = new TargetModel(
            Names.Namespace(type),
            Names.Outer(type) + type.Name,
            Names.OfRuntime(type),
            IsPublic(type) ? "public" : "internal",
            isInterface ? Names.Stub(type) : null,
            members.Select(member => Member(member, members)).ToEquatable(),
            isInterface ? UnreachableReader.Of(type).ToEquatable() : default);
        return new TargetReading(target, crossing.Delegates.ToEquatable(), crossing.Converters.ToEquatable(), default);
    }

    private static MemberModel Member(ISymbol member, ISymbol[] all)
    {
        string name = member.Name;
        string bare = Names.WithoutAsync(name);
        bool isTaken = bare != name && all.Any(other => other.Name == bare);
        var method = member as IMethodSymbol;
        return new MemberModel(
            Names.Escape(name),
            Names.Escape(isTaken ? name : bare),
            WireName(member),
            method is null,
            SignatureReader.Result(method?.ReturnType ?? ((IPropertySymbol)member).Type),
            method is null ? default : SignatureReader.Parameters(method),
            member.GetDocumentationCommentId() ?? "");
    }

    private static string WireName(ISymbol member) =>
        member.RpcMember()?.ConstructorArguments.FirstOrDefault().Value as string ?? Names.Wire(member.Name);

    private static IEnumerable<Finding> OfType(INamedTypeSymbol type)
    {
        string? what = type switch
        {
            { TypeKind: not (TypeKind.Interface or TypeKind.Class) } => "a struct, which is copied",
            _ when Chain(type).Any(each => each.IsGenericType) => "generic",
            _ when Chain(type).Any(IsHidden) => "private, or in a private type",
            _ => null,
        };
        if (what is not null)
        {
            yield return Finding.Of(Rules.UnusableType, type, type.Name, what);
        }
    }

    private static IEnumerable<Finding> OfNames(ISymbol[] members)
    {
        var taken = new HashSet<string>();
        foreach (ISymbol member in members)
        {
            string name = WireName(member);
            if (!Names.IsReachable(name))
            {
                yield return Finding.Of(Rules.UnusableWireName, member, SignatureRules.Name(member), name);
            }
            else if (!taken.Add(name))
            {
                yield return Finding.Of(Rules.SameWireName, member, SignatureRules.Name(member), name);
            }
        }
    }

    private static IEnumerable<INamedTypeSymbol> Chain(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? each = type; each is not null; each = each.ContainingType)
        {
            yield return each;
        }
    }

    private static bool IsHidden(INamedTypeSymbol type) => type.IsFileLocal || type.DeclaredAccessibility
        is Accessibility.Private or Accessibility.Protected or Accessibility.ProtectedAndInternal;

    private static bool IsPublic(INamedTypeSymbol type) => Chain(type).All(each => each.DeclaredAccessibility == Accessibility.Public);
}
