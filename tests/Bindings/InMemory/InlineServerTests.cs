using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Http;
using WorkerRpc.Bindings.Http.Inline;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Bindings.InMemory;

/// <summary>What the inline server is there for, what it does otherwise than TestServer, and what it must keep apart though it is used again.</summary>
public sealed class InlineServerTests() : InMemoryServerTests(new UsingInlineServer())
{
    // What the issue allows a call of 100 B.
    private const int MaxBytesPerCall = 4_300;

    private static readonly AsyncLocal<string?> s_local = new();

    /// <summary>How a request can end.</summary>
    public enum End
    {
        Well,
        ByException,
        ByAbort,
        LeftByCaller,
        UnreadByApplication,
    }

    [Theory]
    [InlineData(100)]
    [InlineData(100_000)]
    public async Task A_call_through_the_binding_is_done_when_it_returns_on_the_callers_own_thread(int payloadBytes)
    {
        await using var launch = new LaunchHost(bindingsAssembly: null);
        IRuntimeStub stub = launch.Stub(new ServiceBindingInline().Id);
        ExecuteRequest request = Request(payloadBytes);

        for (int i = 0; i < 10; i++)
        {
            ValueTask<ExecuteResponse> call = stub.ExecuteAsync(request, CancellationToken.None);

            Assert.True(call.IsCompletedSuccessfully);
            Assert.Equal(request.Payload, ((ExecuteResponse<Payload>)await call).Result);
        }
    }

    [Fact]
    public async Task A_call_of_100_bytes_allocates_no_more_than_it_may()
    {
        await using var launch = new LaunchHost(bindingsAssembly: null);
        IRuntimeStub stub = launch.Stub(new ServiceBindingInline().Id);
        ExecuteRequest request = Request(100);
        // Buffers, contexts and exchanges are there from the second call on.
        await AllocatedByAsync(stub, request, calls: 10);

        Assert.InRange(await AllocatedByAsync(stub, request, calls: 100), 1, MaxBytesPerCall);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task The_application_runs_on_the_callers_thread_until_it_has_to_wait(int bytes)
    {
        List<int> threads = [];
        HostedApplication hosted = await HostAsync(async context =>
        {
            threads.Add(Environment.CurrentManagedThreadId);
            await context.Request.Body.CopyToAsync(context.Response.Body, bytes, Cancellation);
            threads.Add(Environment.CurrentManagedThreadId);
        });

        int callers = Environment.CurrentManagedThreadId;
        Task<HttpResponseMessage> call = hosted.PostAsync(new ByteArrayContent(new byte[bytes]));
        Assert.True(call.IsCompletedSuccessfully);
        using HttpResponseMessage response = await call;
        Task<byte[]> body = response.Content.ReadAsByteArrayAsync(Cancellation);
        Assert.True(body.IsCompletedSuccessfully);

        Assert.Equal(bytes, (await body).Length);
        Assert.Equal([callers, callers], threads);
    }

    [Fact(Timeout = HangMs)]
    public async Task A_caller_with_a_synchronization_context_does_not_lend_it_to_the_application()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        HostedApplication hosted = await HostAsync(async context =>
        {
            Assert.Null(SynchronizationContext.Current);
            await Task.Yield();
            await context.Request.Body.CopyToAsync(context.Response.Body, cancellation);
        });
        var context = new BusyContext();
        Task<HttpResponseMessage> call;
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(context);
        try
        {
            call = hosted.PostAsync(new StringContent("abc"));
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        using HttpResponseMessage response = await call.WaitAsync(cancellation);
        Assert.Equal("abc", await response.Content.ReadAsStringAsync(cancellation));
        Assert.Equal(0, context.Posts);
    }

    [Fact]
    public async Task An_application_that_goes_on_within_the_callers_read_has_its_own_async_locals_there()
    {
        HostedApplication hosted = await HostAsync(async context =>
        {
            s_local.Value = "application";
            await context.Response.Body.WriteAsync(new byte[BodyChannel.PauseBytes + 1], Cancellation);
            await context.Response.WriteAsync(s_local.Value, Cancellation);
            s_local.Value = "changed";
        });
        s_local.Value = "caller";

        using HttpResponseMessage response = await hosted.GetAsync();
        byte[] body = await response.Content.ReadAsByteArrayAsync(Cancellation);

        Assert.Equal("application", Encoding.ASCII.GetString(body.AsSpan(BodyChannel.PauseBytes + 1)));
        Assert.Equal("caller", s_local.Value);
    }

    [Theory(Timeout = HangMs)]
    [InlineData(End.Well, true)]
    [InlineData(End.ByException, false)]
    [InlineData(End.ByAbort, false)]
    [InlineData(End.LeftByCaller, false)]
    [InlineData(End.UnreadByApplication, false)]
    public async Task An_exchange_is_used_again_only_where_nobody_can_still_hold_on_to_it(End end, bool usedAgain)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        List<IFeatureCollection> exchanges = [];
        var left = new TaskCompletionSource();
        HostedApplication hosted = await HostAsync(async context =>
        {
            exchanges.Add(context.Features);
            if (exchanges.Count == 1)
            {
                await EndAsync(end, context, left.Task);
            }
        });
        var endless = new TaskCompletionSource();
        using var content = new WrittenContent(_ => end == End.UnreadByApplication ? endless.Task : Task.CompletedTask);

        try
        {
            using HttpResponseMessage response = await hosted.PostAsync(content);
            if (end != End.LeftByCaller)
            {
                await response.Content.ReadAsByteArrayAsync(cancellation);
            }
        }
        catch (Exception e) when (e is InvalidTimeZoneException or HttpRequestException)
        {
            // As asked for.
        }

        left.SetResult();
        endless.SetResult();
        await hosted.GetStringAsync();
        Assert.Equal(usedAgain, ReferenceEquals(exchanges[0], exchanges[1]));
    }

