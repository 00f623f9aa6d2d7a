namespace WorkerRpc.Bindings.Http;

/// <summary>The same request as <see cref="ServiceBinding"/>'s over a real loopback socket.</summary>
public sealed class RawFetchBinding : IBinding
{
    /// <inheritdoc/>
    public string Id => "raw-fetch";

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [BindingTags.Core];

    /// <inheritdoc/>
    public string Settings => "Kestrel, HTTP/1.1 over loopback, pooled keep-alive connection, source-generated JSON with Content-Length";

    /// <inheritdoc/>
    public ExpectedLatency Expected => new(new(1, 5), new(10, 20));

    /// <inheritdoc/>
    public RuntimeChannel? Channel => RuntimeChannel.LoopbackHttp;

    /// <inheritdoc/>
    public IServerHalf Server => ExecuteEndpoint.Shared;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host) => new FetchStub(
        new SocketsHttpHandler
        {
            // What a fetch between two services has no use for; each is looked at on every request while it is on.
            UseCookies = false,
            UseProxy = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            // A connection is renewed now and then so that a changed address is noticed; far longer than a pass.
            PooledConnectionLifetime = TimeSpan.FromMinutes(15),
        },
        host.LoopbackAddress);
}
