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

/// <summary>The inline server beyond the contract: it uses the callers' threads, allocates little and reuses objects.</summary>
public sealed class InlineServerTests() : InMemoryServerTests(new UsingInlineServer())
{
    // A call of 100 B allocated 3 920 bytes when this limit was set.
    private const int MaxBytesPerCall = 4_300;

    // An application that has written more than this waits until the caller reads.
    private const int MaxUnreadBytes = 64 * 1024;

    private static readonly AsyncLocal<string?> s_local = new();

    /// <summary>How a request can end.</summary>
    public enum Ending
    {
        Clean,
        Exception,
        Abort,
        CallerLeaves,
        ContentStillSends,
    }

    [Theory]
    [InlineData(100)]
    [InlineData(100_000)]
    public async Task Binding_call_completes_before_it_returns(int payloadBytes)
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
    public async Task Call_of_100_bytes_stays_below_its_allocation_limit()
    {
        await using var launch = new LaunchHost(bindingsAssembly: null);
        IRuntimeStub stub = launch.Stub(new ServiceBindingInline().Id);
        ExecuteRequest request = Request(100);
        // Warm-up: later calls reuse the objects of the first ones.
        await AllocatedByAsync(stub, request, calls: 10);

        Assert.InRange(await AllocatedByAsync(stub, request, calls: 100), 1, MaxBytesPerCall);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task Application_runs_on_the_callers_thread(int bytes)
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
    public async Task Waiting_application_resumes_on_the_senders_thread()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var isWaiting = new TaskCompletionSource();
        (int Sender, int Application) threads = default;
        HostedApplication hosted = await HostAsync(async context =>
        {
            await context.Request.Body.ReadExactlyAsync(new byte[1], cancellation);
            threads.Application = Environment.CurrentManagedThreadId;
        });
        using var content = new WrittenContent(async body =>
        {
            await isWaiting.Task;
            threads.Sender = Environment.CurrentManagedThreadId;
            await body.WriteAsync(new byte[1], cancellation);
        });

        Task<HttpResponseMessage> call = hosted.PostAsync(content);
        isWaiting.SetResult();

        using HttpResponseMessage response = await call;
        Assert.Equal(threads.Sender, threads.Application);
    }

    [Fact]
    public async Task Waiting_application_resumes_on_the_readers_thread()
    {
        int resumed = 0;
        HostedApplication hosted = await HostAsync(async context =>
        {
            await context.Response.Body.WriteAsync(new byte[MaxUnreadBytes + 1], Cancellation);
            resumed = Environment.CurrentManagedThreadId;
        });
        using HttpResponseMessage response = await hosted.GetAsync();
        Assert.Equal(0, resumed);

        int readers = Environment.CurrentManagedThreadId;
        Task<byte[]> read = response.Content.ReadAsByteArrayAsync(Cancellation);

        Assert.True(read.IsCompletedSuccessfully);
        Assert.Equal(readers, resumed);
    }

    [Fact(Timeout = HangMs)]
    public async Task Application_never_uses_the_callers_synchronization_context()
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
    public async Task Resumed_application_keeps_its_own_async_locals()
    {
        HostedApplication hosted = await HostAsync(async context =>
        {
            s_local.Value = "application";
            await context.Response.Body.WriteAsync(new byte[MaxUnreadBytes + 1], Cancellation);
            await context.Response.WriteAsync(s_local.Value, Cancellation);
            s_local.Value = "changed";
        });
        s_local.Value = "caller";

        using HttpResponseMessage response = await hosted.GetAsync();
        byte[] body = await response.Content.ReadAsByteArrayAsync(Cancellation);

        Assert.Equal("application", Encoding.ASCII.GetString(body.AsSpan(MaxUnreadBytes + 1)));
        Assert.Equal("caller", s_local.Value);
    }

    [Theory(Timeout = HangMs)]
    [InlineData(Ending.Clean, true)]
    [InlineData(Ending.Exception, false)]
    [InlineData(Ending.Abort, false)]
    [InlineData(Ending.CallerLeaves, false)]
    [InlineData(Ending.ContentStillSends, false)]
    public async Task Features_are_reused_only_after_a_clean_end(Ending ending, bool isReused)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        List<IFeatureCollection> features = [];
        var left = new TaskCompletionSource();
        HostedApplication hosted = await HostAsync(async context =>
        {
            features.Add(context.Features);
            if (features.Count == 1)
            {
                await EndAsync(ending, context, left.Task);
            }
        });
        var endless = new TaskCompletionSource();
        using var content = new WrittenContent(_ => ending == Ending.ContentStillSends ? endless.Task : Task.CompletedTask);