    [Fact]
    public async Task What_is_kept_of_a_request_has_no_hold_on_the_next_one()
    {
        List<Func<Task>> late = [];
        CancellationToken first = default;
        Stream? kept = null;
        HostedApplication hosted = await HostAsync(async context =>
        {
            if (late.Count > 0)
            {
                foreach (Func<Task> use in late)
                {
                    await Assert.ThrowsAnyAsync<Exception>(use);
                }

                Assert.False(context.Response.HasStarted);
                Assert.NotEqual(first, context.RequestAborted);
                context.Abort();
                Assert.False(first.IsCancellationRequested);
                return;
            }

            first = context.RequestAborted;
            late.AddRange(UsesOf(context));
            late.Add(() => kept!.WriteAsync("late"u8.ToArray(), Cancellation).AsTask());
            await context.Response.WriteAsync("first", Cancellation);
        });
        using var content = new WrittenContent(body =>
        {
            kept = body;
            return body.WriteAsync("sent"u8.ToArray(), Cancellation).AsTask();
        });
        using HttpResponseMessage response = await hosted.PostAsync(content);
        Stream read = await response.Content.ReadAsStreamAsync(Cancellation);
        Assert.Equal("first", await ReadToEndAsync(response, read));
        late.Add(() => read.ReadExactlyAsync(new byte[1], Cancellation).AsTask());

        HttpRequestException error = await Assert.ThrowsAsync<HttpRequestException>(() => hosted.PostAsync(new StringContent("second")));

        Assert.Equal("The application aborted the request.", error.Message);
    }

    [Fact]
    public async Task The_application_gets_the_target_and_the_headers_as_a_socket_would_carry_them()
    {
        HostedApplication hosted = await HostAsync(context =>
            context.Response.WriteAsync($"{context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget} {context.Request.Headers.Accept}"));
        using var message = new HttpRequestMessage(HttpMethod.Get, "http://runtime/a%20b?c=%C3%BC");
        message.Headers.TryAddWithoutValidation("Accept", "text/plain;q=0.50,*/*");

        using HttpResponseMessage response = await hosted.SendAsync(message, Cancellation);

        Assert.Equal("/a%20b?c=%C3%BC text/plain;q=0.50,*/*", await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Null(message.Headers.TransferEncodingChunked);
    }

    [Fact(Timeout = HangMs)]
    public async Task The_application_reads_what_was_sent_before_the_body_failed_then_the_failure()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var error = new InvalidTimeZoneException("told");
        var read = new SemaphoreSlim(0);
        HostedApplication hosted = await HostAsync(async context =>
        {
            await context.Request.Body.ReadExactlyAsync(new byte[3], cancellation);
            read.Release();
            Func<Task> readOn = () => context.Request.Body.ReadExactlyAsync(new byte[1], cancellation).AsTask();
            Assert.Same(error, await Assert.ThrowsAsync<InvalidTimeZoneException>(readOn));
            await context.Response.WriteAsync("survived", cancellation);
        });
        using var content = new WrittenContent(async body =>
        {
            await body.WriteAsync("abc"u8.ToArray(), cancellation);
            await read.WaitAsync(cancellation);
            throw error;
        });

        using HttpResponseMessage response = await hosted.PostAsync(content);

        Assert.Equal("survived", await response.Content.ReadAsStringAsync(cancellation));
    }

    [Fact(Timeout = HangMs)]
    public async Task A_response_that_the_application_starts_or_completes_is_the_callers_at_once()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var answered = new TaskCompletionSource();
        var read = new TaskCompletionSource();
        var refused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        HostedApplication hosted = await HostAsync(async context =>
        {
            await context.Response.StartAsync(cancellation);
            await answered.Task;
            context.Response.BodyWriter.Write("whole"u8);
            await context.Response.CompleteAsync();
            await read.Task;
            await Assert.ThrowsAsync<IOException>(() => context.Response.WriteAsync("more", cancellation));
            refused.SetResult();
        });

        using HttpResponseMessage response = await hosted.GetAsync();
        answered.SetResult();
        Assert.Equal("whole", await response.Content.ReadAsStringAsync(cancellation));
        read.SetResult();

