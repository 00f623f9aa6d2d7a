using System.Collections.Concurrent;
using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace WorkerRpc.Tests.Bindings.InMemory;

/// <summary>Nothing of a request is seen where it does not belong.</summary>
public abstract class IsolationContractTests(InMemoryServer server) : InMemoryServerTests(server)
{
    private static readonly AsyncLocal<string?> s_callers = new();
    private static readonly AsyncLocal<string?> s_applications = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Neither_sees_the_others_async_locals(bool waits)
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
    public async Task The_context_that_is_current_is_the_requests_own()
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
    public async Task A_request_has_services_of_its_own_which_end_with_it()
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
    public async Task Nothing_of_a_request_is_visible_in_another_whether_it_runs_beside_it_or_after_it()
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
                Assert.Equal(["''", string.Join(',', Enumerable.Repeat(own, 5)), own], [answer[0], answer[1], answer[3]]);
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
            context.Response.Headers["X-Own"] = own;
            context.Request.RouteValues["own"] = own;
            context.Features.Set(new OwnFeature(own));
            context.SetEndpoint(new Endpoint(null, null, own));
        }

        static string TracesIn(HttpContext context) => string.Join(',', new[]
        {
            context.Items["own"] as string,
            context.User.Identity?.Name,
            context.Response.Headers["X-Own"].ToString(),
            context.Request.RouteValues["own"] as string,
            context.Features.Get<OwnFeature>()?.Own,
        }.Where(trace => !string.IsNullOrEmpty(trace)));
    }

    private sealed record OwnFeature(string Own);

    private sealed class ScopedService : IDisposable
    {
        private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Disposed => _disposed.Task;

        public void Dispose() => _disposed.SetResult();
    }
}

/// <summary>The reference.</summary>
public sealed class IsolationOfTestServerTests() : IsolationContractTests(new UsingTestServer());

/// <summary>Ours does the same.</summary>
public sealed class IsolationOfInlineServerTests() : IsolationContractTests(new UsingInlineServer());
