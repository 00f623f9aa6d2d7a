using System.Diagnostics;
using System.Globalization;

namespace WorkerRpc.Hostile.Soak;

/// <summary>
/// Honest and hostile clients share a server. No honest call may be lost, the server's memory must be flat, and its tables must be empty at
/// the end.
/// </summary>
/// <param name="length">The time under load.</param>
/// <param name="seed">The seed of the hostile clients' choices.</param>
/// <param name="skipped">The names of hostile inputs that are not sent.</param>
/// <param name="folder">The folder for the newest input of each hostile client.</param>
internal sealed class SoakRun(TimeSpan length, int seed, IReadOnlyCollection<string> skipped, string folder)
{
    private const int HonestClients = 48, HostileClients = 16;

    // The shortest time between two measurements of memory, and the number of measurements in a long soak.
    private const int MinSampleSeconds = 8, MaxSamples = 30;

    private const double MaxP99Ms = 100;

    // Runs that are shorter have no bound on time: other work on the machine would decide.
    private static readonly TimeSpan s_boundFrom = TimeSpan.FromMinutes(30);

    // What the runtime keeps from one collection to the next differs by about as much.
    private const long HeapBesides = 4 << 20, ResidentBesides = 64 << 20;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly HonestCalls _calls = new();
    private readonly List<ServerState> _samples = [];
    private readonly List<string> _faults = [];

    /// <summary>Runs the soak and writes what it saw.</summary>
    /// <returns>Whether everything held.</returns>
    public async Task<bool> RunAsync(TextWriter output)
    {
        Directory.CreateDirectory(folder);
        using SoakServer server = await SoakServer.StartAsync();
        HonestClient[] honest = await Task.WhenAll(
            Enumerable.Range(0, HonestClients).Select(_ => HonestClient.ConnectAsync(server.Address, _calls)));
        HostileClient[] hostile =
        [
            .. Enumerable.Range(0, HostileClients).Select(i =>
                new HostileClient(server.Address, seed + i, skipped, Path.Combine(folder, FormattableString.Invariant($"input-{i}")))),
        ];
        using var end = new CancellationTokenSource(length);
        using var pause = new Pause(HostileClients);
        Task attacks = Task.WhenAll(hostile.Select(client => client.RunAsync(pause, end.Token)));
        Task load = Task.WhenAll(honest.Select((client, i) => client.RunAsync(HonestClient.Interval * i / HonestClients, end.Token)));
        await SampleAsync(server, pause, end);
        await attacks;
        await Task.WhenAny(load, Task.Delay(s_patience));
        await CheckEndAsync(server, honest, load.IsCompleted);
        Judge(server);
        await ReportAsync(output, hostile.Sum(client => client.Connections));
        return _faults.Count == 0;
    }

    private async Task SampleAsync(SoakServer server, Pause pause, CancellationTokenSource end)
    {
        TimeSpan interval = TimeSpan.FromSeconds(Math.Max(MinSampleSeconds, length.TotalSeconds / MaxSamples));
        while (!end.IsCancellationRequested)
        {
            await Task.WhenAny(Task.Delay(interval, end.Token));
            if (await pause.DuringAsync(() => WaitAsync(server, state => state.Sessions == HonestClients)) is not { } sample)
            {
                await end.CancelAsync();
                return;
            }

            _samples.Add(sample);
        }
    }

    private async Task CheckEndAsync(SoakServer server, HonestClient[] honest, bool isLoadDone)
    {
        if (await WaitAsync(server, state => state.Sessions == HonestClients && state.IsIdle) is not { } idle)
        {
            return;
        }

        Require(isLoadDone, "Honest calls were not answered.");
        Require(idle.Sessions == HonestClients && idle.IsIdle, $"The honest sessions did not become idle: {idle}");
        int busy = honest.Count(client => !client.IsIdle);
        Require(busy == 0, $"{busy} honest clients still hold references.");
        await Task.WhenAll(honest.Select(client => client.CloseAsync().AsTask()));
        ServerState? empty = await WaitAsync(server, state => state.Sessions == 0);
        Require(empty is { Sessions: 0 }, $"{empty?.Sessions} sessions did not end.");
    }

    private void Judge(SoakServer server)
    {
        Require(!server.HasExited, "The server died.");
        Require(_calls.Lost == 0, $"{_calls.Lost} honest calls were lost: {string.Join(' ', _calls.Errors)}");
        Require(_calls.Answered > 0, "No honest call was answered.");
        long[] heap = [.. _samples.Select(sample => sample.HeapBytes)];
        long[] resident = [.. _samples.Select(sample => sample.ResidentBytes)];
        Require(_samples.Count < 4 || Steadiness.IsFlat(heap, HeapBesides), $"The heap grew (MiB): {MiB(heap)}");
        Require(_samples.Count < 4 || Steadiness.IsFlat(resident, ResidentBesides), $"The process grew (MiB): {MiB(resident)}");
        double p99 = _calls.LatencyMs(99);
        Require(length < s_boundFrom || p99 <= MaxP99Ms, $"The honest p99 is {p99:F1} ms: expected at most {MaxP99Ms} ms.");
    }

    private async Task ReportAsync(TextWriter output, int connections)
    {
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"soak of {length.TotalSeconds:F0} s, seed {seed}: {_calls.Answered} honest calls answered, {_calls.Lost} lost; "
                + $"p50 {_calls.LatencyMs(50):F1} ms, p99 {_calls.LatencyMs(99):F1} ms, max {_calls.LatencyMs(100):F1} ms; "
                + $"{connections} hostile connections"));
        await output.WriteLineAsync($"heap after collection (MiB): {MiB(_samples.Select(sample => sample.HeapBytes))}");
        await output.WriteLineAsync($"process (MiB): {MiB(_samples.Select(sample => sample.ResidentBytes))}; "
            + $"peak {MiB(_samples.Select(sample => sample.PeakBytes).TakeLast(1))}");
        foreach (string fault in _faults)
        {
            await output.WriteLineAsync($"FAILED: {fault}");
        }

        if (_faults.Count > 0)
        {
            await output.WriteLineAsync($"The newest inputs: {Program.Typed} replay websocket {Path.Combine(folder, "input-*")}");
        }
    }

    private static string MiB(IEnumerable<long> bytes) =>
        string.Join(' ', bytes.Select(one => (one / (1024.0 * 1024)).ToString("F1", CultureInfo.InvariantCulture)));

    private void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            _faults.Add(otherwise);
        }
    }

    // The state when it is as expected, or else after 20 s. Null if the server has died.
    private static async Task<ServerState?> WaitAsync(SoakServer server, Func<ServerState, bool> isExpected)
    {
        long start = Stopwatch.GetTimestamp();
        ServerState? state;
        while ((state = await server.StateAsync()) is { } now && !isExpected(now) && Stopwatch.GetElapsedTime(start) < s_patience)
        {
            await Task.Delay(100, CancellationToken.None);
        }

        return state;
    }
}
