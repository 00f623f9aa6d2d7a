using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Hosting;

/// <summary>What both workers have in common when they are hosted, alone or in a launch.</summary>
public static class WorkerDefaults
{
    private const int UnusableInput = 2;

    /// <summary>Address, limits and logging.</summary>
    /// <param name="builder">The worker's builder.</param>
    /// <param name="port">Where it listens on loopback unless <c>--urls</c> says otherwise.</param>
    public static void Apply(WebApplicationBuilder builder, int port)
    {
        if (string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey]))
        {
            builder.WebHost.UseUrls(FormattableString.Invariant($"http://127.0.0.1:{port}"));
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // ExecuteEndpoint has the one limit, which holds in memory too.
            kestrel.Limits.MaxRequestBodySize = null;
        });

        // With this category on, every request opens a logging scope, whether or not anything is logged.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        // A worker that cannot start says so by RunAsync's one line.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
    }

    /// <summary>Runs a worker until it is told to stop.</summary>
    /// <returns>The process's exit code: 0, or 2 where a setting or address cannot be used.</returns>
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
        // A malformed address or switch is a FormatException that quotes it.
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
