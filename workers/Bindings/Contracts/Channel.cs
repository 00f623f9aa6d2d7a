using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Contracts;

/// <summary>A kind of connection from a caller to the runtime.</summary>
/// <param name="Id">The channel's name in error messages: lower-case words joined by hyphens.</param>
public abstract record Channel(string Id)
{
    /// <summary>How far apart the caller and the runtime may be. Recommendations are grouped by it.</summary>
    public MethodReach Reach { get; init; } = MethodReach.Process;

    /// <inheritdoc/>
    public sealed override string ToString() => Id;
}

/// <summary>A channel whose connections have the type <typeparamref name="TConnection"/>.</summary>
/// <typeparam name="TConnection">
/// The type of the connection that a host returns when it opens the channel. The caller owns the connection.
/// </typeparam>
/// <param name="Id">The channel's name in error messages: lower-case words joined by hyphens.</param>
public sealed record Channel<TConnection>(string Id) : Channel(Id)
    where TConnection : class;
