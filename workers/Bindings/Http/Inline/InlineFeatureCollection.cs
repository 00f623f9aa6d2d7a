using System.IO.Pipelines;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.ObjectPool;
using BytePipe = System.IO.Pipelines.Pipe;

namespace WorkerRpc.Bindings.Http.Inline;

/// <summary>A request's features and body pipes. Later requests reuse both, which saves 2 KB of allocations per call.</summary>
internal abstract class InlineFeatureCollection : FeatureCollection
{
    // The writer of the request's body waits while this many bytes are unread. A payload of 100 KB fits, so the whole body is
    // available when the application starts.
    private const int MaxUnreadRequestBytes = 1 << 20;

    // The application waits while this many bytes of its response are unread. TestServer has the same limit.
    private const int MaxUnreadResponseBytes = 64 * 1024;

    // The segment size of the pipes. With the default of 4 KB, a call with 100 KB takes 8 % longer.
    private const int SegmentBytes = 64 * 1024;

    // The caller's ends of the pipes continue on the thread pool, so that a caller that blocks its thread does not block the
    // application.
    private static readonly PipeOptions s_request = OptionsOf(
        MaxUnreadRequestBytes, reader: ApplicationScheduler.Shared, writer: PipeScheduler.ThreadPool);

    private static readonly PipeOptions s_response = OptionsOf(
        MaxUnreadResponseBytes, reader: PipeScheduler.ThreadPool, writer: ApplicationScheduler.Shared);

    private int _serverRevision;

    public InlineRequest Request { get; } = new();

    public BytePipe RequestPipe { get; } = new(s_request);

    public HeaderDictionary ResponseHeaders { get; } = [];

    public BytePipe ResponsePipe { get; } = new(s_response);

    /// <summary>Adds the server's own features for one exchange to the collection.</summary>
    public void SetServerFeatures(InlineExchange exchange)
    {
        Set<IHttpRequestFeature>(Request);
        Set<IHttpRequestBodyDetectionFeature>(Request);
        Set<IHttpResponseFeature>(exchange.Response);
        Set<IHttpResponseBodyFeature>(exchange.Response);
        Set<IHttpResponseTrailersFeature>(exchange.Response);
        Set<IHttpRequestLifetimeFeature>(exchange);
        Set<IHttpBodyControlFeature>(exchange);
        Set<IEndpointFeature>(exchange);
        Set<IRouteValuesFeature>(exchange);
        _serverRevision = Revision;
    }

    /// <summary>Removes the state of the previous request.</summary>
    public void Reset()
    {
        if (Revision != _serverRevision)
        {
            // The application has added features, which are removed here. The dictionary allows its entries to change during the
            // enumeration.
            foreach ((Type type, _) in this)
            {
                this[type] = null;
            }
        }

        ResponseHeaders.IsReadOnly = false;
        ResponseHeaders.Clear();
    }

    private static PipeOptions OptionsOf(int maxUnreadBytes, PipeScheduler reader, PipeScheduler writer) => new(
        readerScheduler: reader, writerScheduler: writer, pauseWriterThreshold: maxUnreadBytes, resumeWriterThreshold: maxUnreadBytes / 2,
        minimumSegmentSize: SegmentBytes, useSynchronizationContext: false);
}

/// <summary>A feature collection that also stores the application's context, so that later requests can reuse it.</summary>
/// <typeparam name="TContext">The type of the application's context.</typeparam>
internal sealed class InlineFeatureCollection<TContext> : InlineFeatureCollection, IHostContextContainer<TContext>
    where TContext : notnull
{
    TContext? IHostContextContainer<TContext>.HostContext { get; set; }
}

/// <summary>Creates and resets the pooled feature collections.</summary>
/// <typeparam name="TContext">The type of the application's context.</typeparam>
internal sealed class InlineFeaturePolicy<TContext> : PooledObjectPolicy<InlineFeatureCollection>
    where TContext : notnull
{
    public override InlineFeatureCollection Create() => new InlineFeatureCollection<TContext>();

    public override bool Return(InlineFeatureCollection obj)
    {
        obj.Reset();
        return true;
    }
}
