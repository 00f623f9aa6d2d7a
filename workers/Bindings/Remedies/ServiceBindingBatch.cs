using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;

namespace WorkerRpc.Bindings.Remedies;

/// <summary>
/// Like <c>service-binding</c>, but each call sends its request several times in one body. The runtime executes the copies
/// one after another. The measured time is the duration of the whole batch.
/// </summary>
public abstract class ServiceBindingBatch : IBinding
{
    // An upper bound for the size of a request's JSON without its payload, in bytes.
    private const int MaxEnvelopeBytes = 256;

    /// <summary>The number of requests in a batch.</summary>
    public abstract int Calls { get; }

    /// <inheritdoc/>
    public string Id => FormattableString.Invariant($"service-binding-batch-{Calls}");

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [BindingTags.Remedy];

    /// <inheritdoc/>
    public string Settings => FormattableString.Invariant($"as service-binding, {Calls} request{(Calls == 1 ? "" : "s")} ")
        + "in one POST of a JSON array, executed one after another; the figures are of the whole batch";

    /// <inheritdoc/>
    public Channel? Channel => HttpChannels.InMemory;

    /// <inheritdoc/>
    public IServerHalf Server => BatchEndpoint.Shared;

    /// <summary>The largest payload, in bytes, for which a batch fits into the runtime's default body limit.</summary>
    public int? MaxPayloadBytes => (ExecuteEndpoint.DefaultMaxBodyBytes / Calls) - MaxEnvelopeBytes;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host) =>
        new FetchStub(host.Open(HttpChannels.InMemory), new BatchFormat(Calls), path: BatchEndpoint.Path);
}

/// <summary>Sends batches of one request. Shows the overhead of the batch format.</summary>
public sealed class ServiceBindingBatch1 : ServiceBindingBatch
{
    /// <inheritdoc/>
    public override int Calls => 1;
}

/// <summary>Sends batches of 10 requests.</summary>
public sealed class ServiceBindingBatch10 : ServiceBindingBatch
{
    /// <inheritdoc/>
    public override int Calls => 10;
}

/// <summary>Sends batches of 100 requests.</summary>
public sealed class ServiceBindingBatch100 : ServiceBindingBatch
{
    /// <inheritdoc/>
    public override int Calls => 100;
}
