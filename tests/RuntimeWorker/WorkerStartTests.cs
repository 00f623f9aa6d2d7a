using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CliWrap;
using CliWrap.Buffered;
using Microsoft.AspNetCore.Builder;
using WorkerRpc.Bindings.Hosting;
using WorkerRpc.CallerWorker;
using WorkerRpc.RuntimeWorker;

namespace WorkerRpc.Tests.RuntimeWorker;

/// <summary>Tests that a worker that cannot start exits with code 2 and one line of error output.</summary>
public class WorkerStartTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 30_000)]
    [InlineData(typeof(RuntimeApp))]
    [InlineData(typeof(CallerApp))]
    public async Task Worker_exits_with_2_when_its_port_is_taken(Type worker)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        string address = $"http://{taken.LocalEndpoint}";

        (int exitCode, string output, string error) = await RunProcessAsync(worker, "--urls", address, cancellation);

        Assert.Equal(2, exitCode);
        Assert.Equal("", output);
        string line = Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(address, line, StringComparison.Ordinal);
        Assert.Contains("--urls", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--MAX_BODY_BYTES=1023", "MAX_BODY_BYTES 1023: expected 1024 to 1073741824 bytes.")]
    [InlineData("--MAX_BODY_BYTES=much", "MAX_BODY_BYTES 'much': expected 1024 to 1073741824 bytes.")]
    [InlineData("--BINDINGS=nowhere.dll", "nowhere.dll cannot be loaded as an assembly with bindings: ")]
    [InlineData("--urls=nonsense", "nonsense")]
    [InlineData("--urls=http://192.0.2.1:8788", "http://192.0.2.1:8788")]
    [InlineData("-x=1", "-x=1")]
    public Task Runtime_worker_does_not_start_with_invalid_setting(string argument, string message) =>
        AssertDoesNotStartAsync(() => RuntimeApp.Build([argument]), message);

    [Theory]
    [InlineData("--CALL_TIMEOUT_SECONDS=0", "CALL_TIMEOUT_SECONDS 0: expected 0.001 to 3600 seconds.")]
    [InlineData("--CALL_TIMEOUT_SECONDS=NaN", "CALL_TIMEOUT_SECONDS NaN: expected 0.001 to 3600 seconds.")]
    [InlineData("--RUNTIME_URL=nowhere", "RUNTIME_URL 'nowhere': expected an address like http://127.0.0.1:8788.")]
    [InlineData("--RUNTIME_URL=ftp://127.0.0.1", "RUNTIME_URL 'ftp://127.0.0.1': expected an address like http://127.0.0.1:8788.")]
    public Task Caller_worker_does_not_start_with_invalid_setting(string argument, string message) =>
        AssertDoesNotStartAsync(() => CallerApp.Build([argument]), message);

    private static async Task AssertDoesNotStartAsync(Func<WebApplication> build, string message)
    {
        using var error = new StringWriter(CultureInfo.InvariantCulture);

        int exitCode = await WorkerDefaults.RunAsync(build, error).WaitAsync(Cancellation);

        Assert.Equal(2, exitCode);
        string line = Assert.Single(error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(message, line, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunProcessAsync(
        Type worker, string option, string value, CancellationToken cancellation)
    {
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        BufferedCommandResult result = await Cli.Wrap(dotnet)
            .WithArguments(["exec", worker.Assembly.Location, option, value])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(cancellation);
        return (result.ExitCode, result.StandardOutput, result.StandardError);
    }
}
