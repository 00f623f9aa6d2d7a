using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Creates the errors of calls that reach no member. The first two messages have the wording of the npm package.</summary>
internal static class CallErrors
{
    public static RpcException NoFunction(string name) => new(RpcErrorTypes.TypeError, $"'{name}' is not a function.");

    public static RpcException NoMain() => new("This connection has no main object.");

    public static RpcException TooManyCalls(int limit) =>
        new(RpcErrorTypes.RangeError, $"Too many calls in flight: at most {limit} are accepted.");

    public static RpcException TooMuchMapWork(int limit) =>
        new(RpcErrorTypes.RangeError, $"The map runs too many instructions: at most {limit} are accepted.");

    public static RpcException TooLong(int limit) =>
        new(RpcErrorTypes.RangeError, $"A value with its promises put in is too long: at most {limit} bytes are accepted.");

    public static RpcException TooDeep(int limit) =>
        new(RpcErrorTypes.TypeError, $"A value with its promises put in is nested too deep: at most {limit} levels are accepted.");

    public static RpcException NoCallbacks() =>
        new("The peer cannot be called: it is not there any more when a batch is answered.");

    public static RpcException Missing(string parameter, int index) =>
        new RpcValueException($"Argument {index + 1} ('{parameter}') is missing.");
}
