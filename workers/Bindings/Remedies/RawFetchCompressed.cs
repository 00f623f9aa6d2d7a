using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;

namespace WorkerRpc.Bindings.Remedies;

/// <summary>
/// Like <c>raw-fetch</c>, but with compressed bodies. Shows whether sending fewer bytes saves more time than compression takes.
/// </summary>
public abstract class RawFetchCompressed : IBinding
{
    /// <inheritdoc/>
    public abstract string Id { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [BindingTags.Remedy];

    /// <inheritdoc/>
    public string Settings => $"as raw-fetch, request and response with Content-Encoding {Coding.Name} at its fastest level, "
        + "by ASP.NET Core's middleware at the runtime";

    /// <inheritdoc/>
    public Channel? Channel => HttpChannels.Loopback;

    /// <inheritdoc/>
    public IServerHalf Server => CompressedEndpoint.Shared;

    private protected abstract ContentCoding Coding { get; }

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host) => new FetchStub(
        new CodingHandler(SocketFetch.CreateHandler(), Coding.Name),
        new CompressedJson(Coding),
        host.Open(HttpChannels.Loopback),
        path: CompressedEndpoint.Path);

    private sealed class CodingHandler(HttpMessageHandler inner, string coding) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Content!.Headers.TryAddWithoutValidation("Content-Encoding", coding);
            request.Headers.TryAddWithoutValidation("Accept-Encoding", coding);
            return base.SendAsync(request, cancellationToken);
        }
    }
}

/// <summary>Compresses bodies with gzip.</summary>
public sealed class RawFetchGzip : RawFetchCompressed
{
    /// <inheritdoc/>
    public override string Id => "raw-fetch-gzip";

    private protected override ContentCoding Coding => ContentCoding.Gzip;
}

/// <summary>Compresses bodies with Brotli.</summary>
public sealed class RawFetchBrotli : RawFetchCompressed
{
    /// <inheritdoc/>
    public override string Id => "raw-fetch-brotli";

    private protected override ContentCoding Coding => ContentCoding.Brotli;
}
