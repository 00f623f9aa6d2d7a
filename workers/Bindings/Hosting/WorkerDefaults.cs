using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Hosting;

/// <summary>The hosting defaults of both workers, alone or in a launch.</summary>
public static class WorkerDefaults
{
    private const int UnusableInput = 2;

    /// <summary>Sets the address, limits and logging.</summary>
    /// <param name="builder">The worker's builder.</param>
    /// <param name="port">The loopback port, unless <c>--urls</c> is given.</param>
    public static void Apply(WebApplicationBuilder builder, int port)
    {
        if (string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey]))
        {
            builder.WebHost.UseUrls(FormattableString.Invariant($"http://127.0.0.1:{port}"));
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // ExecuteEndpoint checks the body limit instead, because its limit must also apply in memory.
            kestrel.Limits.MaxRequestBodySize = null;
        });

        // While this category is enabled, every request opens a logging scope, even if nothing is logged.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        // RunAsync writes its own single line when a worker cannot start.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
    }

    /// <summary>Runs a worker until it is stopped.</summary>
    /// <returns>The exit code: 0, or 2 if a setting or the address is invalid.</returns>
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
        // A malformed address or switch throws a FormatException, whose message quotes it.
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
