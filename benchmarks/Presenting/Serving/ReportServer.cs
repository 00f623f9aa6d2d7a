using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Presenting.Page;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Presenting.Serving;

/// <summary>
/// A web server that shows the reports below a folder to a browser on this machine. Its pages are the list of reports, one report, a
/// comparison of two reports, and the history of more than two.
/// </summary>
internal sealed class ReportServer : IAsyncDisposable
{
    /// <summary>The accepted port numbers.</summary>
    public static readonly Bounds<int> PortBounds = new(1, 65_535, "a port of this machine");

    /// <summary>The largest number of reports on one page. The limit exists because the server keeps these reports in memory.</summary>
    public const int MaxReports = 32;

    private const int MaxConnections = 32;
    private const string RunParameter = "run";

    private readonly WebApplication _app;
    private readonly ReportCatalog _catalog;
    private readonly RequestGate _gate = new();
    // Lets one request at a time build a page. A page of all methods needs 100 MB of memory, and 1 s of a core.
    private readonly SemaphoreSlim _onePage = new(1);
    private int _port;

    private ReportServer(ReportCatalog catalog, int port)
    {
        _catalog = catalog;
        // The empty builder ignores environment variables. Some of these could add addresses to listen on.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Listen(IPAddress.Loopback, port, endpoint => endpoint.Protocols = HttpProtocols.Http1);
        });
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>The address for the user's browser, including the secret token.</summary>
    public Uri Address => _gate.Address(_port);

    /// <summary>Starts a report server.</summary>
    /// <param name="folder">The folder with the reports. The server reads no file outside this folder.</param>
    /// <param name="port">The port to listen on, or 0 to use any free port.</param>
    /// <param name="cancellation">Cancels the start.</param>
    /// <exception cref="UnusableInputException">The port is in use, or the user has no permission to listen on it.</exception>
    public static async Task<ReportServer> StartAsync(string folder, int port, CancellationToken cancellation)
    {
        var server = new ReportServer(new ReportCatalog(folder), port);
        try
        {
            await server._app.StartAsync(cancellation);
        }
        catch (Exception e) when (e is SocketException or IOException { InnerException: AddressInUseException })
        {
            await server.DisposeAsync();
            string why = e is SocketException ? e.Message : "another program listens there";
            throw new UnusableInputException(
                FormattableString.Invariant($"--port {port}: {why}. Accepted: a free port, {PortBounds.Min} to {PortBounds.Max}; ")
                + "without --port a free one is found.",
                e);
        }

        string address = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        server._port = new Uri(address).Port;
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _onePage.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        SetHeaders(context.Response.Headers);
        if (_gate.Refuse(context.Request, _port, out string page) is { } status)
        {
            await RefuseAsync(context.Response, status);
            return;
        }

        await _onePage.WaitAsync(context.RequestAborted);
        try
        {
            await (page switch
            {
                "" => SendAsync(context.Response, ReportListPage.ContentSecurityPolicy, ReportListPage.Write(_catalog.List(), MaxReports)),
                ReportListPage.View => ShowAsync(context.Response, context.Request.Query[RunParameter]),
                _ => RefuseAsync(context.Response, StatusCodes.Status404NotFound),
            });
        }
        finally
        {
            _onePage.Release();
        }
    }

    private async Task ShowAsync(HttpResponse response, StringValues ids)
    {
        string[] chosen = [.. ids.OfType<string>().Distinct()];
        if (chosen.Length is 0 or > MaxReports)
        {
            string why = FormattableString.Invariant($"{chosen.Length} reports are chosen. Accepted: 1 to {MaxReports}.");
            await RefuseAsync(response, StatusCodes.Status400BadRequest, why);
            return;
        }

        var reports = new List<RunReport>();
        foreach (string id in chosen)
        {
            try
            {
                if (_catalog.Read(id) is not { } report)
                {
                    await RefuseAsync(response, StatusCodes.Status404NotFound, "A report that was chosen is not there any more.");
                    return;
                }

                reports.Add(report);
            }
            catch (UnusableInputException e)
            {
                await RefuseAsync(response, StatusCodes.Status422UnprocessableEntity, e.Message);
                return;
            }
        }

        await SendAsync(response, HtmlReport.ContentSecurityPolicy, Page(reports));
    }

    // Shows the newest of the chosen reports. If one older report was chosen, the page compares the two. Several older reports are the
    // history.
    private static string Page(IEnumerable<RunReport> reports)
    {
        RunReport[] newestFirst = [.. reports.OrderByDescending(report => report.Run.StartedAt)];
        using var page = new StringWriter();
        RunReport[] history = newestFirst[1..] is { Length: > 1 } earlier ? earlier : [];
        HtmlReport.Write(new RunAnalysis(newestFirst[0]), newestFirst.ElementAtOrDefault(1), history, page);
        return page.ToString();
    }

    private static async Task SendAsync(HttpResponse response, string policy, string page)
    {
        response.Headers.ContentSecurityPolicy = policy + "; frame-ancestors 'none'";
        response.ContentType = "text/html; charset=utf-8";
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(page));
    }

    private static async Task RefuseAsync(HttpResponse response, int status, string? why = null)
    {
        if (status == StatusCodes.Status405MethodNotAllowed)
        {
            response.Headers.Allow = HttpMethods.Get;
        }

        response.StatusCode = status;
        response.ContentType = "text/plain; charset=utf-8";
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes((why ?? status switch
        {
            StatusCodes.Status405MethodNotAllowed => "Only GET is answered.",
            StatusCodes.Status421MisdirectedRequest => "Only this machine's own name for itself is answered.",
            _ => "There is no such page. The whole address stands where the program was started; it is another one each time.",
        }) + "\n"));
    }

    private static void SetHeaders(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.CacheControl = "no-store";
        // Browsers must not send this address to other sites, because the address contains the secret token.
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }
}
