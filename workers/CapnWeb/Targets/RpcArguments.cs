using WorkerRpc.CapnWeb.Sessions;

namespace WorkerRpc.CapnWeb.Targets;

/// <summary>
/// The arguments of a call without boxing. This type has no argument; its methods <c>Of</c> create those with one to eight.
/// </summary>
public readonly record struct RpcArguments : IRpcArguments
{
    /// <inheritdoc/>
    public int Count => 0;

    public static RpcArguments Of() => default;

    public static RpcArguments<T1> Of<T1>(T1 v1) => new(v1);

    public static RpcArguments<T1, T2> Of<T1, T2>(T1 v1, T2 v2) => new(v1, v2);

    public static RpcArguments<T1, T2, T3> Of<T1, T2, T3>(T1 v1, T2 v2, T3 v3) => new(v1, v2, v3);

    public static RpcArguments<T1, T2, T3, T4> Of<T1, T2, T3, T4>(T1 v1, T2 v2, T3 v3, T4 v4) => new(v1, v2, v3, v4);

    public static RpcArguments<T1, T2, T3, T4, T5> Of<T1, T2, T3, T4, T5>(
        T1 v1, T2 v2, T3 v3, T4 v4, T5 v5) => new(v1, v2, v3, v4, v5);

    public static RpcArguments<T1, T2, T3, T4, T5, T6> Of<T1, T2, T3, T4, T5, T6>(
        T1 v1, T2 v2, T3 v3, T4 v4, T5 v5, T6 v6) => new(v1, v2, v3, v4, v5, v6);

    public static RpcArguments<T1, T2, T3, T4, T5, T6, T7> Of<T1, T2, T3, T4, T5, T6, T7>(
        T1 v1, T2 v2, T3 v3, T4 v4, T5 v5, T6 v6, T7 v7) => new(v1, v2, v3, v4, v5, v6, v7);

    public static RpcArguments<T1, T2, T3, T4, T5, T6, T7, T8> Of<T1, T2, T3, T4, T5, T6, T7, T8>(
        T1 v1, T2 v2, T3 v3, T4 v4, T5 v5, T6 v6, T7 v7, T8 v8) => new(v1, v2, v3, v4, v5, v6, v7, v8);

    /// <inheritdoc/>
    public void Write(ref RpcArgumentWriter writer)
    {
    }
}
