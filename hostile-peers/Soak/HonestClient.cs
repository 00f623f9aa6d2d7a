using System.Diagnostics;
using HdrHistogram;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.CapnWeb.Transports;
using WorkerRpc.Hostile.Targets;

namespace WorkerRpc.Hostile.Soak;

/// <summary>What honest clients saw.</summary>
internal sealed class HonestCalls
{
    private const int MaxKeptErrors = 5;

    private readonly Lock _lock = new();
    private readonly LongHistogram _latencyUs = new(1, 600_000_000, 3);
    private readonly List<string> _errors = [];

    public long Answered { get; private set; }

    public long Lost { get; private set; }

    public IReadOnlyList<string> Errors => _errors;

    /// <summary>A percentile of the latency, from the time at which the call was due, in ms.</summary>
    public double LatencyMs(double percentile) => _latencyUs.GetValueAtPercentile(percentile) / 1_000.0;

    public void AddAnswer(TimeSpan latency)
    {
        lock (_lock)
        {
            Answered++;
            _latencyUs.RecordValue(Math.Clamp((long)latency.TotalMicroseconds, 1, _latencyUs.HighestTrackableValue));
        }
    }

    public void AddLoss(string error)
    {
        lock (_lock)
        {
            Lost++;
            if (_errors.Count < MaxKeptErrors)
            {
                _errors.Add(error);
            }
        }
    }
}

/// <summary>A client that calls at a fixed rate, whether earlier calls are answered or not, and checks each answer.</summary>
/// <param name="session">The connection to the server.</param>
/// <param name="calls">Receives the outcome of each call.</param>
internal sealed class HonestClient(RpcSession session, HonestCalls calls)
{
    /// <summary>The time between two calls: 20 calls a second.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private static readonly string s_text = new('h', 1_000);

    public static async Task<HonestClient> ConnectAsync(Uri server, HonestCalls calls)
    {
        var address = new UriBuilder(server) { Scheme = "ws", Path = Endpoint.Path };
        return new HonestClient(new RpcSession(await RpcWebSocketTransport.ConnectAsync(address.Uri)), calls);
    }

    /// <summary>Whether the client's tables hold only the two main objects.</summary>
    public bool IsIdle => session.Statistics is { Imports: 1, Exports: 1, CallsInFlight: 0 };

    /// <summary>Calls until the token is cancelled, then waits for the last answers.</summary>
    public async Task RunAsync(TimeSpan offset, CancellationToken end)
    {
        var running = new List<Task>();
        long start = Stopwatch.GetTimestamp();
        for (int number = 0; !end.IsCancellationRequested; number++)
        {
            TimeSpan due = offset + (number * Interval);
            TimeSpan early = due - Stopwatch.GetElapsedTime(start);
            if (early > TimeSpan.Zero)
            {
                await Task.Delay(early, CancellationToken.None);
            }

            running.Add(CallAsync(number, start + (long)(due.TotalSeconds * Stopwatch.Frequency)));
            if (running.Count > 1_000)
            {
                running.RemoveAll(call => call.IsCompleted);
            }
        }

        await Task.WhenAll(running);
    }

    public ValueTask CloseAsync() => session.DisposeAsync();

    private async Task CallAsync(int number, long due)
    {
        try
        {
            if (await IsAnswerRightAsync(number))
            {
                calls.AddAnswer(Stopwatch.GetElapsedTime(due));
            }
            else
            {
                calls.AddLoss($"Call {number} got a wrong answer.");
            }
        }
        catch (Exception e)
        {
            calls.AddLoss($"Call {number} failed: {e.Message}");
        }
    }

    private async Task<bool> IsAnswerRightAsync(int number)
    {
        RpcStub main = session.Main;
        switch (number % 4)
        {
            case 0:
                double x = number;
                return await main.InvokeAsync<double, RpcArguments<double>>("square", RpcArguments.Of(x)) == x * x;
            case 1:
                return await main.InvokeAsync<string, RpcArguments<string>>("echo", RpcArguments.Of(s_text)) == s_text;
            case 2:
                // The server calls a function of this client.
                return await main.InvokeAsync<double, RpcArguments<Victim, double>>(
                    "callFunction", RpcArguments.Of(new Victim(), (double)number)) == 10.0 * number;
            default:
                // The second call goes to the result of the first one before that has come.
                using (RpcPromise<RpcStub> tally = main.Call<RpcStub, RpcArguments<double>>("makeCounter", RpcArguments.Of((double)number)))
                {
                    return await tally.InvokeAsync<double, RpcArguments<double>>("increment", RpcArguments.Of(1.0)) == number + 1;
                }
        }
    }
}
