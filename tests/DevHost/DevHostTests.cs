using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Hosting;
using WorkerRpc.DevHost;

namespace WorkerRpc.Tests.DevHost;

/// <summary>Tests both workers in one process.</summary>
public class DevHostTests
{
    private const int HarnessIterations = 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // The requests of the harness of the project's brief, which has three methods and needs figures of all of them.
    [Theory(Timeout = 60_000)]
    [InlineData(HarnessIterations)]
    [InlineData(100)]
    public async Task Harness_of_the_brief_gets_figures_of_all_three_methods(int iterations)
    {
        await using WebApplication host = DevApp.Build(["--urls=http://127.0.0.1:0", "--RUNTIME_URL=http://127.0.0.1:0"]);
        await host.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = KestrelAddress.Of(host.Services) };
        string[] requests = await File.ReadAllLinesAsync(
            Path.Combine(AppContext.BaseDirectory, "DevHost", "harness-requests.txt"), TestContext.Current.CancellationToken);

        var answers = new List<JsonElement>();
        foreach (string request in requests)
        {
            string path = request.Replace(
                $"iterations={HarnessIterations}", $"iterations={iterations}", StringComparison.Ordinal)["GET ".Length..];
            answers.Add(JsonElement.Parse(await client.GetStringAsync(path, TestContext.Current.CancellationToken)));
        }

        JsonElement[] measured = [.. answers.Where(answer =>
            answer.TryGetProperty("iterations", out JsonElement made) && made.GetInt32() == iterations)];
        string[] figures = ["min", "max", "mean", "p50", "p95", "p99"];
        Assert.All(
            measured.SelectMany(answer => figures.Select(figure => answer.GetProperty(figure).GetDouble())),
            ms => Assert.True(double.IsFinite(ms) && ms > 0, $"{ms}"));
        Assert.Equal(
            [("direct", 12), ("raw-fetch", 12), ("service-binding", 12)],
            measured.GroupBy(answer => answer.GetProperty("method").GetString()!)
                .Select(method => (method.Key, method.Count()))
                .OrderBy(method => method.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Runtime_listens_on_its_own_port_and_both_stop_together()
    {
        Uri runtime;
        await using (WebApplication host = DevApp.Build(["--urls=http://127.0.0.1:0", $"--RUNTIME_URL=http://127.0.0.1:{FreePort()}"]))
        {
            await host.StartAsync(Cancellation);
            runtime = new Uri(host.Configuration["RUNTIME_URL"]!);
            using var client = new HttpClient();

            Assert.Equal("""{"status":"ok","worker":"runtime"}""", await client.GetStringAsync(new Uri(runtime, "/health"), Cancellation));
            string methods = await client.GetStringAsync(new Uri(KestrelAddress.Of(host.Services), "/methods"), Cancellation);
            string[] expected = ["direct", "service-binding", "raw-fetch"];
            Assert.All(expected, method => Assert.Contains($"\"{method}\"", methods, StringComparison.Ordinal));
        }

        using var closed = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => closed.ConnectAsync(runtime.Host, runtime.Port, Cancellation).AsTask());
    }

    [Fact]
    public async Task Taken_port_of_the_runtime_is_named_with_its_setting()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        using var error = new StringWriter();

        int code = await WorkerDefaults.RunAsync(
            () => DevApp.Build(["--urls=http://127.0.0.1:0", $"--RUNTIME_URL=http://{taken.LocalEndPoint}"]), error);

        Assert.Equal(2, code);
        Assert.StartsWith($"The runtime cannot listen on http://{taken.LocalEndPoint}/: ", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("RUNTIME_URL", error.ToString(), StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
