namespace WorkerRpc.CapnWeb.Targets;

/// <summary>
/// Exposes a public method or readable property to peers. Members without it cannot be reached. It is not inherited: an override
/// needs its own.
/// </summary>
/// <param name="name">The name on the wire. Default: the member's name in camelCase, without <c>Async</c>.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property, Inherited = false)]
public sealed class RpcMemberAttribute(string? name = null) : Attribute
{
    /// <summary>The name on the wire. Null: the default.</summary>
    public string? Name { get; } = name;
}