        try
        {
            using HttpResponseMessage response = await hosted.PostAsync(content);
            if (ending != Ending.CallerLeaves)
            {
                await response.Content.ReadAsByteArrayAsync(cancellation);
            }
        }
        // Some endings fail the request on purpose.
        catch (Exception e) when (e is InvalidTimeZoneException or HttpRequestException)
        {
        }

        left.SetResult();
        endless.SetResult();
        await hosted.GetStringAsync();
        Assert.Equal(isReused, ReferenceEquals(features[0], features[1]));
    }

    [Fact]
    public async Task Late_use_of_a_request_throws()
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
    public async Task Application_gets_raw_target_and_raw_headers()
    {
        HostedApplication hosted = await HostAsync(context => context.Response.WriteAsync(
            $"{context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget} {context.Request.Headers.Accept}"));
        using var message = new HttpRequestMessage(HttpMethod.Get, "http://runtime/a%20b?c=%C3%BC");
        message.Headers.TryAddWithoutValidation("Accept", "text/plain;q=0.50,*/*");

        using HttpResponseMessage response = await hosted.SendAsync(message, Cancellation);

        Assert.Equal("/a%20b?c=%C3%BC text/plain;q=0.50,*/*", await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Null(message.Headers.TransferEncodingChunked);
    }

    [Fact(Timeout = HangMs)]
    public async Task Application_gets_the_error_of_failed_content()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var error = new InvalidTimeZoneException("failed");
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
    public async Task Content_can_write_synchronously_more_than_any_buffer()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        byte[] part = new byte[50_000];
        Random.Shared.NextBytes(part);
        HostedApplication hosted = await HostAsync(context => context.Request.Body.CopyToAsync(context.Response.Body, cancellation));
        using var content = new WrittenContent(body =>
        {
            for (int i = 0; i < 40; i++)
            {
                body.Write(part);
            }

            return Task.CompletedTask;
        });

        using HttpResponseMessage response = await hosted.PostAsync(content);

        byte[] whole = await response.Content.ReadAsByteArrayAsync(cancellation);
        Assert.Equal(Enumerable.Repeat(part, 40).SelectMany(bytes => bytes), whole);
    }

    [Fact(Timeout = HangMs)]
    public async Task Completed_response_is_readable_before_the_application_ends()
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
    public async Task Failing_end_callback_harms_no_response(bool fails)
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
                throw new InvalidTimeZoneException("failed");
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
    public async Task Cancelled_call_returns_while_the_application_hangs()
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
    public async Task Cancelled_token_prevents_the_call()
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
    public async Task Send_fails_before_start_and_after_stop()
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
    public async Task Send_rejects_and_names_a_relative_address(string? address)
    {
        HostedApplication hosted = await HostAsync(_ => Task.CompletedTask);
        using var message = new HttpRequestMessage(HttpMethod.Get, address);

        Func<Task> send = () => hosted.SendAsync(message, Cancellation);

        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(send);
        Assert.Contains($"'{address}'", error.Message, StringComparison.Ordinal);
    }

    private static ExecuteRequest Request(int payloadBytes) =>
        new("echo", new PayloadSize(payloadBytes).CreatePayload(1_700_000_000_000), 1_700_000_000_000);

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

    private static async Task EndAsync(Ending ending, HttpContext context, Task left)
    {
        switch (ending)
        {
            case Ending.Exception:
                throw new InvalidTimeZoneException();
            case Ending.Abort:
                context.Abort();
                break;
            case Ending.CallerLeaves:
                await context.Response.WriteAsync("unread", Cancellation);
                await left;
                break;
            default:
                await context.Response.WriteAsync("read", Cancellation);
                break;
        }
    }

    /// <summary>A context that never runs posted work, as if its thread were blocked.</summary>
    private sealed class BusyContext : SynchronizationContext
    {
        public int Posts { get; private set; }

        public override void Post(SendOrPostCallback d, object? state) => Posts++;
    }
}
