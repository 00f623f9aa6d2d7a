using Microsoft.AspNetCore.Http;

namespace WorkerRpc.Tests.Bindings.InMemory;

/// <summary>How a request ends that does not end well.</summary>
public abstract class EndingContractTests(InMemoryServer server) : InMemoryServerTests(server)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_exception_before_the_start_is_the_callers(bool afterWait)
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
    public async Task An_exception_of_a_callback_for_the_start_is_the_callers()
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
    public async Task An_exception_after_the_start_breaks_the_body_with_an_IOException(bool aborts)
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
    public async Task An_application_that_aborts_before_the_start_fails_the_call_and_cancels_its_own_token()
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
    public async Task An_application_that_ends_while_it_still_reads_fails_the_call()
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
    public async Task A_caller_that_gives_up_cancels_the_applications_token_and_the_reading_of_its_body()
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
        using var message = new HttpRequestMessage(HttpMethod.Post, "http://runtime/") { Content = new WrittenContent(_ => never.Task.WaitAsync(cancellation)) };
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
    public async Task A_caller_that_leaves_the_answer_unread_cancels_the_applications_token_and_its_writes_go_nowhere(bool byToken)
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

    [Fact(Timeout = HangMs)]
    public async Task A_response_that_is_complete_can_be_left_unread_and_nobody_hears_of_it()
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
    public async Task A_read_that_is_cancelled_says_so_and_the_body_cannot_be_read_on()
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

/// <summary>The reference.</summary>
public sealed class EndingOfTestServerTests() : EndingContractTests(new UsingTestServer());

/// <summary>Ours does the same.</summary>
public sealed class EndingOfInlineServerTests() : EndingContractTests(new UsingInlineServer());
