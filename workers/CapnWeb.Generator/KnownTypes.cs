using Microsoft.CodeAnalysis;

namespace WorkerRpc.CapnWeb.Generator;

/// <summary>Checks Roslyn's type symbols, for example whether a type is a task, a stub or a collection.</summary>
internal static class KnownTypes
{
    public static bool IsCancellationToken(this ITypeSymbol type) => Names.OfRuntime(type) == Names.CancellationToken;

    public static AttributeData? RpcMember(this ISymbol symbol) =>
        symbol.GetAttributes().FirstOrDefault(each => each.AttributeClass?.ToDisplayString() == Names.Attribute);

    /// <summary>Returns the members of this type that have the attribute [RpcMember], without members of its base types.</summary>
    public static IEnumerable<ISymbol> RpcMembers(this INamedTypeSymbol type) =>
        type.GetMembers().Where(member => member is IMethodSymbol or IPropertySymbol && member.RpcMember() is not null);

    public static bool IsRpcInterface(this ITypeSymbol type) =>
        type is INamedTypeSymbol { TypeKind: TypeKind.Interface, IsGenericType: false } named && named.RpcMembers().Any();

    public static bool IsRpcClass(this ITypeSymbol type) =>
        type is INamedTypeSymbol { TypeKind: TypeKind.Class } named && named.RpcMembers().Any();

    /// <summary>Whether values of the type are sent as references, so that their members are not sent.</summary>
    public static bool IsReference(this ITypeSymbol type) =>
        type.TypeKind == TypeKind.Delegate || type.IsRpcInterface() || type.IsRpcClass() || type.IsStub();

    public static bool IsStub(this ITypeSymbol type)
    {
        for (ITypeSymbol? each = type; each is not null; each = each.BaseType)
        {
            if (each.ToDisplayString() == "WorkerRpc.CapnWeb.Sessions.RpcStub")
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Returns the generic interface with this name that the type implements, such as <c>IEnumerable&lt;T&gt;</c>.</summary>
    public static INamedTypeSymbol? Interface(this ITypeSymbol type, string metadataName) =>
        type is INamedTypeSymbol named && named.OriginalDefinition.MetadataName == metadataName && IsCollections(named)
            ? named
            : type.AllInterfaces.FirstOrDefault(each => each.OriginalDefinition.MetadataName == metadataName && IsCollections(each));

    private static bool IsCollections(INamedTypeSymbol type) =>
        type.ContainingNamespace.ToDisplayString() == "System.Collections.Generic";
}
