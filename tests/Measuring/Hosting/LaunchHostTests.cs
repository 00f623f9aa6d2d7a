using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Remedies;
using WorkerRpc.CallerWorker;
using WorkerRpc.Functions;
using WorkerRpc.RuntimeWorker;
using WorkerRpc.Tests.Bindings;

namespace WorkerRpc.Tests.Measuring.Hosting;

public class LaunchHostTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Both_workers_run_in_the_production_environment()
    {
        await using var runtime = new WorkerFactory<RuntimeApp>(bindingsAssembly: null);
        await using var caller = new WorkerFactory<CallerApp>(bindingsAssembly: null);

        Assert.True(runtime.Services.GetRequiredService<IHostEnvironment>().IsProduction());
        Assert.True(caller.Services.GetRequiredService<IHostEnvironment>().IsProduction());
    }

    [Theory]
    [InlineData("WorkerRpc.RuntimeWorker")]
    [InlineData("WorkerRpc.CallerWorker")]
    [InlineData("WorkerRpc.DevHost")]
    [InlineData("WorkerRpc.Benchmarks")]
    public async Task Workers_and_launches_have_the_same_runtime_settings(string program)
    {
        string path = Path.Combine(AppContext.BaseDirectory, program + ".runtimeconfig.json");
        JsonElement config = JsonElement.Parse(await File.ReadAllTextAsync(path, Cancellation));
        JsonElement settings = config.GetProperty("runtimeOptions").GetProperty("configProperties");

        Assert.False(settings.GetProperty("System.GC.Server").GetBoolean());
        Assert.True(settings.GetProperty("System.GC.Concurrent").GetBoolean());
        Assert.True(settings.GetProperty("System.Runtime.TieredPGO").GetBoolean());
        Assert.Equal(1 << 20, settings.GetProperty("System.GC.LOHThreshold").GetInt32());
    }

    [Theory]
    [InlineData("RuntimeWorker")]
    [InlineData("CallerWorker")]
    [InlineData("DevHost")]
    public async Task Worker_profile_sets_gen0_budget_of_a_launch(string worker)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "launchSettings", worker + ".json");
        JsonElement settings = JsonElement.Parse(await File.ReadAllTextAsync(path, Cancellation));
        JsonElement variables = settings.GetProperty("profiles").GetProperty(worker).GetProperty("environmentVariables");

        Assert.Equal(WorkerEnvironment.Gen0Budget, variables.GetProperty(WorkerEnvironment.Gen0Variable).GetString());
    }

    [Fact]
    public async Task Loopback_server_is_shared_and_closes_with_the_launch()
    {
        Uri address;
        await using (var launch = new LaunchHost(bindingsAssembly: null))
        {
            address = launch.Open(HttpChannels.Loopback);
            Assert.Equal(address, launch.Open(HttpChannels.Loopback));
            Assert.True(IPAddress.IsLoopback(IPAddress.Parse(address.Host.Trim('[', ']'))));
            using var open = new TcpClient();
            await open.ConnectAsync(address.Host, address.Port, Cancellation);
        }

        using var closed = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => closed.ConnectAsync(address.Host, address.Port, Cancellation).AsTask());
    }

    [Fact]
    public async Task Concurrent_launches_use_different_ports_and_no_default_port()
    {
        await using var one = new LaunchHost(bindingsAssembly: null);
        await using var other = new LaunchHost(bindingsAssembly: null);

        int[] ports = [one.Open(HttpChannels.Loopback).Port, other.Open(HttpChannels.Loopback).Port];

        Assert.Distinct([.. ports, RuntimeApp.DefaultPort, CallerApp.DefaultPort]);
    }

    [Fact]
    public async Task Launch_offers_the_bindings_of_the_users_assembly()
    {
        await using var launch = new LaunchHost(typeof(UsersBinding).Assembly.Location);
        using HttpClient caller = launch.CreateCallerClient();

        JsonElement answer = JsonElement.Parse(
            await caller.GetStringAsync($"/execute?method={UsersBinding.UsersId}&function=compute", Cancellation));

        Assert.Equal(UsersBinding.UsersId, answer.GetProperty("method").GetString());
        Assert.NotEqual(default, launch.Stub(UsersBinding.UsersId).Traffic);
    }

    [Fact]
    public async Task Channel_of_users_assembly_is_served_in_launch()
    {
        await using var launch = new LaunchHost(typeof(MailboxBinding).Assembly.Location);
        using HttpClient caller = launch.CreateCallerClient();

        JsonElement answer = JsonElement.Parse(
            await caller.GetStringAsync($"/execute?method={MailboxBinding.MailboxId}&function=compute&payloadSize=1000", Cancellation));

        Assert.Equal(MailboxBinding.MailboxId, answer.GetProperty("method").GetString());
        Assert.InRange(launch.Stub(MailboxBinding.MailboxId).Traffic.SentBytes, 1000, 1200);
        Assert.InRange(launch.Stub(MailboxBinding.MailboxId).Traffic.ReceivedBytes, 1000, 1200);
    }

    [Fact]
    public async Task Method_whose_channel_is_not_served_is_refused()
    {
        await using var launch = new LaunchHost(typeof(UnservedBinding).Assembly.Location);
        using HttpClient caller = launch.CreateCallerClient();

        string message = Assert.Throws<UnusableInputException>(() => launch.Stub(UnservedBinding.UnservedId)).Message;
        string methods = await caller.GetStringAsync("/methods", Cancellation);

        Assert.StartsWith(
            "Method 'unserved' needs the channel 'nowhere', which is not offered here. Methods that are: direct, service-binding, ",
            message, StringComparison.Ordinal);
        Assert.DoesNotContain(UnservedBinding.UnservedId, methods, StringComparison.Ordinal);
        Assert.Contains(MailboxBinding.MailboxId, methods, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Opening_unknown_channel_names_the_known()
    {
        await using var launch = new LaunchHost(bindingsAssembly: null);

        string error = Assert.Throws<UnusableInputException>(() => launch.Open(UnservedBinding.Unserved)).Message;

        Assert.StartsWith("Unknown channel 'nowhere'. Known: http-in-memory, ", error, StringComparison.Ordinal);
        Assert.All(
            BindingCatalog.BuiltIn.ChannelServers,
            server => Assert.Contains($" {server.Channel}", error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_the_large_blocks_runtime_reads_large_segments()
    {
        await using var launch = new LaunchHost(typeof(SegmentsBinding).Assembly.Location);

        Assert.InRange(await LargestSegmentAsync(HttpChannels.Loopback), 1, 4096);
        Assert.InRange(await LargestSegmentAsync(LargeBlocks.Channel), 4097, LargeBlocks.BlockBytes);

        async Task<int> LargestSegmentAsync(Channel<Uri> channel)
        {
            using var client = new HttpClient { BaseAddress = launch.Open(channel) };
            using var body = new ByteArrayContent(new byte[100_000]);
            HttpResponseMessage answer = await client.PostAsync(SegmentsBinding.Path, body, Cancellation);
            return int.Parse(await answer.Content.ReadAsStringAsync(Cancellation), CultureInfo.InvariantCulture);
        }
    }
}
