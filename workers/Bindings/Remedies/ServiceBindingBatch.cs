using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;

namespace WorkerRpc.Bindings.Remedies;

/// <summary>
/// As <c>service-binding</c>, with many calls in one delegation. One call of this method sends its request many times in one body.
/// The runtime executes them one after another. The measured time is that of the whole batch.
/// </summary>
public abstract class ServiceBindingBatch : IBinding
{
    // What a request has around its payload, generously.
    private const int MaxEnvelopeBytes = 256;

    /// <summary>The calls in a batch.</summary>
    public abstract int Calls { get; }

    /// <inheritdoc/>
    public string Id => FormattableString.Invariant($"service-binding-batch-{Calls}");

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [BindingTags.Remedy];

    /// <inheritdoc/>
    public string Settings => FormattableString.Invariant(
        $"as service-binding, {Calls} request{(Calls == 1 ? "" : "s")} in one POST of a JSON array, executed one after another; the figures are of the whole batch");

    /// <inheritdoc/>
    public Channel? Channel => HttpChannels.InMemory;

    /// <inheritdoc/>
    public IServerHalf Server => BatchEndpoint.Shared;

    /// <summary>What fits so many times into the body that the runtime takes by default.</summary>
    public int? MaxPayloadBytes => (ExecuteEndpoint.DefaultMaxBodyBytes / Calls) - MaxEnvelopeBytes;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host) =>
        new FetchStub(host.Open(HttpChannels.InMemory), new BatchFormat(Calls), path: BatchEndpoint.Path);
}

/// <summary>A batch of one: what the form of a batch costs.</summary>
public sealed class ServiceBindingBatch1 : ServiceBindingBatch
{
    /// <inheritdoc/>
    public override int Calls => 1;
}

/// <summary>A batch of ten.</summary>
public sealed class ServiceBindingBatch10 : ServiceBindingBatch
{
    /// <inheritdoc/>
    public override int Calls => 10;
}

/// <summary>A batch of a hundred.</summary>
public sealed class ServiceBindingBatch100 : ServiceBindingBatch
{
    /// <inheritdoc/>
    public override int Calls => 100;
}
