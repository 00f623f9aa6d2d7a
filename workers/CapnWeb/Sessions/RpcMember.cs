using System.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>The ways to reach a member.</summary>
public enum RpcMemberKind
{
    /// <summary>A method, which runs when the peer calls it. The peer can also read it as a function.</summary>
    Method,

    /// <summary>A property, whose getter runs when the peer reads it.</summary>
    Property,

    /// <summary>The target itself, which runs when the peer calls it like a function, for example a delegate.</summary>
    Self,
}

/// <summary>One member that a peer can reach.</summary>
public abstract class RpcMember
{
    private protected RpcMember(string name, RpcMemberKind kind, int? parameterCount)
    {
        ParameterCount = parameterCount;
        Name = name;
        Kind = kind;
        Utf8Name = Encoding.UTF8.GetBytes(name);
    }

    /// <summary>The name on the wire. Empty for <see cref="RpcMemberKind.Self"/>.</summary>
    public string Name { get; }

    /// <summary>Whether the member is a method, a property or the target itself.</summary>
    public RpcMemberKind Kind { get; }

    /// <summary>
    /// The number of arguments that the member reads. References among further arguments are ignored. It is null if the member may read
    /// any number.
    /// </summary>
    public int? ParameterCount { get; }

    internal byte[] Utf8Name { get; }

    /// <summary>
    /// Whether an earlier call had several arguments. If so, later calls do not try to read the text as a single argument.
    /// </summary>
    internal bool HasTakenSeveral { get; set; }

    /// <summary>Runs the member. If it throws an exception, the call fails.</summary>
    internal abstract void Run(object target, RpcInvocation call);
}
