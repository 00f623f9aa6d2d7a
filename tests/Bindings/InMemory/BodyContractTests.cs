using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace WorkerRpc.Tests.Bindings.InMemory;

/// <summary>Bodies stream in both directions at once, and neither end can block the other for ever.</summary>
public abstract class BodyContractTests(InMemoryServer server) : InMemoryServerTests(server)
{
    [Fact(Timeout = HangMs)]
    public async Task Body_arrives_as_the_application_writes_it()
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
    public async Task Body_echoed_while_read_comes_back_whole(int chunkBytes)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        HostedApplication hosted = await HostAsync(context => context.Request.Body.CopyToAsync(context.Response.Body, cancellation));
        byte[] chunk = RandomBytes(chunkBytes);
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
    public async Task Request_and_response_stream_at_the_same_time()
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
    public async Task Response_larger_than_any_buffer_arrives_whole(bool pipe)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        byte[] part = RandomBytes(50_000);
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
    public async Task Endless_request_ends_when_the_application_answers()
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
    public async Task Unflushed_bytes_arrive_when_the_application_ends()
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
    public async Task Response_stream_and_writer_keep_their_order()
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
    public async Task Waiting_flush_ends_when_cancelled()
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
    public async Task Synchronous_access_throws_unless_allowed()
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
    public async Task Caller_can_read_synchronously()
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
        // The read blocks the thread on which the call returned. The application must not need that thread.
        (await response.Content.ReadAsStreamAsync(cancellation)).CopyTo(read);

        Assert.Equal(body, read.ToArray());
    }

    [Fact(Timeout = HangMs)]
    public async Task Application_can_write_synchronously_more_than_any_buffer()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        byte[] part = RandomBytes(50_000);
        HostedApplication hosted = await HostAsync(context =>
        {
            context.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
            for (int i = 0; i < 40; i++)
            {
                context.Response.Body.Write(part);
            }

            return Task.CompletedTask;
        });

        using HttpResponseMessage response = await hosted.GetAsync();

        AssertRepeated(part, 40, await response.Content.ReadAsByteArrayAsync(cancellation));
    }

    private static byte[] RandomBytes(int length)
    {
        byte[] bytes = new byte[length];
        Random.Shared.NextBytes(bytes);
        return bytes;
    }

    private static void AssertRepeated(byte[] part, int times, byte[] whole)
    {
        Assert.Equal(part.Length * times, whole.Length);
        Assert.All(
            Enumerable.Range(0, times),
            i => Assert.True(whole.AsSpan(i * part.Length, part.Length).SequenceEqual(part), $"Part {i} differs."));
    }
}

/// <summary>Checks the contract against TestServer, which defines it.</summary>
public sealed class BodyOfTestServerTests() : BodyContractTests(new UsingTestServer());

/// <summary>Checks that the inline server keeps the contract.</summary>
public sealed class BodyOfInlineServerTests() : BodyContractTests(new UsingInlineServer());
