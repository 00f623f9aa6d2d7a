using Microsoft.CodeAnalysis;

namespace WorkerRpc.CapnWeb.Generator;

/// <summary>Finds interface members without [RpcMember]. A stub must implement them, although no peer can reach them.</summary>
internal static class UnreachableReader
{
    public static IEnumerable<UnreachableModel> Of(INamedTypeSymbol type)
    {
        IEnumerable<ISymbol> own = type.GetMembers().Where(member => member.RpcMember() is null);
        // Stubs implement Dispose themselves; other base interface members are unreachable.
        IEnumerable<ISymbol> inherited = type.AllInterfaces
            .Where(each => each.ToDisplayString() is not ("System.IDisposable" or "System.IAsyncDisposable"))
            .SelectMany(each => each.GetMembers());
        return own.Concat(inherited).Where(member => member.IsAbstract).Select(Text).OfType<UnreachableModel>();
    }

    private static UnreachableModel? Text(ISymbol member)
    {
        string name = SignatureRules.Name(member);
        string of = Names.OfRuntime(member.ContainingType) + ".";
        return member switch
        {
            IMethodSymbol { MethodKind: MethodKind.Ordinary } method => new UnreachableModel(
                $"{Result(method)} {of}{Names.Escape(method.Name)}{TypeParameters(method)}({Parameters(method.Parameters)}) => $", name),
            IPropertySymbol { IsIndexer: true } indexer => new UnreachableModel(
                $"{Names.Of(indexer.Type)} {of}this[{Parameters(indexer.Parameters)}] {Accessors(indexer)}", name),
            IPropertySymbol property => new UnreachableModel(
                $"{Names.Of(property.Type)} {of}{Names.Escape(property.Name)} {Accessors(property)}", name),
            IEventSymbol @event => new UnreachableModel(
                $"event {Names.Of(@event.Type)} {of}{Names.Escape(@event.Name)} {{ add => $ remove => $ }}", name),
            _ => null,
        };
    }

    private static string Result(IMethodSymbol method) =>
        (method.ReturnsByRefReadonly ? "ref readonly " : method.ReturnsByRef ? "ref " : "") + Names.Of(method.ReturnType);

    private static string TypeParameters(IMethodSymbol method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.TypeParameters.Select(each => each.Name))}>" : "";

    private static string Parameters(IEnumerable<IParameterSymbol> parameters) => string.Join(", ", parameters.Select(each =>
        each.RefKind switch
        {
            RefKind.Ref => "ref ",
            RefKind.Out => "out ",
            RefKind.In => "in ",
            RefKind.RefReadOnlyParameter => "ref readonly ",
            _ => "",
        } + $"{Names.Of(each.Type)} {Names.Escape(each.Name)}"));

    private static string Accessors(IPropertySymbol property) => "{ "
        + (property.GetMethod is null ? "" : "get => $ ")
        + (property.SetMethod is null ? "" : property.SetMethod.IsInitOnly ? "init => $ " : "set => $ ")
        + "}";
}
