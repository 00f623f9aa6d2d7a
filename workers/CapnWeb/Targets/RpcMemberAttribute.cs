namespace WorkerRpc.CapnWeb.Targets;

/// <summary>
/// Lets peers reach a public method or readable property. Peers cannot reach members without this attribute. It is not inherited: an
/// override needs its own.
/// </summary>
/// <param name="name">The name on the wire. If it is null, the member's name is used, in camelCase and without <c>Async</c>.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property, Inherited = false)]
public sealed class RpcMemberAttribute(string? name = null) : Attribute
{
    /// <summary>The name on the wire. If it is null, the member's name is used, in camelCase and without <c>Async</c>.</summary>
    public string? Name { get; } = name;
}
