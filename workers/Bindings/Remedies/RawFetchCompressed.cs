using System.Net;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Http;

namespace WorkerRpc.Bindings.Remedies;

/// <summary>As <see cref="RawFetchBinding"/>, request and response compressed: what fewer bytes are worth against making them fewer.</summary>
public abstract class RawFetchCompressed : IBinding
{
    /// <inheritdoc/>
    public abstract string Id { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [BindingTags.Remedy];

    /// <inheritdoc/>
    public string Settings => $"as raw-fetch, request and response with Content-Encoding {Coding.Name} at its fastest level, by ASP.NET Core's middleware at the runtime";

    /// <inheritdoc/>
    public RuntimeChannel? Channel => RuntimeChannel.LoopbackHttp;

    /// <inheritdoc/>
    public IServerHalf Server => CompressedEndpoint.Shared;

    private protected abstract ContentCoding Coding { get; }

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host) => new FetchStub(
        new CodingHandler(SocketFetch.CreateHandler(), Coding.Name),
        host.AddressOf(RuntimeChannel.LoopbackHttp), new CompressedJson(Coding), HttpVersion.Version11, CompressedEndpoint.Path);

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

/// <summary>By gzip.</summary>
public sealed class RawFetchGzip : RawFetchCompressed
{
    /// <inheritdoc/>
    public override string Id => "raw-fetch-gzip";

    private protected override ContentCoding Coding => ContentCoding.Gzip;
}

/// <summary>By Brotli.</summary>
public sealed class RawFetchBrotli : RawFetchCompressed
{
    /// <inheritdoc/>
    public override string Id => "raw-fetch-brotli";

    private protected override ContentCoding Coding => ContentCoding.Brotli;
}
