using Microsoft.Extensions.Caching.Memory;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Remedies;

/// <summary>
/// Like <c>service-binding</c>, but with a cache in the caller, for functions whose result depends only on the payload. Only
/// the first call with a payload is sent. Later calls hash and compare the payload and return the cached answer.
/// </summary>
public sealed class ServiceBindingCached : IBinding
{
    /// <inheritdoc/>
    public string Id => "service-binding-cached";

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [BindingTags.Remedy];

    /// <inheritdoc/>
    public string Settings => FormattableString.Invariant(
            $"as service-binding behind Microsoft.Extensions.Caching.Memory, by function and payload by value, at most {MaxMiB} MiB, ")
        + FormattableString.Invariant($"kept {CachingStub.Lifetime.TotalMinutes} min");

    private static int MaxMiB => CachingStub.MaxBytes >> 20;

    /// <inheritdoc/>
    public Channel? Channel => HttpChannels.InMemory;

    /// <inheritdoc/>
    public IServerHalf Server => ExecuteEndpoint.Shared;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host) =>
        new CachingStub(new FetchStub(host.Open(HttpChannels.InMemory), JsonWire.Shared));
}

/// <summary>A stub that caches the answers of another stub, but not its errors. It disposes the other stub.</summary>
internal sealed class CachingStub(IRuntimeStub inner) : IRuntimeStub
{
    /// <summary>The size limit of the cache, in bytes. Only the payloads' texts count.</summary>
    public const int MaxBytes = 64 << 20;

    /// <summary>The lifetime of a cached answer. It is far longer than a pass, so no answer expires during a pass.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = MaxBytes });

    public Traffic Traffic => inner.Traffic;

    public ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return _cache.TryGetValue(new Key(request.FunctionId, request.Payload), out object? cached)
            ? new((ExecuteResponse)cached!)
            : MissAsync(request, cancellation);
    }

    public ValueTask DisposeAsync()
    {
        _cache.Dispose();
        return inner.DisposeAsync();
    }

    private async ValueTask<ExecuteResponse> MissAsync(ExecuteRequest request, CancellationToken cancellation)
    {
        ExecuteResponse response = await inner.ExecuteAsync(request, cancellation);
        // The text is copied, because comparing a string with itself takes no time. Without the copy, a caller that sends the same
        // string object again would be measured as too fast.
        string data = new(request.Payload.Data.AsSpan());
        _cache.Set(
            new Key(request.FunctionId, request.Payload with { Data = data }),
            // The function did not run for a cached answer, so its execution time is 0.
            response with { ExecutionTimeMs = 0 },
            new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = Lifetime, Size = 2L * sizeof(char) * data.Length });
        return response;
    }

    private sealed record Key(string FunctionId, Payload Payload);
}
