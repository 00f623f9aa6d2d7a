using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Transports;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.AspNetCore;

/// <summary>Handles the requests of one route.</summary>
internal sealed class CapnWebServer
{
    private readonly RpcContract _contract;
    private readonly Func<HttpContext, object> _main;
    private readonly RpcEndpointOptions _options;
    private readonly RpcSessionOptions _batchSession;
    private readonly CancellationToken _stopping;
    private readonly RequestDelegate _webSockets;

    /// <param name="contract">The members of the main object that a peer can call.</param>
    /// <param name="main">A function that creates the main object of a connection.</param>
    /// <param name="options">The settings of the route.</param>
    /// <param name="pipeline">An empty pipeline for the framework's WebSocket middleware.</param>
    /// <param name="stopping">A token that is cancelled when the host starts to stop.</param>
    public CapnWebServer(
        RpcContract contract,
        Func<HttpContext, object> main,
        RpcEndpointOptions options,
        IApplicationBuilder pipeline,
        CancellationToken stopping)
    {
        (_contract, _main, _options, _stopping) = (contract, main, options, stopping);
        _batchSession = options.Session with { AllowCallbacks = false };
        pipeline.UseWebSockets().Run(ServeWebSocketAsync);
        _webSockets = pipeline.Build();
    }

    public Task ServeAsync(HttpContext context)
    {
        // The services of a request are created at their first use. A program that is no browser sends no Origin, and needs none.
        if (!StringValues.IsNullOrEmpty(context.Request.Headers.Origin)
            && !OriginCheck.IsAllowed(context.Request, _options.AllowedOrigins, AllowedHosts(context)))
        {
            return RpcProblem.WriteAsync(
                context,
                StatusCodes.Status403Forbidden,
                $"Pages of the origin '{context.Request.Headers.Origin}' may not connect here: "
                + "expected an entry of AllowedOrigins, or the route's own origin with its host in AllowedHosts.");
        }

        if (HttpMethods.IsPost(context.Request.Method))
        {
            return ServeBatchAsync(context);
        }

        return WatchedUpgrade.TryAdd(context, _options.WebSocket) || context.WebSockets.IsWebSocketRequest
            ? _webSockets(context)
            : RefuseMethod(context);
    }

    private static IEnumerable<string> AllowedHosts(HttpContext context) =>
        context.RequestServices.GetService<IOptionsMonitor<HostFilteringOptions>>()?.CurrentValue.AllowedHosts ?? [];

    private static Task RefuseMethod(HttpContext context)
    {
        context.Response.Headers.Allow = HttpMethods.Post;
        return RpcProblem.WriteAsync(
            context,
            StatusCodes.Status405MethodNotAllowed,
            $"{context.Request.Method} is not taken here: expected POST with a batch, or a WebSocket.");
    }

