using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace WorkerRpc.Tests.Bindings.InMemory;

/// <summary>Bodies are streams, both ways and at once, and neither end can bring the other to a standstill.</summary>
public abstract class BodyContractTests(InMemoryServer server) : InMemoryServerTests(server)
{
    [Fact(Timeout = HangMs)]
    public async Task A_call_returns_when_the_response_starts_and_its_body_arrives_as_it_is_written()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var gates = Enumerable.Range(0, 3).Select(_ => new SemaphoreSlim(0)).ToArray();
        HostedApplication hosted = await HostAsync(async context =>
        {
            await context.Response.Body.FlushAsync();
            for (int i = 0; i < gates.Length; i++)
            {
                await gates[i].WaitAsync(cancellation);
                await context.Response.WriteAsync($"{i}");
            }
        });

        using HttpResponseMessage response = await hosted.GetAsync();
        Stream body = await response.Content.ReadAsStreamAsync(cancellation);
        for (int i = 0; i < gates.Length; i++)
        {
            ValueTask<int> reading = body.ReadAsync(new byte[10], cancellation);
            Assert.False(reading.IsCompleted);
            gates[i].Release();
            Assert.Equal(1, await reading);
        }

        Assert.Equal(0, await body.ReadAsync(new byte[10], cancellation));
        Assert.Equal(0, await body.ReadAsync(new byte[10], cancellation));
    }

    [Theory(Timeout = HangMs)]
    [InlineData(100)]
    [InlineData(20_000)]
    [InlineData(100_000)]
    public async Task A_body_echoed_while_it_is_read_comes_back_whole(int chunkBytes)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        HostedApplication hosted = await HostAsync(context => context.Request.Body.CopyToAsync(context.Response.Body, cancellation));
        byte[] chunk = new byte[chunkBytes];
        Random.Shared.NextBytes(chunk);
        using var content = new WrittenContent(async body =>
        {
            for (int i = 0; i < 30; i++)
            {
                await body.WriteAsync(chunk, cancellation);
            }
        });

        using HttpResponseMessage response = await hosted.PostAsync(content);

        AssertRepeated(chunk, 30, await response.Content.ReadAsByteArrayAsync(cancellation));
    }

    [Fact(Timeout = HangMs)]
    public async Task An_application_may_answer_what_is_still_being_sent_word_by_word()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        HostedApplication hosted = await HostAsync(async context =>
        {
            byte[] word = new byte[4];
            await context.Response.Body.FlushAsync();
            while (await context.Request.Body.ReadAtLeastAsync(word, word.Length, throwOnEndOfStream: false, cancellation) == word.Length)
            {
                Array.Reverse(word);
                await context.Response.Body.WriteAsync(word);
            }
        });
        var heard = new SemaphoreSlim(0);
        using var content = new WrittenContent(async body =>
        {
            for (int i = 0; i < 100; i++)
            {
                await body.WriteAsync(BitConverter.GetBytes(i), cancellation);
                await heard.WaitAsync(cancellation);
            }
        });

        using HttpResponseMessage response = await hosted.PostAsync(content);
        Stream answer = await response.Content.ReadAsStreamAsync(cancellation);
        byte[] word = new byte[4];
        for (int i = 0; i < 100; i++)
        {
            await answer.ReadExactlyAsync(word, cancellation);
            Array.Reverse(word);
            Assert.Equal(i, BitConverter.ToInt32(word));
            heard.Release();
        }

        Assert.Equal(0, await answer.ReadAsync(word, cancellation));
    }

    [Theory(Timeout = HangMs)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_application_may_write_more_than_any_buffer_holds_before_the_caller_reads(bool pipe)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        byte[] part = new byte[50_000];
        Random.Shared.NextBytes(part);
        HostedApplication hosted = await HostAsync(async context =>
        {
            for (int i = 0; i < 40; i++)
            {
                if (pipe)
                {
                    part.CopyTo(context.Response.BodyWriter.GetSpan(part.Length));
                    context.Response.BodyWriter.Advance(part.Length);
                    await context.Response.BodyWriter.FlushAsync(cancellation);
                }
                else
                {
                    await context.Response.Body.WriteAsync(part, cancellation);
                }
            }
        });

        using HttpResponseMessage response = await hosted.GetAsync();

        AssertRepeated(part, 40, await response.Content.ReadAsByteArrayAsync(cancellation));
    }

    [Fact(Timeout = HangMs)]
    public async Task An_application_may_answer_an_endless_body_without_reading_it_and_so_ends_it()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        HostedApplication hosted = await HostAsync(context => context.Response.WriteAsync("enough"));
        using var content = new WrittenContent(async body =>
        {
            while (true)
            {
                await body.WriteAsync(new byte[1000], cancellation);
            }
        });

        using HttpResponseMessage response = await hosted.PostAsync(content);

        Assert.Equal("enough", await response.Content.ReadAsStringAsync(cancellation));
        await Assert.ThrowsAnyAsync<Exception>(() => content.Ended.WaitAsync(cancellation));
    }

    [Fact]
    public async Task A_body_may_be_read_and_written_as_pipes_and_what_was_not_flushed_arrives_at_the_end()
    {
        HostedApplication hosted = await HostAsync(async context =>
        {
            ReadResult read;
            do
            {
                read = await context.Request.BodyReader.ReadAsync(Cancellation);
                foreach (ReadOnlyMemory<byte> part in read.Buffer)
                {
                    part.Span.CopyTo(context.Response.BodyWriter.GetSpan(part.Length));
                    context.Response.BodyWriter.Advance(part.Length);
                }

                context.Request.BodyReader.AdvanceTo(read.Buffer.End);
            }
            while (!read.IsCompleted);
            Assert.False(context.Response.HasStarted);
            Assert.True(context.Response.BodyWriter.UnflushedBytes > 0);
        });
        byte[] body = new byte[200_000];
        Random.Shared.NextBytes(body);

        using HttpResponseMessage response = await hosted.PostAsync(new ByteArrayContent(body));

        Assert.Equal(body, await response.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Fact]
    public async Task Stream_and_pipe_of_a_response_keep_the_order_in_which_they_are_written()
    {
        HostedApplication hosted = await HostAsync(async context =>
        {
            await context.Response.WriteAsync("a");
            await context.Response.Body.WriteAsync("b"u8.ToArray());
            Encoding.ASCII.GetBytes("c", context.Response.BodyWriter);
            await context.Response.BodyWriter.FlushAsync();
            await context.Response.BodyWriter.WriteAsync("d"u8.ToArray());
            await context.Response.Body.WriteAsync("e"u8.ToArray());
        });

        Assert.Equal("abcde", await hosted.GetStringAsync());
    }

    [Fact(Timeout = HangMs)]
    public async Task A_flush_that_waits_for_the_caller_can_be_cancelled()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var flushed = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        HostedApplication hosted = await HostAsync(async context =>
        {
            context.Response.BodyWriter.GetMemory(200_000);
            context.Response.BodyWriter.Advance(200_000);
            ValueTask<FlushResult> flush = context.Response.BodyWriter.FlushAsync(cancellation);
            Assert.False(flush.IsCompleted);
            context.Response.BodyWriter.CancelPendingFlush();
            flushed.SetResult((await flush).IsCanceled);
        });

        using HttpResponseMessage response = await hosted.GetAsync();

        Assert.True(await flushed.Task.WaitAsync(cancellation));
        Assert.Equal(200_000, (await response.Content.ReadAsByteArrayAsync(cancellation)).Length);
    }

    [Fact]
    public async Task Synchronous_reads_and_writes_are_refused_unless_they_are_asked_for()
    {
        HostedApplication hosted = await HostAsync(async context =>
        {
            Assert.Throws<InvalidOperationException>(() => context.Request.Body.ReadByte());
            Assert.Throws<InvalidOperationException>(() => context.Response.Body.WriteByte(1));
            context.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
            context.Response.Body.WriteByte((byte)context.Request.Body.ReadByte());
            context.Response.Body.Flush();
            await context.Request.Body.CopyToAsync(context.Response.Body, Cancellation);
        });

        using HttpResponseMessage response = await hosted.PostAsync(new StringContent("abc"));

        Assert.Equal("abc", await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact(Timeout = HangMs)]
    public async Task A_caller_may_read_synchronously()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        HostedApplication hosted = await HostAsync(async context =>
        {
            await Task.Yield();
            await context.Request.Body.CopyToAsync(context.Response.Body, cancellation);
        });
        byte[] body = new byte[300_000];
        Random.Shared.NextBytes(body);

        using HttpResponseMessage response = await hosted.PostAsync(new ByteArrayContent(body));
        using var read = new MemoryStream();
        // Where the call has just come back: a thread that the application cannot do without would stay blocked.
        (await response.Content.ReadAsStreamAsync(cancellation)).CopyTo(read);

        Assert.Equal(body, read.ToArray());
    }

    private static void AssertRepeated(byte[] part, int times, byte[] whole)
    {
        Assert.Equal(part.Length * times, whole.Length);
        Assert.All(Enumerable.Range(0, times), i => Assert.True(whole.AsSpan(i * part.Length, part.Length).SequenceEqual(part), $"Part {i} differs."));
    }
}

/// <summary>The reference.</summary>
public sealed class BodyOfTestServerTests() : BodyContractTests(new UsingTestServer());

/// <summary>Ours does the same.</summary>
public sealed class BodyOfInlineServerTests() : BodyContractTests(new UsingInlineServer());
