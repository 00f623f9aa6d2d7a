namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>One call as the called member sees it: its arguments, and the place for its result. Read all arguments before the
/// member returns or awaits anything, and give one result; the object is used again for another call afterwards.</summary>
public sealed class RpcInvocation
{
    internal RpcInvocation()
    {
    }

    /// <summary>Fires when the caller has given the call up, or the session is over. Free where nobody asks for it.</summary>
    public CancellationToken Cancellation => throw new NotImplementedException();

    /// <summary>How many arguments came.</summary>
    public int ArgumentCount => throw new NotImplementedException();

    /// <summary>Whether an argument came and is not undefined.</summary>
    public bool HasArgument(int index) => throw new NotImplementedException();

    /// <summary>An argument that has to come.</summary>
    /// <param name="index">Its place, from 0.</param>
    /// <param name="parameter">Its name, for the error.</param>
    /// <exception cref="Values.RpcValueException">It is missing or undefined, or cannot be read as <typeparamref name="T"/>.</exception>
    public T Required<T>(int index, string parameter) => throw new NotImplementedException();

    /// <summary>An argument, or <paramref name="missing"/> where it did not come or is undefined.</summary>
    /// <exception cref="Values.RpcValueException">It cannot be read as <typeparamref name="T"/>.</exception>
    public T Optional<T>(int index, T missing) => throw new NotImplementedException();

    /// <summary>The member has no result: undefined.</summary>
    public void Return() => throw new NotImplementedException();

    /// <summary>The member's result.</summary>
    public void Return<T>(T value) => throw new NotImplementedException();

    /// <summary>The member's result, when the task completes.</summary>
    public void Return<T>(Task<T> task) => throw new NotImplementedException();

    /// <inheritdoc cref="Return{T}(Task{T})"/>
    public void Return<T>(ValueTask<T> task) => throw new NotImplementedException();

    /// <summary>Undefined, when the task completes.</summary>
    public void Return(Task task) => throw new NotImplementedException();

    /// <inheritdoc cref="Return(Task)"/>
    public void Return(ValueTask task) => throw new NotImplementedException();
}
