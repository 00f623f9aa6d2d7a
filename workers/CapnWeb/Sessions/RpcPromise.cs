using System.Runtime.CompilerServices;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>The result of a call that may not have come yet. Can be awaited any number of times, called and read before it has
/// come (promise pipelining), and passed as an argument, in whose place the value then stands.
/// A promise that is neither awaited nor disposed keeps an entry on both sides; awaiting it gives the entry back.</summary>
/// <typeparam name="T">What the result is read as.</typeparam>
public class RpcPromise<T> : RpcStub
{
    private protected RpcPromise()
    {
    }

    /// <summary>Takes over the reference of <paramref name="source"/>: the constructor of generated stubs.</summary>
    protected RpcPromise(RpcStub source)
        : base(source)
    {
    }

    /// <summary>Asks for the value and waits for it.</summary>
    public TaskAwaiter<T> GetAwaiter() => throw new NotImplementedException();

    /// <summary>Asks for the value; the same task each time.</summary>
    public Task<T> AsTask() => throw new NotImplementedException();

    /// <inheritdoc cref="AsTask"/>
    public ValueTask<T> AsValueTask() => throw new NotImplementedException();
}
