using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.Bindings.CapnWeb;

/// <summary>Errors on their way over Cap'n Web: the status crosses as the error's code.</summary>
internal static class CapnWebErrors
{
    /// <summary>What the runtime's session sends for an exception.</summary>
    public static Exception ToSend(Exception error, ILogger logger)
    {
        if (error is RpcException)
        {
            return error;
        }

        int status = Problems.StatusOf(error);
        if (status == StatusCodes.Status500InternalServerError)
        {
            Problems.LogUnexpected(logger, "A call by Cap'n Web", error);
        }

        return new RpcException(error.Message) { Code = status.ToString(CultureInfo.InvariantCulture) };
    }

    /// <summary>What the caller hears of an error that came, or of a connection that is over.</summary>
    public static Exception ToCaller(RpcException error) => error switch
    {
        { Code: { } code } when int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out int status) => new RuntimeErrorException(status, error.Message),
        RpcBrokenException or RpcProtocolException => new RuntimeUnreachableException($"The runtime cannot be reached: {error.Message}", error),
        RpcValueException => new RuntimeUnreachableException($"The runtime's answer is no response: {error.Message}", error),
        _ => new RuntimeErrorException(StatusCodes.Status500InternalServerError, error.Message),
    };
}
