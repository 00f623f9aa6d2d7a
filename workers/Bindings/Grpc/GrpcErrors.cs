using Grpc.Core;
using Microsoft.AspNetCore.Http;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;

namespace WorkerRpc.Bindings.Grpc;

/// <summary>Converts exceptions to gRPC errors and back.</summary>
internal static class GrpcErrors
{
    // The HTTP statuses and the gRPC statuses with the same meaning. All other errors have HTTP status 500 and gRPC status Internal.
    private static readonly (int Http, StatusCode Grpc)[] s_statuses =
    [
        (StatusCodes.Status400BadRequest, StatusCode.InvalidArgument),
        (StatusCodes.Status404NotFound, StatusCode.NotFound),
        (StatusCodes.Status413PayloadTooLarge, StatusCode.ResourceExhausted),
        (StatusCodes.Status501NotImplemented, StatusCode.Unimplemented),
        (StatusCodes.Status504GatewayTimeout, StatusCode.DeadlineExceeded),
    ];

    /// <summary>Returns the gRPC error that the runtime sends for an exception.</summary>
    public static RpcException Of(Exception error)
    {
        int http = Problems.StatusOf(error);
        StatusCode code = s_statuses.Where(pair => pair.Http == http).Select(pair => pair.Grpc).FirstOrDefault(StatusCode.Internal);
        return new RpcException(new Status(code, error.Message));
    }

    /// <summary>Returns the exception that the caller gets for a gRPC error.</summary>
    public static Exception Of(RpcException error, Uri runtime, CancellationToken cancellation)
    {
        Status status = error.Status;
        if (cancellation.IsCancellationRequested)
        {
            return new OperationCanceledException(error.Message, error, cancellation);
        }

        // If the status has a DebugException, the error arose at the caller's end, because no readable answer arrived. It is reported
        // as an unreachable runtime.
        if (status.StatusCode == StatusCode.Unavailable || status.DebugException is not null)
        {
            return new RuntimeUnreachableException($"The runtime at {runtime} cannot be reached: {status.Detail}", error);
        }

        int http = s_statuses
            .Where(pair => pair.Grpc == status.StatusCode)
            .Select(pair => pair.Http)
            .FirstOrDefault(StatusCodes.Status500InternalServerError);
        return new RuntimeErrorException(http, status.Detail);
    }
}
