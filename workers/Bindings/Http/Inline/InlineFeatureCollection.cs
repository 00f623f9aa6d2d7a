using System.IO.Pipelines;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.ObjectPool;
using BytePipe = System.IO.Pipelines.Pipe;

namespace WorkerRpc.Bindings.Http.Inline;

/// <summary>The features of a request and the pipes of its bodies. Later requests reuse both, which saves 2 KB a call.</summary>
internal abstract class InlineFeatureCollection : FeatureCollection
{
    // The caller's content waits when this much of it is unread. A payload of 100 KB fits: the application starts with
    // all of it, and never has to wait for the rest.
    private const int MaxUnreadRequestBytes = 1 << 20;

    // The application waits when this much of its response is unread, as with TestServer.
    private const int MaxUnreadResponseBytes = 64 * 1024;

    // The default of 4 KB adds 8 % at 100 KB.
    private const int SegmentBytes = 64 * 1024;

    // The caller's ends continue on the thread pool: there the caller may block without blocking the application.
    private static readonly PipeOptions s_request = OptionsOf(
        MaxUnreadRequestBytes, reader: ApplicationScheduler.Shared, writer: PipeScheduler.ThreadPool);

    private static readonly PipeOptions s_response = OptionsOf(
        MaxUnreadResponseBytes, reader: PipeScheduler.ThreadPool, writer: ApplicationScheduler.Shared);

    private int _ownRevision;

    public InlineRequest Request { get; } = new();

    public BytePipe RequestPipe { get; } = new(s_request);

    public HeaderDictionary ResponseHeaders { get; } = [];

    public BytePipe ResponsePipe { get; } = new(s_response);

    /// <summary>Sets the server's features for an exchange.</summary>
    public void SetOwn(InlineExchange exchange)
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
        _ownRevision = Revision;
    }

    /// <summary>Removes what a request has left behind.</summary>
    public void Reset()
    {
        if (Revision != _ownRevision)
        {
            // The application has set features. A dictionary allows removals while it is enumerated.
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

/// <summary>Features that also keep the application's context for later requests.</summary>
/// <typeparam name="TContext">The application's context.</typeparam>
internal sealed class InlineFeatureCollection<TContext> : InlineFeatureCollection, IHostContextContainer<TContext>
    where TContext : notnull
{
    TContext? IHostContextContainer<TContext>.HostContext { get; set; }
}

/// <summary>Creates features for a pool, and resets them.</summary>
/// <typeparam name="TContext">The application's context.</typeparam>
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