    private async Task ServeWebSocketAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await RefuseUpgradeAsync(context).ConfigureAwait(false);
            return;
        }

        object target = _main(context);
        RpcWebSocketTransport transport = await AcceptAsync(context).ConfigureAwait(false);
        var session = new RpcSession(transport, target, _contract, _options.Session);
        await using (session.ConfigureAwait(false))
        {
            _options.Connected?.Invoke(context, session);
            await using CancellationTokenRegistration stop = _stopping.Register(() => _ = StopAsync(session));
            transport.Read();
            await session.Completion.ConfigureAwait(false);
        }

        await transport.Completion.ConfigureAwait(false);
        if (transport.IsAborted)
        {
            // Otherwise the server would wait for a peer that does not read, to send it the bytes that it has already accepted.
            context.Abort();
        }
    }

    private static Task RefuseUpgradeAsync(HttpContext context) =>
        context.Request.Headers.Upgrade.ToString().Contains("websocket", StringComparison.OrdinalIgnoreCase)
            ? RpcProblem.WriteAsync(
                context,
                StatusCodes.Status400BadRequest,
                "No handshake of a WebSocket: expected Sec-WebSocket-Version 13 and a Sec-WebSocket-Key of 16 bytes in base64.")
            : RefuseMethod(context);

    private async Task<RpcWebSocketTransport> AcceptAsync(HttpContext context)
    {
        WebSocket socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            KeepAliveInterval = _options.WebSocket.PingInterval,
            KeepAliveTimeout = RpcWebSocketOptions.PongTimeout,
        }).ConfigureAwait(false);
        // A server with its own WebSockets, such as TestServer, exposes no stream. The stream is then null.
        return new RpcWebSocketTransport(socket, context.Features.Get<WatchedUpgrade>()?.Stream, _options.WebSocket)
        {
            ReadsLater = true,
        };
    }

    /// <summary>Waits for the session's running calls, even those that the peer has not pulled yet. Then ends the session.</summary>
    private async Task StopAsync(RpcSession session)
    {
        try
        {
            await session.FinishedAsync().WaitAsync(_options.ShutdownTimeout, _options.WebSocket.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
        }

        // Aborts the session, so that the calls fail that have not finished in time.
        session.Abort(new RpcBrokenException("The server is shutting down."));
    }

    private async Task ServeBatchAsync(HttpContext context)
    {
        using var body = new PooledBytes();
        try
        {
            if (!await TryReadAsync(context, body).ConfigureAwait(false))
            {
                await RpcProblem.WriteAsync(
                    context,
                    StatusCodes.Status413PayloadTooLarge,
                    $"The body is too long: expected at most {_options.MaxBodyBytes} bytes.").ConfigureAwait(false);
                return;
            }
        }
        catch (IOException malformed)
        {
            // The server would log the exception as an error of the application.
            int status = (malformed as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status400BadRequest;
            await RpcProblem.WriteAsync(context, status, "The body could not be read: expected the announced bytes or chunks.")
                .ConfigureAwait(false);
            return;
        }

        using var transport = new BatchServerTransport(_batchSession.TimeProvider);
        var session = new RpcSession(transport, _main(context), _contract, _batchSession);
        await using (session.ConfigureAwait(false))
        {
            await transport.DeliverAsync(body.WrittenMemory, context.RequestAborted).ConfigureAwait(false);
            Task settled = session.SettledAsync();
            if (!settled.IsCompleted)
            {
                await Task.WhenAny(settled, session.Completion).WaitAsync(context.RequestAborted).ConfigureAwait(false);
            }

            ReadOnlyMemory<byte> answers = transport.TakeAnswers();
            await (transport.Reason is RpcProtocolException broken
                ? RefuseAsync(context, transport.Line, broken, answers)
                : AnswerAsync(context, answers)).ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> TryReadAsync(HttpContext context, PooledBytes body)
    {
        // The server's own limit for bodies is removed, because MaxBodyBytes replaces it.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        HttpRequest request = context.Request;
        return await BatchBody
            .TryReadAsync(body, request.Body, request.ContentLength, _options.MaxBodyBytes, context.RequestAborted)
            .ConfigureAwait(false);
    }

    private static async Task AnswerAsync(HttpContext context, ReadOnlyMemory<byte> answers)
    {
        context.Response.ContentType = BatchBody.ContentType;
        context.Response.ContentLength = answers.Length;
        await context.Response.Body.WriteAsync(answers, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>
    /// Reports the invalid line of a batch. The response includes the answers of earlier lines, because their calls have already run.
    /// </summary>
    private static Task RefuseAsync(HttpContext context, int line, RpcProtocolException broken, ReadOnlyMemory<byte> answers) =>
        RpcProblem.WriteAsync(context, StatusCodes.Status400BadRequest, $"Line {line}: {broken.Message}", json =>
        {
            json.WriteNumber("line", line);
            json.WriteStartArray("messages");
            var lines = new BatchLines(answers);
            while (lines.TryTake(out ReadOnlyMemory<byte> message))
            {
                // The session wrote this message, so it is valid JSON and need not be checked.
                json.WriteRawValue(message.Span, skipInputValidation: true);
            }

            json.WriteEndArray();
        });
}
