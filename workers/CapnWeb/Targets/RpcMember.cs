using System.Diagnostics.CodeAnalysis;
using WorkerRpc.CapnWeb.Sessions;

namespace WorkerRpc.CapnWeb.Targets;

/// <summary>A member of targets of type <typeparamref name="T"/>. Usually the generator writes the code that creates it.</summary>
[SuppressMessage("Design", "CA1000", Justification = "RpcMember<T>.Method is as short as RpcMember.Method<T>.")]
public sealed class RpcMember<T> : RpcMember
    where T : class
{
    private readonly Action<T, RpcInvocation> _run;

    private RpcMember(string name, RpcMemberKind kind, Action<T, RpcInvocation> run, int? parameters)
        : base(name, kind, parameters) => _run = run;

    /// <summary>Creates a method. <paramref name="run"/> reads the arguments from the invocation and sets the result.</summary>
    /// <param name="name">The name on the wire.</param>
    /// <param name="run">Runs the method.</param>
    /// <param name="parameters">The number of arguments that the method reads. It is null if the method may read any number.</param>
    public static RpcMember<T> Method(string name, Action<T, RpcInvocation> run, int? parameters = null) =>
        new(name, RpcMemberKind.Method, run, parameters);

    /// <summary>Creates a property. <paramref name="run"/> sets the property's value as the result.</summary>
    public static RpcMember<T> Property(string name, Action<T, RpcInvocation> run) => new(name, RpcMemberKind.Property, run, 0);

    /// <summary>Creates the member that runs when the target itself is called.</summary>
    /// <param name="run">Runs the target.</param>
    /// <param name="parameters">The number of arguments that the target reads. It is null if the target may read any number.</param>
    public static RpcMember<T> Self(Action<T, RpcInvocation> run, int? parameters = null) => new("", RpcMemberKind.Self, run, parameters);

    internal override void Run(object target, RpcInvocation call) => _run((T)target, call);
}
