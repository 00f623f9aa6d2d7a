using System.Diagnostics.CodeAnalysis;
using System.Text;
using WorkerRpc.CapnWeb.Sessions;

namespace WorkerRpc.CapnWeb.Targets;

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

/// <summary>One member of targets of type <typeparamref name="T"/>. The generator writes these; they can be written by hand.</summary>
[SuppressMessage("Design", "CA1000", Justification = "RpcMember<T>.Method is as short as RpcMember.Method<T>.")]
public sealed class RpcMember<T> : RpcMember
    where T : class
{
    private readonly Action<T, RpcInvocation> _run;

    private RpcMember(string name, RpcMemberKind kind, Action<T, RpcInvocation> run)
        : base(name, kind) => _run = run;

    /// <summary>A method: takes its arguments from the invocation and gives it the result.</summary>
    public static RpcMember<T> Method(string name, Action<T, RpcInvocation> run) => new(name, RpcMemberKind.Method, run);

    /// <summary>A property: gives the invocation its value.</summary>
    public static RpcMember<T> Property(string name, Action<T, RpcInvocation> run) => new(name, RpcMemberKind.Property, run);

    /// <summary>What a call of the target itself does.</summary>
    public static RpcMember<T> Self(Action<T, RpcInvocation> run) => new("", RpcMemberKind.Self, run);

    internal override void Run(object target, RpcInvocation call) => _run((T)target, call);
}
