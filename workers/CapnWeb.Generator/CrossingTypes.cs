using Microsoft.CodeAnalysis;

namespace WorkerRpc.CapnWeb.Generator;

/// <summary>
/// Finds the types in signatures that need generated code. Delegates need a contract. Collections need a converter that is generated for
/// their type, because native code cannot create it by reflection.
/// </summary>
internal sealed class CrossingTypes
{
    private readonly HashSet<string> _seen = [];
    private readonly List<DelegateModel> _delegates = [];
    private readonly List<string> _converters = [];

    public IReadOnlyList<DelegateModel> Delegates => _delegates;

    public IReadOnlyList<string> Converters => _converters;

    public void AddSignatures(IEnumerable<ISymbol> members)
    {
        foreach (ISymbol member in members)
        {
            if (member is IMethodSymbol method)
            {
                AddSignature(method);
            }
            else
            {
                AddResult(((IPropertySymbol)member).Type);
            }
        }
    }

    private void AddSignature(IMethodSymbol method)
    {
        AddResult(method.ReturnType);
        foreach (IParameterSymbol parameter in method.Parameters.Where(each => !each.Type.IsCancellationToken()))
        {
            Add(parameter.Type);
        }
    }

    private void AddResult(ITypeSymbol type)
    {
        if (SignatureReader.Crossing(type) is { } crossing)
        {
            Add(crossing);
        }
    }

    private void Add(ITypeSymbol type)
    {
        string name = Names.OfRuntime(type);
        if (type.TypeKind is TypeKind.TypeParameter or TypeKind.Error || !_seen.Add(name))
        {
            return;
        }

        if (type is IArrayTypeSymbol array)
        {
            AddList(array.ElementType);
        }
        else if (type.TypeKind == TypeKind.Delegate)
        {
            AddDelegate((INamedTypeSymbol)type);
        }
        else if (type.SpecialType == SpecialType.None && !type.IsReference())
        {
            AddValue(type as INamedTypeSymbol, name);
        }
    }

    private void AddDelegate(INamedTypeSymbol type)
    {
        IMethodSymbol invoke = type.DelegateInvokeMethod!;
        bool isUsable = invoke.Parameters.All(each => each.RefKind == RefKind.None && !each.Type.IsRefLikeType)
            && invoke.Parameters.Length <= SignatureRules.MaxParameters;
        if (isUsable)
        {
            AddSignature(invoke);
            _delegates.Add(new DelegateModel(
                Names.OfRuntime(type), SignatureReader.Result(invoke.ReturnType), SignatureReader.Parameters(invoke)));
        }
    }

    private void AddValue(INamedTypeSymbol? type, string name)
    {
        if (type is null)
        {
            return;
        }

        if (Dictionary(type) is { } value)
        {
            _converters.Add($"AddDictionary<{Names.OfRuntime(value)}>()");
            Add(value);
        }
        else if (type.Interface("IEnumerable`1") is { } sequence)
        {
            AddCollection(type, name, sequence.TypeArguments[0]);
        }
        else
        {
            AddMembers(type);
        }
    }

    private static ITypeSymbol? Dictionary(INamedTypeSymbol type) =>
        (type.Interface("IDictionary`2") ?? type.Interface("IReadOnlyDictionary`2")) is { } found
        && found.TypeArguments[0].SpecialType == SpecialType.System_String ? found.TypeArguments[1] : null;

    private void AddList(ITypeSymbol element)
    {
        _converters.Add($"AddList<{Names.OfRuntime(element)}>()");
        Add(element);
    }

    private void AddCollection(INamedTypeSymbol type, string name, ITypeSymbol element)
    {
        string? make = type switch
        {
            _ when Names.Namespace(type) == "System.Collections.Immutable" && !type.IsAbstract =>
                $"global::System.Collections.Immutable.{type.Name}.CreateRange(list)",
            { IsAbstract: false } when type.InstanceConstructors.Any(each => TakesSequence(each)) => $"new {name}(list)",
            _ => null,
        };
        if (make is not null && type.MetadataName != "List`1")
        {
            _converters.Add($"AddCollection<{name}, {Names.OfRuntime(element)}>(static list => {make})");
        }

        AddList(element);
    }

    private static bool TakesSequence(IMethodSymbol constructor) =>
        constructor is { DeclaredAccessibility: Accessibility.Public, Parameters.Length: 1 }
        && constructor.Parameters[0].Type.MetadataName is ("IEnumerable`1" or "IList`1");

    private void AddMembers(INamedTypeSymbol type)
    {
        if (type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
        {
            _converters.Add($"AddNullable<{Names.OfRuntime(type.TypeArguments[0])}>()");
        }

        foreach (ITypeSymbol argument in type.TypeArguments)
        {
            Add(argument);
        }

        for (INamedTypeSymbol? each = type; each is not null && !IsOfTheRuntime(each); each = each.BaseType)
        {
            foreach (ISymbol member in each.GetMembers().Where(IsData))
            {
                Add((member as IPropertySymbol)?.Type ?? ((IFieldSymbol)member).Type);
            }
        }
    }

    private static bool IsData(ISymbol member) =>
        member is { IsStatic: false, DeclaredAccessibility: Accessibility.Public } and (IPropertySymbol or IFieldSymbol);

    // Whether the type belongs to .NET. The library has its own converters for such types, so their members are not searched.
    private static bool IsOfTheRuntime(INamedTypeSymbol type) =>
        Names.Namespace(type) is string space && (space == "System" || space.StartsWith("System.", StringComparison.Ordinal));
}
