using System.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>How a member is reached.</summary>
public enum RpcMemberKind
{
    /// <summary>Runs when it is called. It can also be read as a function.</summary>
    Method,

    /// <summary>Runs when it is read.</summary>
    Property,

    /// <summary>Runs when the target itself is called, as for a delegate.</summary>
    Self,
}

/// <summary>One member that a peer can reach.</summary>
public abstract class RpcMember
{
    private protected RpcMember(string name, RpcMemberKind kind)
    {
        Name = name;
        Kind = kind;
        Utf8Name = Encoding.UTF8.GetBytes(name);
    }

    /// <summary>The name on the wire. Empty for <see cref="RpcMemberKind.Self"/>.</summary>
    public string Name { get; }

    /// <summary>How the member is reached.</summary>
    public RpcMemberKind Kind { get; }

    internal byte[] Utf8Name { get; }

    /// <summary>Whether a call had several arguments. Later calls then do not try to read the text as a single one.</summary>
    internal bool HasTakenSeveral { get; set; }

    /// <summary>Runs the member. An exception fails the call.</summary>
    internal abstract void Run(object target, RpcInvocation call);
}
