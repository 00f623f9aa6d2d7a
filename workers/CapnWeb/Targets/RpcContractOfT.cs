using System.Text.Json.Serialization;
using WorkerRpc.CapnWeb.Sessions;

namespace WorkerRpc.CapnWeb.Targets;

/// <summary>What a peer can reach on targets of type <typeparamref name="T"/>, and what stands here for a peer's target.</summary>
/// <param name="stub">
/// Makes a <typeparamref name="T"/> of a reference, which it takes over; null where the type cannot be one (a class).
/// </param>
/// <param name="members">The members, each name once.</param>
public sealed class RpcContract<T>(Func<RpcStub, T>? stub, params RpcMember<T>[] members) : RpcContract(typeof(T), members)
    where T : class
{
    /// <summary>Makes a <typeparamref name="T"/> of a reference; null where the type cannot be one.</summary>
    public Func<RpcStub, T>? Stub { get; } = stub;

    internal override JsonConverter Converter => throw new NotImplementedException();
}
