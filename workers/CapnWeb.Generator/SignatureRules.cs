using Microsoft.CodeAnalysis;

namespace WorkerRpc.CapnWeb.Generator;

/// <summary>Finds the reasons why a member cannot be an RPC member.</summary>
internal static class SignatureRules
{
    public const int MaxParameters = 8;

    public static IEnumerable<Finding> Of(ISymbol member, bool isInterface)
    {
        string name = Name(member);
        if (member.DeclaredAccessibility != Accessibility.Public)
        {
            yield return Finding.Of(Rules.NotPublic, member, name);
        }

        if (member.IsStatic)
        {
            yield return Finding.Of(Rules.Static, member, name);
        }

        IEnumerable<Finding> own = member is IPropertySymbol property ? OfProperty(property, isInterface) : OfMethod((IMethodSymbol)member);
        foreach (Finding finding in own.Concat(OfTypes(member, isInterface)))
        {
            yield return finding;
        }
    }

    public static string Name(ISymbol member) => $"{member.ContainingType.Name}.{member.Name}";

    private static IEnumerable<Finding> OfProperty(IPropertySymbol property, bool isInterface)
    {
        if (property.IsIndexer)
        {
            yield return Finding.Of(Rules.Indexer, property, Name(property));
        }

        bool isPublic = property.DeclaredAccessibility == Accessibility.Public;
        if (isPublic && property.GetMethod is not { DeclaredAccessibility: Accessibility.Public })
        {
            yield return Finding.Of(Rules.NoGetter, property, Name(property));
        }

        if (isInterface && property.SetMethod is not null)
        {
            yield return Finding.Of(Rules.Setter, property, Name(property));
        }
    }

    private static IEnumerable<Finding> OfMethod(IMethodSymbol method)
    {
        if (method.IsGenericMethod)
        {
            yield return Finding.Of(Rules.GenericMethod, method, Name(method));
        }

        foreach (IParameterSymbol parameter in method.Parameters.Where(each => each.RefKind != RefKind.None))
        {
            yield return Finding.Of(Rules.ByReference, method, Name(method), parameter.Name);
        }

        int count = method.Parameters.Count(each => !each.Type.IsCancellationToken());
        if (count > MaxParameters)
        {
            yield return Finding.Of(Rules.TooManyParameters, method, Name(method), $"{count}");
        }
    }

    private static IEnumerable<Finding> OfTypes(ISymbol member, bool isInterface)
    {
        ITypeSymbol result = member is IPropertySymbol property ? property.Type : ((IMethodSymbol)member).ReturnType;
        ResultModel model = SignatureReader.Result(result);
        bool isAwaitable = model.Shape is not ResultShape.Nothing and not ResultShape.Value;
        if (isInterface && !isAwaitable && model.Stub is null)
        {
            yield return Finding.Of(Rules.NotAwaitable, member, Name(member), result.ToDisplayString());
        }

        IEnumerable<ITypeSymbol> parameters = (member as IMethodSymbol)?.Parameters.Select(each => each.Type) ?? [];
        IEnumerable<ITypeSymbol> results = SignatureReader.Crossing(result) is { } crossing ? [crossing] : [];
        foreach (ITypeSymbol type in parameters.Concat(results))
        {
            if (type.IsRefLikeType || type.TypeKind is TypeKind.Pointer or TypeKind.FunctionPointer)
            {
                yield return Finding.Of(Rules.UnusableValue, member, Name(member), type.ToDisplayString());
            }

            if (type.IsRpcClass() && (isInterface || parameters.Contains(type, SymbolEqualityComparer.Default)))
            {
                yield return Finding.Of(Rules.ClassByReference, member, Name(member), type.ToDisplayString());
            }
        }
    }
}
