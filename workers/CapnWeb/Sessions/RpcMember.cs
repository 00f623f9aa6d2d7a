using System.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>What a name reaches.</summary>
public enum RpcMemberKind
{
    /// <summary>Runs when it is called; a reference to it can be taken.</summary>
    Method,

    /// <summary>Runs when it is read.</summary>
    Property,

    /// <summary>Runs when the target itself is called: a delegate.</summary>
    Self,
}

/// <summary>One member of a target that a peer can reach.</summary>
public abstract class RpcMember
{
    private protected RpcMember(string name, RpcMemberKind kind)
    {
        Name = name;
        Kind = kind;
        Utf8Name = Encoding.UTF8.GetBytes(name);
    }

    /// <summary>The name on the wire; empty for <see cref="RpcMemberKind.Self"/>.</summary>
    public string Name { get; }

    /// <summary>What the name reaches.</summary>
    public RpcMemberKind Kind { get; }

    internal byte[] Utf8Name { get; }

    /// <summary>Whether a call has come with more than one argument: then the next ones are not taken for one.</summary>
    internal bool HasTakenSeveral { get; set; }

    /// <summary>Runs it on a target of the contract's type. What it throws is the call's error.</summary>
    internal abstract void Run(object target, RpcInvocation call);
}
