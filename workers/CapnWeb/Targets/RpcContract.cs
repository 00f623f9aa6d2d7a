using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using WorkerRpc.CapnWeb.Sessions;

namespace WorkerRpc.CapnWeb.Targets;

/// <summary>What a peer can reach on targets of type <typeparamref name="T"/>, and what stands here for a peer's target.</summary>
public sealed class RpcContract<T> : RpcContract
    where T : class
{
    /// <summary>A contract, for <see cref="RpcContract.Register"/> or for one session.</summary>
    /// <param name="stub">
    /// Makes a <typeparamref name="T"/> of a reference, which it takes over; null where the type cannot be one (a class).
    /// </param>
    /// <param name="members">The members, each name once.</param>
    /// <exception cref="ArgumentException">Two members have one name.</exception>
    public RpcContract(Func<RpcStub, T>? stub, params RpcMember<T>[] members)
        : base(typeof(T), members)
    {
        Stub = stub;
        Converter = new ReferenceConverter<T>(this);
    }

    /// <summary>Makes a <typeparamref name="T"/> of a reference; null where the type cannot be one.</summary>
    public Func<RpcStub, T>? Stub { get; }

    internal override JsonConverter Converter { get; }

    internal override JsonTypeInfo CreateTypeInfo(JsonSerializerOptions options) =>
        JsonMetadataServices.CreateValueInfo<T>(options, Converter);

    internal override object? CreateStub(RpcStub reference) => Stub?.Invoke(reference);
}
