using WorkerRpc.CapnWeb.Sessions;

namespace WorkerRpc.CapnWeb.Targets;

/// <summary>
/// An argument of a pipelined call: a value, or a promise that the peer replaces by its result before the method runs. The default of this
/// struct is neither of them: the method then uses its own default value.
/// </summary>
public readonly struct RpcArgument<T> : IRpcArgument
{
    private readonly T? _value;
    private readonly RpcPromise<T>? _promise;
    private readonly bool _isGiven;

    private RpcArgument(T? value, RpcPromise<T>? promise)
    {
        _value = value;
        _promise = promise;
        _isGiven = true;
    }

    /// <summary>Passes a value.</summary>
    public static implicit operator RpcArgument<T>(T value) => new(value, null);

    /// <summary>Passes a promise.</summary>
    public static implicit operator RpcArgument<T>(RpcPromise<T> promise) => new(default, promise);

    /// <summary>Returns this argument. If it is neither a value nor a promise, returns <paramref name="missing"/>.</summary>
    public RpcArgument<T> Or(T missing) => _isGiven ? this : missing;

    void IRpcArgument.Write(ref RpcArgumentWriter writer)
    {
        if (_promise is not null)
        {
            writer.WriteReference(_promise);
        }
        else if (_isGiven)
        {
            writer.WriteValue(_value);
        }
        else
        {
            writer.WriteUndefined();
        }
    }
}
