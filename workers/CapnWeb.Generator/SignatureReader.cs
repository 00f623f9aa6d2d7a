using Microsoft.CodeAnalysis;

namespace WorkerRpc.CapnWeb.Generator;

/// <summary>Reads the result types and parameters of RPC members into the generator's model.</summary>
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

    /// <summary>Returns the type that is sent as the result, without its task. Returns null for a member without a result.</summary>
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
        // A pipelined call takes RpcArgument<T>. C# has no implicit conversion to it from an interface or object.
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
        // A stub in another assembly exists only if that assembly was built with this generator. So its symbol is looked up.
        bool isKnown = named.Locations.Any(each => each.IsInSource)
            || named.ContainingAssembly.GetTypeByMetadataName(name) is { DeclaredAccessibility: Accessibility.Public };
        return isKnown ? "global::" + name : null;
    }
}
