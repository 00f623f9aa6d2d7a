using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Hosting;

/// <summary>The hosting defaults of both workers, in their own process and in a launch.</summary>
public static class WorkerDefaults
{
    private const int UnusableInput = 2;

    /// <summary>Sets a worker's address, limits and logging.</summary>
    /// <param name="builder">The worker's builder.</param>
    /// <param name="port">The loopback port on which the worker listens if <c>--urls</c> is not given.</param>
    public static void Apply(WebApplicationBuilder builder, int port)
    {
        if (string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey]))
        {
            builder.WebHost.UseUrls(FormattableString.Invariant($"http://127.0.0.1:{port}"));
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Kestrel's own body limit is off. ExecuteEndpoint checks the limit instead, because the limit must also apply to in-memory
            // servers.
            kestrel.Limits.MaxRequestBodySize = null;
        });

        // This logging category is off. If it were on, every request would open a logging scope, even if nothing is logged.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        // This logging category is off, because RunAsync itself writes one line if a worker cannot start.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
    }

    /// <summary>Runs a worker until it is stopped.</summary>
    /// <returns>The exit code: 2 if a setting or the address is invalid, otherwise 0.</returns>
    public static async Task<int> RunAsync(Func<WebApplication> build, TextWriter error)
    {
        string? addresses = null;
        try
        {
            await using WebApplication app = build();
            addresses = app.Configuration[WebHostDefaults.ServerUrlsKey];
            await app.RunAsync();
            return 0;
        }
        // A malformed address or command-line switch throws a FormatException. Its message contains the malformed text.
        catch (Exception e) when (e is UnusableInputException or FormatException)
        {
            await error.WriteLineAsync(e.Message);
        }
        catch (Exception e) when (e is SocketException or IOException { InnerException: AddressInUseException })
        {
            await error.WriteLineAsync($"Cannot listen on {addresses}: {e.Message} Choose another with --urls http://127.0.0.1:PORT.");
        }

        return UnusableInput;
    }
}
