using WorkerRpc.CapnWeb.Sessions;

namespace WorkerRpc.CapnWeb.Targets;

/// <summary>The single argument of a call.</summary>
public readonly record struct RpcArguments<T1>(T1 V1) : IRpcArguments
{
    /// <inheritdoc/>
    public int Count => 1;

    /// <inheritdoc/>
    public void Write(ref RpcArgumentWriter writer)
    {
        writer.Write(V1);
    }
}

/// <summary>The two arguments of a call, in order.</summary>
public readonly record struct RpcArguments<T1, T2>(T1 V1, T2 V2) : IRpcArguments
{
    /// <inheritdoc/>
    public int Count => 2;

    /// <inheritdoc/>
    public void Write(ref RpcArgumentWriter writer)
    {
        writer.Write(V1);
        writer.Write(V2);
    }
}

/// <summary>The three arguments of a call, in order.</summary>
public readonly record struct RpcArguments<T1, T2, T3>(T1 V1, T2 V2, T3 V3) : IRpcArguments
{
    /// <inheritdoc/>
    public int Count => 3;

    /// <inheritdoc/>
    public void Write(ref RpcArgumentWriter writer)
    {
        writer.Write(V1);
        writer.Write(V2);
        writer.Write(V3);
    }
}

/// <summary>The four arguments of a call, in order.</summary>
public readonly record struct RpcArguments<T1, T2, T3, T4>(T1 V1, T2 V2, T3 V3, T4 V4) : IRpcArguments
{
    /// <inheritdoc/>
    public int Count => 4;

    /// <inheritdoc/>
    public void Write(ref RpcArgumentWriter writer)
    {
        writer.Write(V1);
        writer.Write(V2);
        writer.Write(V3);
        writer.Write(V4);
    }
}

/// <summary>The five arguments of a call, in order.</summary>
public readonly record struct RpcArguments<T1, T2, T3, T4, T5>(T1 V1, T2 V2, T3 V3, T4 V4, T5 V5) : IRpcArguments
{
    /// <inheritdoc/>
    public int Count => 5;

    /// <inheritdoc/>
    public void Write(ref RpcArgumentWriter writer)
    {
        writer.Write(V1);
        writer.Write(V2);
        writer.Write(V3);
        writer.Write(V4);
        writer.Write(V5);
    }
}

/// <summary>The six arguments of a call, in order.</summary>
public readonly record struct RpcArguments<T1, T2, T3, T4, T5, T6>(T1 V1, T2 V2, T3 V3, T4 V4, T5 V5, T6 V6) : IRpcArguments
{
    /// <inheritdoc/>
    public int Count => 6;

    /// <inheritdoc/>
    public void Write(ref RpcArgumentWriter writer)
    {
        writer.Write(V1);
        writer.Write(V2);
        writer.Write(V3);
        writer.Write(V4);
        writer.Write(V5);
        writer.Write(V6);
    }
}

/// <summary>The seven arguments of a call, in order.</summary>
public readonly record struct RpcArguments<T1, T2, T3, T4, T5, T6, T7>(
    T1 V1, T2 V2, T3 V3, T4 V4, T5 V5, T6 V6, T7 V7) : IRpcArguments
{
    /// <inheritdoc/>
    public int Count => 7;

    /// <inheritdoc/>
    public void Write(ref RpcArgumentWriter writer)
    {
        writer.Write(V1);
        writer.Write(V2);
        writer.Write(V3);
        writer.Write(V4);
        writer.Write(V5);
        writer.Write(V6);
        writer.Write(V7);
    }
}

/// <summary>The eight arguments of a call, in order.</summary>
public readonly record struct RpcArguments<T1, T2, T3, T4, T5, T6, T7, T8>(
    T1 V1, T2 V2, T3 V3, T4 V4, T5 V5, T6 V6, T7 V7, T8 V8) : IRpcArguments
{
    /// <inheritdoc/>
    public int Count => 8;

    /// <inheritdoc/>
    public void Write(ref RpcArgumentWriter writer)
    {
        writer.Write(V1);
        writer.Write(V2);
        writer.Write(V3);
        writer.Write(V4);
        writer.Write(V5);
        writer.Write(V6);
        writer.Write(V7);
        writer.Write(V8);
    }
}
