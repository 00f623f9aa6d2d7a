using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using WorkerRpc.CapnWeb.AspNetCore;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.Hostile.Targets;

namespace WorkerRpc.Hostile.Soak;

/// <summary>What the server holds.</summary>
/// <param name="Sessions">The number of sessions over WebSockets that have not ended.</param>
/// <param name="Imports">The references to peers' objects in all sessions.</param>
/// <param name="Exports">The references to the server's objects in all sessions.</param>
/// <param name="Calls">The calls that run in all sessions.</param>
/// <param name="HeapBytes">The managed heap after a full collection.</param>
/// <param name="ResidentBytes">The physical memory of the process.</param>
/// <param name="PeakBytes">The largest physical memory that the process has had.</param>
internal sealed record ServerState(
    int Sessions, long Imports, long Exports, long Calls, long HeapBytes, long ResidentBytes, long PeakBytes)
{
    /// <summary>Whether each session holds only the two main objects, and no call runs.</summary>
    public bool IsIdle => Imports == Sessions && Exports == Sessions && Calls == 0;
}

/// <summary>The server of a soak: a process of its own, so that its memory can be measured.</summary>
internal sealed class SoakServer : IDisposable
{
    private const string StatePath = "/state";

    private readonly Process _process;
    private readonly HttpClient _http = new();

    private SoakServer(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    public bool HasExited => _process.HasExited;

    /// <summary>Starts the server process with this program.</summary>
    public static async Task<SoakServer> StartAsync()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(SoakServer).Assembly.Location, "soak-server"])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        Process process = Process.Start(start)!;
        string address = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The server did not start.");
        return new SoakServer(process, new Uri(address));
    }

    /// <summary>Asks the server what it holds. The server first collects garbage. Returns null if the server has died.</summary>
    public async Task<ServerState?> StateAsync()
    {
        try
        {
            return await _http.GetFromJsonAsync<ServerState>(new Uri(Address, StatePath));
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
        _http.Dispose();
    }

    /// <summary>Serves until the standard input ends, which happens when the starting process ends.</summary>
    public static async Task ServeAsync(TextWriter output, TextReader input)
    {
        Victim.Register();
        var sessions = new ConcurrentDictionary<RpcSession, bool>();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using WebApplication app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapCapnWeb(Endpoint.Path, _ => new Victim(), new RpcEndpointOptions
        {
            Connected = (context, session) => _ = TrackAsync(sessions, session),
        });
        app.MapGet(StatePath, () => State(sessions.Keys));
        await app.StartAsync();
        await output.WriteLineAsync(app.Urls.Single());
        await output.FlushAsync();
        await input.ReadToEndAsync();
    }

    private static async Task TrackAsync(ConcurrentDictionary<RpcSession, bool> sessions, RpcSession session)
    {
        sessions[session] = true;
        await session.Completion;
        sessions.TryRemove(session, out _);
    }

    private static ServerState State(IEnumerable<RpcSession> sessions)
    {
        RpcStatistics[] tables = [.. sessions.Select(session => session.Statistics)];
        long heap = GC.GetTotalMemory(forceFullCollection: true);
        using Process process = Process.GetCurrentProcess();
        return new ServerState(
            tables.Length,
            tables.Sum(table => (long)table.Imports),
            tables.Sum(table => (long)table.Exports),
            tables.Sum(table => (long)table.CallsInFlight),
            heap,
            process.WorkingSet64,
            process.PeakWorkingSet64);
    }
}
