using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Grpc;

/// <summary>
/// Converts the functions' types to protobuf messages and back. A missing nested message is read as null, which is an error. A
/// missing number is read as 0 and a missing text as "", because protobuf cannot distinguish these from missing values.
/// </summary>
internal static class GrpcMapping
{
    public static Messages.ExecuteRequest ToMessage(ExecuteRequest request) =>
        new() { FunctionId = request.FunctionId, Payload = ToMessage(request.Payload), Timestamp = request.Timestamp };

    /// <exception cref="UnusableInputException">The protobuf message is not a valid request.</exception>
    public static ExecuteRequest FromMessage(Messages.ExecuteRequest message) =>
        FromMessage(message.Payload) is { } payload
            ? new ExecuteRequest(message.FunctionId, payload, message.Timestamp)
            : throw new UnusableInputException(
                "The message is no request { function_id, payload { data, metadata }, timestamp }: payload or its metadata is missing.");

    /// <exception cref="NotSupportedException">
    /// The result type has no protobuf message. To support a new result type, define its message and add a case here.
    /// </exception>
    public static Messages.ExecuteResponse ToMessage(ExecuteResponse response)
    {
        var message = new Messages.ExecuteResponse
        {
            RuntimeTimestamp = response.RuntimeTimestamp,
            ExecutionTimeMs = response.ExecutionTimeMs,
        };
        switch (response)
        {
            case ExecuteResponse<Payload> { Result: var payload }:
                message.Payload = ToMessage(payload);
                break;
            case ExecuteResponse<ComputeResult> { Result: var compute }:
                message.Compute = new Messages.ComputeResult { Result = compute.Result, Input = ToMessage(compute.Input) };
                break;
            default:
                throw new NotSupportedException($"No protobuf message is known for {response.GetType()}.");
        }

        return message;
    }

    /// <exception cref="RuntimeUnreachableException">The protobuf message is not a valid response of the function.</exception>
    public static ExecuteResponse FromMessage(Messages.ExecuteResponse message, Function function)
    {
        ExecuteResponse? response = message.ResultCase switch
        {
            Messages.ExecuteResponse.ResultOneofCase.Payload when FromMessage(message.Payload) is { } payload =>
                new ExecuteResponse<Payload>(payload, message.RuntimeTimestamp, message.ExecutionTimeMs),
            Messages.ExecuteResponse.ResultOneofCase.Compute when FromMessage(message.Compute.Input) is { } input =>
                new ExecuteResponse<ComputeResult>(
                    new ComputeResult(message.Compute.Result, input), message.RuntimeTimestamp, message.ExecutionTimeMs),
            _ => null,
        };
        return response is not null && response.GetType() == function.ResponseType
            ? response
            : throw new RuntimeUnreachableException(
                $"The runtime's answer is no response of '{function.Id}': its result is {message.ResultCase}.");
    }

    private static Messages.Payload ToMessage(Payload payload) =>
        new() { Data = payload.Data, Metadata = new Messages.PayloadMetadata { Timestamp = payload.Metadata.Timestamp } };

    private static Payload? FromMessage(Messages.Payload? message) =>
        message?.Metadata is { } metadata ? new Payload(message.Data, new PayloadMetadata(metadata.Timestamp)) : null;
}
