using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// Creates the errors of calls that reach no member, and decides which errors are sent. The first two messages have the wording of the npm
/// package.
/// </summary>
internal static class CallErrors
{
    /// <summary>Whether the application did not create this exception for the peer. Its text may then be secret.</summary>
    public static bool IsUnexpected(Exception error) =>
        error is not RpcException or RpcBrokenException or RpcValueException { IsUnexpected: true };

    /// <summary>Whether a call's error is sent as it is, or as the application's callback replaces it.</summary>
    public static bool MayLeave(Exception error, RpcSessionOptions options) =>
        options.OnSendError is not null || options.EnableDetailedErrors == true || !IsUnexpected(error);

    public static RpcException NoFunction(string name) => new(RpcErrorTypes.TypeError, $"'{name}' is not a function.");

    public static RpcException NoMain() => new("This connection has no main object.");

    public static RpcException TooManyCalls(int limit) =>
        new(RpcErrorTypes.RangeError, $"Too many calls in flight: at most {limit} are accepted.");

    public static RpcException TooDeepMap(int limit) =>
        new(RpcErrorTypes.RangeError, $"A map is nested too deep in others: at most {limit} levels are accepted.");

    public static RpcException TooLongChain(int limit) =>
        new(RpcErrorTypes.RangeError, $"Too many promises resolve to one another: at most {limit} in a chain are accepted.");

    public static RpcException TooMuchHeld(int limit) =>
        new(RpcErrorTypes.RangeError, $"The session keeps too much for its peer: at most {limit} bytes of results and arguments.");

    public static RpcException TooMuchUnsent(int limit) =>
        new(RpcErrorTypes.RangeError, $"The peer does not read: at most {limit} bytes may wait for it.");

    public static RpcException OwnPromise() => new(RpcErrorTypes.TypeError, "A promise resolves to itself.");

    public static RpcException TooLong(int limit) =>
        new(RpcErrorTypes.RangeError, $"A value with its promises put in is too long: at most {limit} bytes are accepted.");

    public static RpcException TooDeep(int limit) =>
        new(RpcErrorTypes.TypeError, $"A value with its promises put in is nested too deep: at most {limit} levels are accepted.");

    public static RpcException NoCallbacks() =>
        new("The peer cannot be called: it is not there any more when a batch is answered.");

    public static RpcException Missing(string parameter, int index) =>
        new RpcValueException($"Argument {index + 1} ('{parameter}') is missing.");
}
