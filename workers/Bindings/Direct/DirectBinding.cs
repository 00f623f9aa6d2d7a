using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Direct;

/// <summary>
/// The method "direct": calls the function in the caller, without a copy. The overhead of every method is the difference to it.
/// </summary>
public sealed class DirectBinding : IBinding
{
    /// <summary>The id of the method "direct", the baseline of every comparison.</summary>
    public const string BaselineId = BaselineMethod.Id;

    /// <inheritdoc/>
    public string Id => BaselineId;

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [BindingTags.Core];

    /// <inheritdoc/>
    public string Settings => "the function inline in the caller, arguments and result by reference";

    /// <inheritdoc/>
    public ExpectedLatency Expected => new(new(null, 0.1), new(null, 0.5));

    /// <inheritdoc/>
    public Channel? Channel => null;

    /// <inheritdoc/>
    public IServerHalf? Server => null;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host) => new InlineStub();

    private sealed class InlineStub : IRuntimeStub
    {
        public Traffic Traffic => default;

        public ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation) =>
            FunctionList.Find(request.FunctionId).ExecuteAsync(request.Payload, cancellation);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
