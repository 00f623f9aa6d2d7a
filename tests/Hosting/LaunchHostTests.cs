using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WorkerRpc.Benchmarks.Hosting;
using WorkerRpc.Bindings;
using WorkerRpc.CallerWorker;
using WorkerRpc.Functions;
using WorkerRpc.RuntimeWorker;

namespace WorkerRpc.Tests.Hosting;

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
    [InlineData("WorkerRpc.Benchmarks")]
    public async Task The_workers_alone_and_a_launch_have_the_same_collector_and_tiering(string program)
    {
        string path = Path.Combine(AppContext.BaseDirectory, program + ".runtimeconfig.json");
        JsonElement settings = JsonElement.Parse(await File.ReadAllTextAsync(path, Cancellation)).GetProperty("runtimeOptions").GetProperty("configProperties");

        Assert.False(settings.GetProperty("System.GC.Server").GetBoolean());
        Assert.True(settings.GetProperty("System.GC.Concurrent").GetBoolean());
        Assert.True(settings.GetProperty("System.Runtime.TieredPGO").GetBoolean());
    }

    [Fact]
    public async Task A_launch_listens_on_loopback_once_for_all_who_ask_and_no_longer_than_it_lives()
    {
        Uri address;
        await using (var launch = new LaunchHost(bindingsAssembly: null))
        {
            address = launch.LoopbackAddress;
            Assert.Equal(address, launch.LoopbackAddress);
            Assert.True(IPAddress.IsLoopback(IPAddress.Parse(address.Host.Trim('[', ']'))));
            using var open = new TcpClient();
            await open.ConnectAsync(address.Host, address.Port, Cancellation);
        }

        using var closed = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => closed.ConnectAsync(address.Host, address.Port, Cancellation).AsTask());
    }

    [Fact]
    public void A_binding_of_the_users_own_assembly_is_refused_where_its_id_is_taken()
    {
        // The bindings of this project, as if they came from elsewhere.
        string assembly = typeof(BindingCatalog).Assembly.Location;

        string message = Assert.Throws<UnusableInputException>(() => BindingCatalog.WithAssembly(assembly)).Message;

        Assert.Contains("has an id that is taken. Known: direct, service-binding, raw-fetch.", message, StringComparison.Ordinal);
    }
}
