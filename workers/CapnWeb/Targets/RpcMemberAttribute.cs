namespace WorkerRpc.CapnWeb.Targets;

/// <summary>
/// Opts one public method or readable property in: the peer can reach it, and nothing that does not say so.
/// It is not inherited; an override or a redeclaration says it again.
/// </summary>
/// <param name="name">The name on the wire; by default the member's own in camelCase, without <c>Async</c>.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property, Inherited = false)]
public sealed class RpcMemberAttribute(string? name = null) : Attribute
{
    /// <summary>The name on the wire, or null for the default.</summary>
    public string? Name { get; } = name;
}
