using Microsoft.Extensions.Caching.Memory;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Remedies;

/// <summary>
/// As <c>service-binding</c>, behind a cache in the caller, for functions whose result depends on their payload alone. Every call
/// with the same payload hits the cache from the second on. A hit hashes and compares the payload, and delegates nothing.
/// </summary>
public sealed class ServiceBindingCached : IBinding
{
    /// <inheritdoc/>
    public string Id => "service-binding-cached";

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [BindingTags.Remedy];

    /// <inheritdoc/>
    public string Settings => FormattableString.Invariant(
        $"as service-binding behind Microsoft.Extensions.Caching.Memory, by function and payload by value, at most {CachingStub.MaxBytes >> 20} MiB, kept {CachingStub.Kept.TotalMinutes} min");

    /// <inheritdoc/>
    public Channel? Channel => HttpChannels.InMemory;

    /// <inheritdoc/>
    public IServerHalf Server => ExecuteEndpoint.Shared;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host) =>
        new CachingStub(new FetchStub(host.Open(HttpChannels.InMemory), JsonWire.Shared));
}

/// <summary>Remembers the answers of another stub; errors are not remembered. Disposes it.</summary>
internal sealed class CachingStub(IRuntimeStub inner) : IRuntimeStub
{
    /// <summary>The most that is kept, by the text of keys and results.</summary>
    public const int MaxBytes = 64 << 20;

    /// <summary>How long an answer is kept: far longer than a pass.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(15);

    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = MaxBytes });

    public Traffic Traffic => inner.Traffic;

    public ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return _cache.TryGetValue(new Key(request.FunctionId, request.Payload), out object? known)
            ? new((ExecuteResponse)known!)
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
        // A text of its own: a caller that asked with the string that is kept would compare it with itself, in no time.
        string data = new(request.Payload.Data.AsSpan());
        _cache.Set(
            new Key(request.FunctionId, request.Payload with { Data = data }),
            // Whoever gets it from here on has run nothing.
            response with { ExecutionTimeMs = 0 },
            new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = Kept, Size = 2L * sizeof(char) * data.Length });
        return response;
    }

    private sealed record Key(string FunctionId, Payload Payload);
}
