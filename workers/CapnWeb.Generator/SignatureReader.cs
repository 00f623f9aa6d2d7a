using Microsoft.CodeAnalysis;

namespace WorkerRpc.CapnWeb.Generator;

/// <summary>Reads results and parameters.</summary>
internal static class SignatureReader
{
    public static ResultModel Result(ITypeSymbol type)
    {
        string declared = Names.Of(type);
        if (type.SpecialType == SpecialType.System_Void)
        {
            return new ResultModel(ResultShape.Nothing, declared, Names.Void, null);
        }
        if (type is not INamedTypeSymbol named || named.ContainingNamespace?.ToDisplayString() != "System.Threading.Tasks")
        {
            return new ResultModel(ResultShape.Value, declared, declared, Stub(type));
        }
        return named.MetadataName switch
        {
            "Task" => new ResultModel(ResultShape.Task, declared, Names.Void, null),
            "ValueTask" => new ResultModel(ResultShape.ValueTask, declared, Names.Void, null),
            "Task`1" => Inside(ResultShape.TaskOf),
            "ValueTask`1" => Inside(ResultShape.ValueTaskOf),
            _ => new ResultModel(ResultShape.Value, declared, declared, null),
        };

        ResultModel Inside(ResultShape shape) =>
            new(shape, declared, Names.Of(named.TypeArguments[0]), Stub(named.TypeArguments[0]));
    }

    /// <summary>The type that crosses, without its task; null where nothing does.</summary>
    public static ITypeSymbol? Crossing(ITypeSymbol type) => Result(type).Shape switch
    {
        ResultShape.Value => type,
        ResultShape.TaskOf or ResultShape.ValueTaskOf => ((INamedTypeSymbol)type).TypeArguments[0],
        _ => null,
    };

    public static EquatableArray<ParameterModel> Parameters(IMethodSymbol method) =>
        method.Parameters.Select(Parameter).ToEquatable();

    private static ParameterModel Parameter(IParameterSymbol parameter) => new(
        Names.Escape(parameter.Name),
        Names.Of(parameter.Type),
        DefaultValue.Of(parameter),
        parameter.Type.IsCancellationToken(),
        // C# converts nothing that is an interface or object to a struct; stubs and promises go as what they are.
        CanBePromise: !parameter.Type.IsReference() && parameter.Type.TypeKind != TypeKind.Interface
            && parameter.Type.SpecialType != SpecialType.System_Object);

    private static string? Stub(ITypeSymbol type)
    {
        if (!type.IsRpcInterface())
        {
            return null;
        }
        var named = (INamedTypeSymbol)type;
        string space = Names.Namespace(named);
        string name = (space.Length == 0 ? "" : space + ".") + Names.Stub(named);
        // One of another assembly is there already, or never: it may have been built without the generator.
        bool isKnown = named.Locations.Any(each => each.IsInSource)
            || named.ContainingAssembly.GetTypeByMetadataName(name) is { DeclaredAccessibility: Accessibility.Public };
        return isKnown ? "global::" + name : null;
    }
}
