using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.Bindings.CapnWeb;

/// <summary>Converts exceptions to Cap'n Web errors and back. An HTTP status that classifies the error is sent as its code.</summary>
internal static class CapnWebErrors
{
    /// <summary>Converts an exception in the runtime to the error that is sent to the caller.</summary>
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

    /// <summary>Converts a received error or a broken connection to the exception that the caller gets.</summary>
    public static Exception ToCaller(RpcException error) => error switch
    {
        { Code: { } code } when int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out int status) =>
            new RuntimeErrorException(status, error.Message),
        RpcBrokenException or RpcProtocolException =>
            new RuntimeUnreachableException($"The runtime cannot be reached: {error.Message}", error),
        RpcValueException => new RuntimeUnreachableException($"The runtime's answer is no response: {error.Message}", error),
        _ => new RuntimeErrorException(StatusCodes.Status500InternalServerError, error.Message),
    };
}
