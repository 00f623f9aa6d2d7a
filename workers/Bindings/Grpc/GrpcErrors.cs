using Grpc.Core;
using Microsoft.AspNetCore.Http;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;

namespace WorkerRpc.Bindings.Grpc;

/// <summary>What went wrong, as a gRPC status and back.</summary>
internal static class GrpcErrors
{
    // Kinds of error by the HTTP status that each has elsewhere; any other is Internal, and 500.
    private static readonly (int Http, StatusCode Grpc)[] s_kinds =
    [
        (StatusCodes.Status400BadRequest, StatusCode.InvalidArgument),
        (StatusCodes.Status404NotFound, StatusCode.NotFound),
        (StatusCodes.Status413PayloadTooLarge, StatusCode.ResourceExhausted),
        (StatusCodes.Status501NotImplemented, StatusCode.Unimplemented),
        (StatusCodes.Status504GatewayTimeout, StatusCode.DeadlineExceeded),
    ];

    /// <summary>The error that the runtime answers with.</summary>
    public static RpcException Of(Exception error)
    {
        int http = Problems.StatusOf(error);
        StatusCode code = s_kinds.Where(kind => kind.Http == http).Select(kind => kind.Grpc).FirstOrDefault(StatusCode.Internal);
        return new RpcException(new Status(code, error.Message));
    }

    /// <summary>The error that the caller gets.</summary>
    public static Exception Of(RpcException error, Uri runtime, CancellationToken cancellation)
    {
        Status status = error.Status;
        if (cancellation.IsCancellationRequested)
        {
            return new OperationCanceledException(error.Message, error, cancellation);
        }

        // An exception of the caller's own end, where there was no answer that could be read.
        if (status.StatusCode == StatusCode.Unavailable || status.DebugException is not null)
        {
            return new RuntimeUnreachableException($"The runtime at {runtime} cannot be reached: {status.Detail}", error);
        }

        int http = s_kinds.Where(kind => kind.Grpc == status.StatusCode).Select(kind => kind.Http).FirstOrDefault(StatusCodes.Status500InternalServerError);
        return new RuntimeErrorException(http, status.Detail);
    }
}
