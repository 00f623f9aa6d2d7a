using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using WorkerRpc.CapnWeb.Sessions;

namespace WorkerRpc.CapnWeb.Targets;

/// <summary>The members that a peer can reach on targets of type <typeparamref name="T"/>, and the stub for a peer's target.</summary>
public sealed class RpcContract<T> : RpcContract
    where T : class
{
    /// <summary>Creates a contract. Pass it to one session, or register it by <see cref="RpcContract.Register"/>.</summary>
    /// <param name="stub">
    /// A function that creates a <typeparamref name="T"/> for a reference and takes over the reference. It is null for a type that cannot
    /// be a stub, such as a class.
    /// </param>
    /// <param name="members">The members that a peer can reach. Their names must differ.</param>
    /// <exception cref="ArgumentException">Two members have the same name.</exception>
    public RpcContract(Func<RpcStub, T>? stub, params RpcMember<T>[] members)
        : base(typeof(T), members)
    {
        Stub = stub;
        Converter = new ReferenceConverter<T>(this);
    }

    /// <summary>
    /// A function that creates a <typeparamref name="T"/> for a reference and takes over the reference. It is null if the type cannot be a
    /// stub.
    /// </summary>
    public Func<RpcStub, T>? Stub { get; }

    internal override JsonConverter Converter { get; }

    internal override JsonTypeInfo CreateTypeInfo(JsonSerializerOptions options) =>
        JsonMetadataServices.CreateValueInfo<T>(options, Converter);

    internal override object? CreateStub(RpcStub reference) => Stub?.Invoke(reference);
}
