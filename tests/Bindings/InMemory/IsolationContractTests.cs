using System.Collections.Concurrent;
using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace WorkerRpc.Tests.Bindings.InMemory;

/// <summary>A request shares no state with its caller or with other requests.</summary>
public abstract class IsolationContractTests(InMemoryServer server) : InMemoryServerTests(server)
{
    private static readonly AsyncLocal<string?> s_callers = new();
    private static readonly AsyncLocal<string?> s_applications = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Caller_and_application_share_no_async_locals(bool waits)
    {
        HostedApplication hosted = await HostAsync(async context =>
        {
            s_applications.Value = "application";
            if (waits)
            {
                await Task.Yield();
            }

            await context.Response.WriteAsync($"{s_callers.Value} {s_applications.Value}");
        });
        s_callers.Value = "caller";

        Assert.Equal(" application", await hosted.GetStringAsync());
        Assert.Equal(("caller", null), (s_callers.Value, s_applications.Value));
    }

    [Fact]
    public async Task Context_accessor_returns_the_own_context()
    {
        IHttpContextAccessor? accessor = null;
        HostedApplication hosted = await HostAsync(
            async context =>
            {
                accessor = context.RequestServices.GetRequiredService<IHttpContextAccessor>();
                Assert.Same(context, accessor.HttpContext);
                await Task.Yield();
                Assert.Same(context, accessor.HttpContext);
            },
            services => services.AddHttpContextAccessor());

        await hosted.GetStringAsync();
        await hosted.GetStringAsync();

        Assert.Null(accessor?.HttpContext);
    }

    [Fact]
    public async Task Request_services_are_disposed_with_the_request()
    {
        List<ScopedService> seen = [];
        HostedApplication hosted = await HostAsync(
            context =>
            {
                seen.Add(context.RequestServices.GetRequiredService<ScopedService>());
                Assert.Same(seen[^1], context.RequestServices.GetRequiredService<ScopedService>());
                return Task.CompletedTask;
            },
            services => services.AddScoped<ScopedService>());

        await hosted.GetStringAsync();
        await hosted.GetStringAsync();

        await Task.WhenAll(seen.Select(service => service.Disposed)).WaitAsync(Cancellation);
        Assert.Distinct(seen);
    }

    [Fact(Timeout = HangMs)]
    public async Task Requests_leave_no_traces_in_each_other()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var tokens = new ConcurrentBag<CancellationToken>();
        HostedApplication hosted = await HostAsync(async context =>
        {
            string own = context.Request.Query["own"].ToString();
            tokens.Add(context.RequestAborted);
            string before = TracesIn(context);
            Leave(context, own);
            string sent = await new StreamReader(context.Request.Body).ReadToEndAsync(cancellation);
            if (own.EndsWith('7'))
            {
                await Task.Yield();
            }

            await context.Response.WriteAsync($"'{before}' {TracesIn(context)} {context.TraceIdentifier} {sent}");
        });

        string[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async caller =>
        {
            List<string> got = [];
            for (int i = 0; i < 50; i++)
            {
                string own = $"{caller}-{i}";
                using var message = new HttpRequestMessage(HttpMethod.Post, $"http://runtime/?own={own}")
                {
                    Content = new WrittenContent(async body =>
                    {
                        await body.WriteAsync(Encoding.ASCII.GetBytes(own), cancellation);
                        await Task.Yield();
                    }),
                };
                using HttpResponseMessage response = await hosted.SendAsync(message, cancellation);
                string[] answer = (await response.Content.ReadAsStringAsync(cancellation)).Split(' ');
                Assert.Equal(["''", string.Join(',', Enumerable.Repeat(own, 6)), own], [answer[0], answer[1], answer[3]]);
                Assert.Equal($"X-Own: {own}", Ordered(response.Headers));
                got.Add(answer[2]);
            }

            return string.Join(' ', got);
        }));

        Assert.Distinct(answers.SelectMany(answer => answer.Split(' ')));
        Assert.Distinct(tokens);
        Assert.DoesNotContain(tokens, token => token.IsCancellationRequested);

        static void Leave(HttpContext context, string own)
        {
            context.Items["own"] = own;
            context.User = new(new ClaimsIdentity([new(ClaimTypes.Name, own)]));
            context.Features.GetRequiredFeature<IHttpRequestFeature>().Headers = new HeaderDictionary { ["X-Own"] = own };
            context.Response.Headers["X-Own"] = own;
            context.Request.RouteValues["own"] = own;
            context.Features.Set(new OwnFeature(own));
            context.SetEndpoint(new Endpoint(null, null, own));
        }

        static string TracesIn(HttpContext context) => string.Join(',', new[]
        {
            context.Items["own"] as string,
            context.User.Identity?.Name,
            context.Request.Headers["X-Own"].ToString(),
            context.Response.Headers["X-Own"].ToString(),
            context.Request.RouteValues["own"] as string,
            context.Features.Get<OwnFeature>()?.Own,
        }.Where(trace => !string.IsNullOrEmpty(trace)));
    }

    [Fact(Timeout = HangMs)]
    public async Task Requests_survive_the_failures_of_others()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        HostedApplication hosted = await HostAsync(async context =>
        {
            byte[] chunk = new byte[30_000];
            for (int read = 1; read > 0;)
            {
                read = await context.Request.Body.ReadAsync(chunk, context.RequestAborted);
                await context.Response.Body.WriteAsync(chunk.AsMemory(0, read), context.RequestAborted);
                if (context.Request.QueryString.HasValue)
                {
                    await Task.Yield();
                    context.Abort();
                }
            }
        });

        await Task.WhenAll(Enumerable.Range(1, 8).Select(caller => Task.Run(async () =>
        {
            byte[] body = new byte[150_000];
            body.AsSpan().Fill((byte)caller);
            for (int i = 0; i < 40; i++)
            {
                await CallAndLeaveAsync(hosted, (i + caller) % 3, body);
                using HttpResponseMessage response = await hosted.PostAsync(new ByteArrayContent(body));
                Assert.Equal(body, await response.Content.ReadAsByteArrayAsync(cancellation));
            }
        })));

        static async Task CallAndLeaveAsync(HostedApplication hosted, int way, byte[] body)
        {
            const int ByToken = 0;
            const int ByDisposing = 1;
            using var caller = new CancellationTokenSource();
            using var message = new HttpRequestMessage(HttpMethod.Post, $"http://runtime/{(way > ByDisposing ? "?abort" : "")}");
            message.Content = new ByteArrayContent(body);
            try
            {
                using HttpResponseMessage response = await hosted.SendAsync(message, caller.Token);
                Stream answer = await response.Content.ReadAsStreamAsync(CancellationToken.None);
                if (way == ByToken)
                {
                    _ = Task.Run(caller.Cancel, CancellationToken.None);
                }

                while (way != ByDisposing && await answer.ReadAsync(new byte[10_000], CancellationToken.None) > 0)
                {
                }
            }
            // Depending on timing, the caller may see the failure.
            catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
            {
            }
        }
    }

    private sealed record OwnFeature(string Own);

    private sealed class ScopedService : IDisposable
    {
        private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Disposed => _disposed.Task;

        public void Dispose() => _disposed.SetResult();
    }
}

/// <summary>Checks the contract against TestServer, which defines it.</summary>
public sealed class IsolationOfTestServerTests() : IsolationContractTests(new UsingTestServer());

/// <summary>Checks that the inline server keeps the contract.</summary>
public sealed class IsolationOfInlineServerTests() : IsolationContractTests(new UsingInlineServer());
