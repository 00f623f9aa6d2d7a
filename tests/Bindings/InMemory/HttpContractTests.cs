using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace WorkerRpc.Tests.Bindings.InMemory;

/// <summary>How the application sees a request, and how the caller sees its response.</summary>
public abstract class HttpContractTests(InMemoryServer server) : InMemoryServerTests(server)
{
    public static TheoryData<string, string> Addresses => new()
    {
        { "http://runtime", "http runtime '' '/' ''" },
        { "http://RUNTIME:80/a", "http runtime '' '/a' ''" },
        { "https://runtime:443/a/", "https runtime '' '/a/' ''" },
        { "http://user@runtime:8080/a%2Fb%20c/%E2%82%AC/%25?x=%20y&z=1#there", "http runtime:8080 '' '/a%2Fb c/€/%' '?x=%20y&z=1'" },
        { "http://[::1]:8080/?", "http [::1]:8080 '' '/' ''" },
        { "http://bücher.example/ü?ü", "http xn--bcher-kva.example '' '/ü' '?%C3%BC'" },
    };

    // The name of a framing, and what the application sees of the body.
    public static TheoryData<string, string> Framings => new()
    {
        { "none", "length  chunked  can have a body False: ''" },
        { "empty", "length 0 chunked  can have a body False: ''" },
        { "sized", "length 3 chunked  can have a body True: 'abc'" },
        { "unsized", "length  chunked chunked can have a body True: 'abc'" },
        { "both", "length  chunked chunked can have a body True: 'abc'" },
        { "too few", "length 4 chunked  can have a body True: 'abc'" },
        { "too many", "length 2 chunked  can have a body True: 'abc'" },
    };

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task Application_sees_the_parts_of_the_address(string address, string expected)
    {
        HostedApplication hosted = await HostAsync(async context => await context.Response.WriteAsync(
            $"{context.Request.Scheme} {context.Request.Host} '{context.Request.PathBase}' '{context.Request.Path.Value}' "
            + $"'{context.Request.QueryString}'"));

        using HttpResponseMessage response = await hosted.SendAsync(new HttpRequestMessage(HttpMethod.Get, address), Cancellation);

        Assert.Equal(expected, await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Application_sees_method_protocol_and_all_headers()
    {
        HostedApplication hosted = await HostAsync(async context => await context.Response.WriteAsync(
            $"{context.Request.Method} {context.Request.Protocol} "
            + string.Join("; ", context.Request.Headers.OrderBy(header => header.Key).Select(
                header => $"{header.Key}={string.Join('|', header.Value.ToArray())}"))));
        using var message = new HttpRequestMessage(new HttpMethod("PURGE"), "http://runtime/") { Content = new StringContent("é") };
        message.Headers.Host = "another:99";
        message.Headers.UserAgent.ParseAdd("a/1 (b) c/2");
        message.Headers.Accept.ParseAdd("text/html, text/plain;q=0.5");
        message.Headers.Add("X-Several", ["1", "2"]);
        message.Content.Headers.Add("X-Of-Content", "3");
        message.Content.Headers.ContentLanguage.Add("en");

        using HttpResponseMessage response = await hosted.SendAsync(message, Cancellation);

        Assert.Equal(
            "PURGE HTTP/1.1 Accept=text/html|text/plain; q=0.5; Content-Language=en; Content-Length=2; "
            + "Content-Type=text/plain; charset=utf-8; Host=another:99; User-Agent=a/1 (b) c/2; X-Of-Content=3; X-Several=1|2",
            await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task Body_has_a_length_or_is_chunked(string framing, string expected)
    {
        HostedApplication hosted = await HostAsync(async context =>
        {
            string body = await new StreamReader(context.Request.Body).ReadToEndAsync(Cancellation);
            await context.Response.WriteAsync(
                $"length {context.Request.ContentLength} chunked {context.Request.Headers.TransferEncoding} "
                + $"can have a body {context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody}: '{body}'");
        });
        using var message = new HttpRequestMessage(HttpMethod.Post, "http://runtime/") { Content = Framed(framing) };
        message.Headers.TransferEncodingChunked = framing == "both" ? true : null;

        using HttpResponseMessage response = await hosted.SendAsync(message, Cancellation);

        Assert.Equal(expected, await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Caller_gets_status_reason_version_and_headers()
    {
        HostedApplication hosted = await HostAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status418ImATeapot;
            context.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = "Short and stout";
            context.Response.Headers.Append("X-Several", "1");
            context.Response.Headers.Append("X-Several", "2");
            context.Response.Headers.ETag = "\"tag\"";
            context.Response.Headers.Allow = "GET";
            context.Response.Headers.Expires = "Wed, 21 Oct 2015 07:28:00 GMT";
            context.Response.ContentType = "text/x-tea; charset=utf-8";
            context.Response.ContentLength = 3;
            return context.Response.Body.WriteAsync("tea"u8.ToArray()).AsTask();
        });
        using var message = new HttpRequestMessage(HttpMethod.Get, "http://runtime/");

        using HttpResponseMessage response = await hosted.SendAsync(message, Cancellation);

        Assert.Equal(
            (418, "Short and stout", System.Net.HttpVersion.Version11),
            ((int)response.StatusCode, response.ReasonPhrase, response.Version));
        Assert.Same(message, response.RequestMessage);
        Assert.Equal("ETag: \"tag\"; X-Several: 1, 2", Ordered(response.Headers));
        Assert.Equal(
            "Allow: GET; Content-Length: 3; Content-Type: text/x-tea; charset=utf-8; Expires: Wed, 21 Oct 2015 07:28:00 GMT",
            Ordered(response.Content.Headers));
        Assert.Equal("tea", await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Idle_application_answers_200_without_body()
    {
        HostedApplication hosted = await HostAsync(_ => Task.CompletedTask);

        using HttpResponseMessage response = await hosted.GetAsync();

        Assert.Equal((HttpStatusCode.OK, "OK"), (response.StatusCode, response.ReasonPhrase));
        Assert.Equal(("", ""), (Ordered(response.Headers), Ordered(response.Content.Headers)));
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Theory]
    [InlineData("HEAD", 200)]
    [InlineData("GET", 204)]
    [InlineData("GET", 304)]
    public async Task Body_arrives_whatever_the_method_and_status(string method, int status)
    {
        HostedApplication hosted = await HostAsync(async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentLength = 5;
            await context.Response.WriteAsync("hello");
        });

        using var message = new HttpRequestMessage(new HttpMethod(method), "http://runtime/");
        using HttpResponseMessage response = await hosted.SendAsync(message, Cancellation);

        Assert.Equal((status, 5L), ((int)response.StatusCode, response.Content.Headers.ContentLength));
        Assert.Equal("hello", await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public async Task Response_may_differ_from_its_announced_length(long announced)
    {
        HostedApplication hosted = await HostAsync(async context =>
        {
            context.Response.ContentLength = announced;
            await context.Response.WriteAsync("hello");
        });

        using HttpResponseMessage response = await hosted.GetAsync();

        Assert.Equal(announced, response.Content.Headers.ContentLength);
        Assert.Equal("hello", await ReadToEndAsync(response));
    }

    [Fact]
    public async Task Trailers_are_available_after_the_body()
    {
        HostedApplication hosted = await HostAsync(async context =>
        {
            await context.Response.WriteAsync("hello");
            context.Response.AppendTrailer("X-Trailer", "last");
        });

        using HttpResponseMessage response = await hosted.GetAsync();

        await response.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal("X-Trailer: last", Ordered(response.TrailingHeaders));
    }

    [Fact]
    public async Task Response_callbacks_run_in_reverse_order()
    {
        List<string> order = [];
        var completed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        HostedApplication hosted = await HostAsync(async context =>
        {
            context.Response.OnCompleted(() => Note("completed 1").ContinueWith(_ => completed.SetResult(), TaskScheduler.Default));
            context.Response.OnCompleted(() => Note("completed 2"));
            context.Response.OnStarting(() => Note($"starting 1 {context.Response.HasStarted}"));
            context.Response.OnStarting(async () =>
            {
                await Task.Yield();
                await Note($"starting 2 {context.Response.HasStarted}");
                context.Response.Headers["X-Late"] = "in time";
            });
            await Note($"before {context.Response.HasStarted}");
            await context.Response.WriteAsync("hello");
            await Note($"after {context.Response.HasStarted}");
        });

        using HttpResponseMessage response = await hosted.GetAsync();

        await completed.Task.WaitAsync(Cancellation);
        Assert.Equal(["before False", "starting 2 False", "starting 1 False", "after True", "completed 2", "completed 1"], order);
        Assert.Equal("X-Late: in time", Ordered(response.Headers));

        Task Note(string what)
        {
            order.Add(what);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Started_response_cannot_be_changed()
    {
        HostedApplication hosted = await HostAsync(async context =>
        {
            await context.Response.Body.FlushAsync();
            Assert.Throws<InvalidOperationException>(() => context.Response.StatusCode = 201);
            Assert.Throws<InvalidOperationException>(() => context.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = "x");
            Assert.Throws<InvalidOperationException>(() => context.Response.Headers["X"] = "y");
            Assert.Throws<InvalidOperationException>(() => context.Response.OnStarting(() => Task.CompletedTask));
            await context.Response.WriteAsync("held");
        });

        Assert.Equal("held", await hosted.GetStringAsync());
    }

    [Fact]
    public async Task Status_below_100_throws()
    {
        HostedApplication hosted = await HostAsync(context =>
        {
            context.Response.StatusCode = 99;
            return Task.CompletedTask;
        });

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => hosted.GetAsync());
    }

    private static HttpContent? Framed(string framing)
    {
        HttpContent? content = framing switch
        {
            "none" => null,
            "empty" => new ByteArrayContent([]),
            "sized" or "both" => new ByteArrayContent("abc"u8.ToArray()),
            _ => new WrittenContent(body => body.WriteAsync("abc"u8.ToArray()).AsTask()),
        };
        if (framing.StartsWith("too ", StringComparison.Ordinal))
        {
            content!.Headers.ContentLength = framing == "too few" ? 4 : 2;
        }

        return content;
    }
}

/// <summary>Checks the contract against TestServer, which defines it.</summary>
public sealed class HttpOfTestServerTests() : HttpContractTests(new UsingTestServer());

/// <summary>Checks that the inline server keeps the contract.</summary>
public sealed class HttpOfInlineServerTests() : HttpContractTests(new UsingInlineServer());
