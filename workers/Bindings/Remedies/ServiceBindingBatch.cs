using System.Net;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Http;

namespace WorkerRpc.Bindings.Remedies;

/// <summary>
/// <see cref="ServiceBinding"/> with many calls in one delegation: one call of this method sends its request so many times in one
/// body, has the runtime execute one after another, and reads as many responses. Its times are of the whole batch.
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
    public RuntimeChannel? Channel => RuntimeChannel.InMemoryHttp;

    /// <inheritdoc/>
    public IServerHalf Server => BatchEndpoint.Shared;

    /// <summary>What fits so many times into the body that the runtime takes by default.</summary>
    public int? MaxPayloadBytes => (ExecuteEndpoint.DefaultMaxBodyBytes / Calls) - MaxEnvelopeBytes;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host) => new FetchStub(
        host.CreateInMemoryHandler(RuntimeChannel.InMemoryHttp), new Uri("http://runtime"), new BatchFormat(Calls), HttpVersion.Version11, BatchEndpoint.Path);
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
