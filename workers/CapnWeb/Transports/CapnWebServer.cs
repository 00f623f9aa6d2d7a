using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>What a route does with its requests.</summary>
internal sealed class CapnWebServer(RpcContract contract, Func<HttpContext, object> main, RpcEndpointOptions options, CancellationToken stopping)
{
    public Task ServeAsync(HttpContext context)
    {
        if (!OriginCheck.IsAllowed(context.Request, options.AllowedOrigins))
        {
            return RpcProblem.WriteAsync(
                context, StatusCodes.Status403Forbidden, $"Pages of the origin '{context.Request.Headers.Origin}' may not connect here.");
        }

        if (WebSocketHandshake.IsRequested(context) || context.WebSockets.IsWebSocketRequest)
        {
            return ServeWebSocketAsync(context);
        }

        return HttpMethods.IsPost(context.Request.Method) ? ServeBatchAsync(context) : RefuseMethod(context);
    }

    private static Task RefuseMethod(HttpContext context)
    {
        context.Response.Headers.Allow = HttpMethods.Post;
        return RpcProblem.WriteAsync(
            context, StatusCodes.Status405MethodNotAllowed, $"{context.Request.Method} is not taken here: expected POST with a batch, or a WebSocket.");
    }

    private async Task ServeWebSocketAsync(HttpContext context)
    {
        bool isOwn = WebSocketHandshake.IsRequested(context);
        if (isOwn && WebSocketHandshake.WhyRefused(context.Request) is { } refusal)
        {
            await RpcProblem.WriteAsync(context, StatusCodes.Status400BadRequest, refusal).ConfigureAwait(false);
            return;
        }

        object target = main(context);
        // A server that gives no stream, like TestServer, or one that the host has put its own WebSockets before.
        RpcWebSocketTransport transport = isOwn
            ? await AcceptAsync(context).ConfigureAwait(false)
            : new RpcWebSocketTransport(await context.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false), options.WebSocket);
        var session = new RpcSession(transport, target, contract, options.Session);
        await using (session.ConfigureAwait(false))
        {
            options.Connected?.Invoke(context, session);
            await using CancellationTokenRegistration stop = stopping.Register(() => _ = StopAsync(session));
            await session.Completion.ConfigureAwait(false);
        }

        await transport.Completion.ConfigureAwait(false);
    }

    private async Task<RpcWebSocketTransport> AcceptAsync(HttpContext context)
    {
        (Stream stream, PipeReader? pipe) = await WebSocketHandshake.AcceptAsync(context).ConfigureAwait(false);
        return RpcWebSocketTransport.FromStream(stream, isServer: true, options.WebSocket, pipe);
    }

    /// <summary>Ends a session when the calls that it has begun have ended, also those whose pull is still on its way.</summary>
    private async Task StopAsync(RpcSession session)
    {
        try
        {
            await session.FinishedAsync().WaitAsync(options.ShutdownTimeout, options.WebSocket.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // They are cut.
        }

        session.Abort(new RpcBrokenException("The server is shutting down."));
    }

    private async Task ServeBatchAsync(HttpContext context)
    {
        using var body = new PooledBytes();
        if (!await TryReadAsync(context, body).ConfigureAwait(false))
        {
            await RpcProblem.WriteAsync(
                context, StatusCodes.Status413PayloadTooLarge, $"The body is too long: expected at most {options.MaxBodyBytes} bytes.").ConfigureAwait(false);
            return;
        }

        using var transport = new BatchServerTransport();
        var session = new RpcSession(transport, main(context), contract, options.Session with { AllowCallbacks = false });
        await using (session.ConfigureAwait(false))
        {
            transport.Deliver(body.Written);
            await Task.WhenAny(session.SettledAsync(), session.Completion).WaitAsync(context.RequestAborted).ConfigureAwait(false);
            ReadOnlyMemory<byte> answers = transport.TakeAnswers();
            await (transport.Reason is RpcProtocolException broken
                ? RefuseAsync(context, transport.Line, broken, answers)
                : AnswerAsync(context, answers)).ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> TryReadAsync(HttpContext context, PooledBytes body)
    {
        // The one limit is ours.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        return await body.TryReadAsync(context.Request.Body, context.Request.ContentLength, options.MaxBodyBytes, context.RequestAborted).ConfigureAwait(false);
    }

    private static async Task AnswerAsync(HttpContext context, ReadOnlyMemory<byte> answers)
    {
        context.Response.ContentType = BatchBody.ContentType;
        context.Response.ContentLength = answers.Length;
        await context.Response.Body.WriteAsync(answers, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Says which line is to blame, and gives the answers to those before it: they have been run.</summary>
    private static Task RefuseAsync(HttpContext context, int line, RpcProtocolException broken, ReadOnlyMemory<byte> answers) =>
        RpcProblem.WriteAsync(context, StatusCodes.Status400BadRequest, $"Line {line}: {broken.Message}", json =>
        {
            json.WriteNumber("line", line);
            json.WriteStartArray("messages");
            var lines = new BatchLines(answers);
            while (lines.TryTake(out ReadOnlyMemory<byte> message))
            {
                // Made by the session, so that it is JSON.
                json.WriteRawValue(message.Span, skipInputValidation: true);
            }

            json.WriteEndArray();
        });
}
