using Microsoft.CodeAnalysis;

namespace WorkerRpc.CapnWeb.Generator;

/// <summary>
/// Every type that signatures let cross, with what is inside: delegates, which need a contract, and collections, whose
/// converters native code can only make where their types are named.
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
            AddCollection(name, array.ElementType);
        }
        else if (type.TypeKind == TypeKind.Delegate)
        {
            AddDelegate((INamedTypeSymbol)type);
        }
        else if (type.SpecialType == SpecialType.None && !type.IsReference())
        {
            AddValue((INamedTypeSymbol?)(type as INamedTypeSymbol), name);
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
            _converters.Add($"RegisterDictionary<{name}, {Names.OfRuntime(value)}>");
            Add(value);
        }
        else if (type.Interface("IEnumerable`1") is { } sequence)
        {
            AddCollection(name, sequence.TypeArguments[0]);
        }
        else if (type.TypeKind == TypeKind.Enum)
        {
            _converters.Add($"RegisterEnum<{name}>");
        }
        else
        {
            AddMembers(type);
        }
    }

    private static ITypeSymbol? Dictionary(INamedTypeSymbol type) =>
        (type.Interface("IDictionary`2") ?? type.Interface("IReadOnlyDictionary`2")) is { } found
        && found.TypeArguments[0].SpecialType == SpecialType.System_String ? found.TypeArguments[1] : null;

    private void AddCollection(string name, ITypeSymbol element)
    {
        if (element.SpecialType != SpecialType.System_Byte)
        {
            _converters.Add($"RegisterList<{name}, {Names.OfRuntime(element)}>");
        }
        Add(element);
    }

    private void AddMembers(INamedTypeSymbol type)
    {
        foreach (ITypeSymbol argument in type.TypeArguments)
        {
            Add(argument);
        }
        for (INamedTypeSymbol? each = type; each is not null && !IsOfTheRuntime(each); each = each.BaseType)
        {
            foreach (ISymbol member in each.GetMembers().Where(member => !member.IsStatic && member.DeclaredAccessibility == Accessibility.Public))
            {
                ITypeSymbol? value = (member as IPropertySymbol)?.Type ?? (member as IFieldSymbol)?.Type;
                if (value is not null)
                {
                    Add(value);
                }
            }
        }
    }

    // Its types have converters of their own, and their members are no data of the user's.
    private static bool IsOfTheRuntime(INamedTypeSymbol type) =>
        Names.Namespace(type) is string space && (space == "System" || space.StartsWith("System.", StringComparison.Ordinal));
}