        await refused.Task.WaitAsync(cancellation);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Callbacks_for_the_end_run_after_a_failure_too_and_their_own_harms_no_response(bool fails)
    {
        int called = 0;
        HostedApplication hosted = await HostAsync(async context =>
        {
            context.Response.OnCompleted(() =>
            {
                called++;
                return Task.CompletedTask;
            });
            context.Response.OnCompleted(() => throw new InvalidTimeZoneException());
            if (fails)
            {
                throw new InvalidTimeZoneException("told");
            }

            await context.Response.WriteAsync("whole", Cancellation);
        });

        if (fails)
        {
            await Assert.ThrowsAsync<InvalidTimeZoneException>(() => hosted.GetAsync());
        }
        else
        {
            Assert.Equal("whole", await hosted.GetStringAsync());
        }

        Assert.Equal(1, called);
    }

    [Fact(Timeout = HangMs)]
    public async Task A_caller_that_gives_up_does_not_wait_for_an_application_that_does_not_listen()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var deaf = new TaskCompletionSource();
        HostedApplication hosted = await HostAsync(_ => deaf.Task);
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<HttpResponseMessage> call = hosted.SendAsync(new HttpRequestMessage(HttpMethod.Get, "http://runtime/"), caller.Token);

        await caller.CancelAsync();

        OperationCanceledException error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(caller.Token, error.CancellationToken);
        deaf.SetResult();
    }

    [Fact]
    public async Task A_call_that_was_cancelled_before_it_was_made_is_not_made()
    {
        bool called = false;
        HostedApplication hosted = await HostAsync(_ =>
        {
            called = true;
            return Task.CompletedTask;
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => hosted.SendAsync(new HttpRequestMessage(HttpMethod.Get, "http://runtime/"), new CancellationToken(canceled: true)));

        Assert.False(called);
    }

    [Fact]
    public async Task A_server_that_is_not_started_or_is_stopped_says_so()
    {
        using var server = new InlineServer(NullLogger<InlineServer>.Instance);
        using var client = new HttpMessageInvoker(server.CreateHandler());

        InvalidOperationException early = await Assert.ThrowsAsync<InvalidOperationException>(() => SendAsync());
        await server.StopAsync(Cancellation);
        HttpRequestException late = await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync());

        Assert.Contains("has not been started", early.Message, StringComparison.Ordinal);
        Assert.Contains("has been stopped", late.Message, StringComparison.Ordinal);

        Task<HttpResponseMessage> SendAsync() => client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "http://runtime/"), Cancellation);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("/relative")]
    public async Task An_address_that_is_none_is_refused_and_named(string? address)
    {
        HostedApplication hosted = await HostAsync(_ => Task.CompletedTask);
        using var message = new HttpRequestMessage(HttpMethod.Get, address);

        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => hosted.SendAsync(message, Cancellation));

        Assert.Contains($"'{address}'", error.Message, StringComparison.Ordinal);
    }

    private static ExecuteRequest Request(int payloadBytes) => new("echo", new PayloadSize(payloadBytes).CreatePayload(1_700_000_000_000), 1_700_000_000_000);

    private static async Task<long> AllocatedByAsync(IRuntimeStub stub, ExecuteRequest request, int calls)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < calls; i++)
        {
            ValueTask<ExecuteResponse> call = stub.ExecuteAsync(request, CancellationToken.None);
            Assert.True(call.IsCompletedSuccessfully, "Only a call that stays on this thread can be counted on it.");
            await call;
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / calls;
    }

    private static async Task<string> ReadToEndAsync(HttpResponseMessage response, Stream body)
    {
        byte[] read = new byte[100];
        int bytes = await body.ReadAtLeastAsync(read, read.Length, throwOnEndOfStream: false, Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return Encoding.ASCII.GetString(read, 0, bytes);
    }

    private static Func<Task>[] UsesOf(HttpContext context)
    {
        Stream request = context.Request.Body;
        Stream response = context.Response.Body;
        PipeWriter writer = context.Response.BodyWriter;
        return
        [
            () => request.ReadAsync(new byte[1], Cancellation).AsTask(),
            () => response.WriteAsync("late"u8.ToArray(), Cancellation).AsTask(),
            () => response.FlushAsync(Cancellation),
            () => Task.FromResult(writer.GetMemory()),
            () => writer.FlushAsync(Cancellation).AsTask(),
        ];
    }

    private static async Task EndAsync(End end, HttpContext context, Task left)
    {
        switch (end)
        {
            case End.ByException:
                throw new InvalidTimeZoneException();
            case End.ByAbort:
                context.Abort();
                break;
            case End.LeftByCaller:
                await context.Response.WriteAsync("unread", Cancellation);
                await left;
                break;
            default:
                await context.Response.WriteAsync("read", Cancellation);
                break;
        }
    }

    /// <summary>A context whose thread never comes round to what is posted, as one that is blocked.</summary>
    private sealed class BusyContext : SynchronizationContext
    {
        public int Posts { get; private set; }

        public override void Post(SendOrPostCallback d, object? state) => Posts++;
    }
}
