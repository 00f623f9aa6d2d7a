using Microsoft.AspNetCore.Http;

namespace WorkerRpc.Tests.Bindings.InMemory;

/// <summary>What the caller and the application see when a request fails, is aborted or is cancelled.</summary>
public abstract class EndingContractTests(InMemoryServer server) : InMemoryServerTests(server)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Exception_before_the_start_reaches_the_caller(bool afterWait)
    {
        var error = new InvalidTimeZoneException("told");
        HostedApplication hosted = await HostAsync(async context =>
        {
            context.Response.StatusCode = 201;
            if (afterWait)
            {
                await Task.Yield();
            }

            throw error;
        });

        Assert.Same(error, await Assert.ThrowsAsync<InvalidTimeZoneException>(() => hosted.GetAsync()));
    }

    [Fact]
    public async Task Exception_in_a_start_callback_reaches_the_caller()
    {
        HostedApplication hosted = await HostAsync(async context =>
        {
            context.Response.OnStarting(() => throw new InvalidTimeZoneException());
            await context.Response.WriteAsync("hello");
        });

        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => hosted.GetAsync());
    }

    [Theory(Timeout = HangMs)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Failure_after_the_start_breaks_the_body(bool aborts)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var answered = new TaskCompletionSource();
        var broken = new TaskCompletionSource();
        HostedApplication hosted = await HostAsync(async context =>
        {
            await context.Response.WriteAsync("hel");
            await answered.Task;
            if (!aborts)
            {
                throw new InvalidTimeZoneException("told");
            }

            context.Abort();
            Assert.True(context.RequestAborted.IsCancellationRequested);
            broken.SetResult();
        });

        using HttpResponseMessage response = await hosted.GetAsync();
        answered.SetResult();

        IOException error = await Assert.ThrowsAnyAsync<IOException>(() => ReadToEndAsync(response));
        Assert.NotNull(error.InnerException);
        if (aborts)
        {
            await broken.Task.WaitAsync(cancellation);
        }
        else
        {
            Assert.IsType<InvalidTimeZoneException>(error.InnerException);
        }
    }

    [Fact(Timeout = HangMs)]
    public async Task Abort_before_the_start_fails_the_call()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var aborted = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        HostedApplication hosted = await HostAsync(context =>
        {
            context.Abort();
            aborted.SetResult(context.RequestAborted.IsCancellationRequested);
            return Task.CompletedTask;
        });

        Exception error = await Assert.ThrowsAnyAsync<Exception>(() => hosted.GetAsync());

        Assert.Equal("The application aborted the request.", error.Message);
        Assert.True(await aborted.Task.WaitAsync(cancellation));
    }

    [Fact(Timeout = HangMs)]
    public async Task Call_fails_when_application_ends_while_reading()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        HostedApplication hosted = await HostAsync(context =>
        {
            Task reading = context.Request.Body.ReadAsync(new byte[1], cancellation).AsTask();
            return reading.IsCompleted ? reading : Task.CompletedTask;
        });
        var never = new TaskCompletionSource();
        using var content = new WrittenContent(_ => never.Task.WaitAsync(cancellation));

        await Assert.ThrowsAsync<InvalidOperationException>(() => hosted.PostAsync(content));
        never.SetResult();
    }

    [Fact(Timeout = HangMs)]
    public async Task Cancelled_call_cancels_the_applications_read()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var reads = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var seen = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        HostedApplication hosted = await HostAsync(async context =>
        {
            try
            {
                ValueTask<int> reading = context.Request.Body.ReadAsync(new byte[1], CancellationToken.None);
                reads.SetResult();
                await reading;
            }
            catch (OperationCanceledException)
            {
                seen.SetResult(context.RequestAborted.IsCancellationRequested);
                throw;
            }
        });
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var never = new TaskCompletionSource();
        using var message = new HttpRequestMessage(HttpMethod.Post, "http://runtime/");
        message.Content = new WrittenContent(_ => never.Task.WaitAsync(cancellation));
        Task<HttpResponseMessage> call = hosted.SendAsync(message, caller.Token);
        await reads.Task.WaitAsync(cancellation);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.True(await seen.Task.WaitAsync(cancellation));
        never.SetResult();
    }

    [Theory(Timeout = HangMs)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Writes_are_discarded_after_the_caller_leaves(bool byToken)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        HostedApplication hosted = await HostAsync(async context =>
        {
            var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            context.RequestAborted.Register(aborted.SetResult);
            await context.Response.WriteAsync("hello");
            await aborted.Task.WaitAsync(cancellation);
            await context.Response.WriteAsync("into the void");
            written.SetResult();
        });
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        HttpResponseMessage response = await hosted.SendAsync(new HttpRequestMessage(HttpMethod.Get, "http://runtime/"), caller.Token);

        if (byToken)
        {
            await caller.CancelAsync();
            await Assert.ThrowsAnyAsync<IOException>(() => ReadToEndAsync(response));
        }
        else
        {
            response.Dispose();
        }

        await written.Task.WaitAsync(cancellation);
    }

    [Theory(Timeout = HangMs)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Waiting_write_ends_when_the_caller_leaves(bool pipe)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var isWaiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        HostedApplication hosted = await HostAsync(async context =>
        {
            Task writing = pipe
                ? context.Response.BodyWriter.WriteAsync(new byte[200_000], CancellationToken.None).AsTask()
                : context.Response.Body.WriteAsync(new byte[200_000], CancellationToken.None).AsTask();
            Assert.False(writing.IsCompleted);
            isWaiting.SetResult();
            await writing;
            ended.SetResult();
        });
        HttpResponseMessage response = await hosted.GetAsync();
        await isWaiting.Task.WaitAsync(cancellation);

        response.Dispose();

        await ended.Task.WaitAsync(cancellation);
    }

    [Fact(Timeout = HangMs)]
    public async Task Sending_ends_when_the_application_fails()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        HostedApplication hosted = await HostAsync(_ => throw new InvalidTimeZoneException());
        using var content = new WrittenContent(body => body.WriteAsync(new byte[2_000_000], CancellationToken.None).AsTask());

        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => hosted.PostAsync(content));

        await Assert.ThrowsAnyAsync<Exception>(() => content.Ended.WaitAsync(cancellation));
    }

    [Fact(Timeout = HangMs)]
    public async Task Disposing_a_complete_response_cancels_nothing()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        CancellationToken token = default;
        var completed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        HostedApplication hosted = await HostAsync(async context =>
        {
            token = context.RequestAborted;
            context.Response.OnCompleted(() =>
            {
                completed.TrySetResult();
                return Task.CompletedTask;
            });
            await context.Response.WriteAsync("hello");
        });
        HttpResponseMessage response = await hosted.GetAsync();
        await completed.Task.WaitAsync(cancellation);

        response.Dispose();

        Assert.False(token.IsCancellationRequested);
        Assert.Equal("hello", await hosted.GetStringAsync());
    }

    [Fact(Timeout = HangMs)]
    public async Task Body_is_unreadable_after_a_cancelled_read()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        HostedApplication hosted = await HostAsync(async context =>
        {
            await context.Response.WriteAsync("hello");
            await new TaskCompletionSource().Task.WaitAsync(cancellation);
        });
        using HttpResponseMessage response = await hosted.GetAsync();
        Stream body = await response.Content.ReadAsStreamAsync(cancellation);
        await body.ReadExactlyAsync(new byte[5], cancellation);
        using var reading = new CancellationTokenSource();
        Task<int> read = body.ReadAsync(new byte[1], reading.Token).AsTask();

        await reading.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        await Assert.ThrowsAnyAsync<IOException>(() => body.ReadAsync(new byte[1], cancellation).AsTask());
    }
}

/// <summary>Checks the contract against TestServer, which defines it.</summary>
public sealed class EndingOfTestServerTests() : EndingContractTests(new UsingTestServer());

/// <summary>Checks that the inline server keeps the contract.</summary>
public sealed class EndingOfInlineServerTests() : EndingContractTests(new UsingInlineServer());
