using System.Diagnostics;
using System.Text.Json;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring.Pairs;

/// <summary>The gate's end of a measuring process: starts the process, sends requests to it and reads its replies.</summary>
internal sealed class TurnProcess : IAsyncDisposable
{
    // The longest wait for a reply. The first reply needs the most time, because the process starts both workers and connects all
    // cases.
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly FirstErrorLine _errors = new();

    private TurnProcess(Process process, string name)
    {
        (_process, Name) = (process, name);
        process.ErrorDataReceived += (_, line) => _errors.Take(line.Data);
        process.BeginErrorReadLine();
    }

    /// <summary>The name of the process in messages.</summary>
    public string Name { get; }

    /// <summary>Starts the measuring process of a build.</summary>
    /// <param name="build">The build.</param>
    /// <param name="name">The name of the process in messages: base, head or control.</param>
    /// <param name="settings">Environment variables of the process, without the prefix <c>DOTNET_</c>.</param>
    public static TurnProcess Start(ProgramBuild build, string name, IReadOnlyList<(string Setting, string Value)> settings)
    {
        ProcessStartInfo start = build.StartInfo(MeasureArguments.Command, MeasureArguments.FromParent, MeasureArguments.InTurns);
        start.WorkingDirectory = Path.GetDirectoryName(build.Assembly ?? build.Executable)!;
        WorkerEnvironment.AddTo(start.Environment);
        foreach ((string setting, string value) in settings)
        {
            start.Environment["DOTNET_" + setting] = value;
        }

        return new TurnProcess(Process.Start(start)!, name);
    }

    /// <summary>Sends a request and waits for the reply.</summary>
    /// <exception cref="TurnFailedException">The process ended, did not reply within 60 s, or reported a failure.</exception>
    /// <exception cref="UnusableInputException">The request can never succeed in this process.</exception>
    public async Task<TReply> AskAsync<TReply>(TurnRequest request, CancellationToken interrupted)
        where TReply : TurnReply
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        timeout.CancelAfter(s_timeout);
        try
        {
            await _process.StandardInput.WriteLineAsync(TurnJson.Write(request).AsMemory(), timeout.Token);
            await _process.StandardInput.FlushAsync(timeout.Token);
            string line = await _process.StandardOutput.ReadLineAsync(timeout.Token) ?? throw await DiedAsync(request);
            string where = Name + (request is Turn turn ? ", " + turn.Case : "");
            return TurnJson.ReadReply(line) switch
            {
                TReply reply => reply,
                Refused { Unusable: true } refused => throw new UnusableInputException($"{Name}: {refused.Error}"),
                Refused refused => throw new TurnFailedException($"{where}: {refused.Error}"),
                var other => throw new TurnFailedException($"{Name} answered {request.GetType().Name} with {other.GetType().Name}."),
            };
        }
        catch (OperationCanceledException e) when (!interrupted.IsCancellationRequested)
        {
            throw new TurnFailedException(
                FormattableString.Invariant($"{Name} hangs: no answer to {request} in {s_timeout.TotalSeconds} s."), e);
        }
        catch (JsonException e)
        {
            throw new TurnFailedException($"{Name} answered something unreadable: {e.Message}", e);
        }
        catch (IOException)
        {
            // The process ended before it had read the request, so writing the request failed.
            throw await DiedAsync(request);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<Exception> DiedAsync(TurnRequest request)
    {
        await _process.WaitForExitAsync();
        string how = $"ended with exit code {_process.ExitCode}{(_errors.Line is { } error ? $": {error}" : "")}";
        // If a process ends before its first reply (the reply to ConnectCases), its build is too old to know this protocol. The
        // machine cannot be the cause, because the gate itself runs on the same machine.
        return request is ConnectCases
            ? new UnusableInputException(
                $"{Name} does not speak the gate's protocol (version {TurnProtocol.Version}): its measuring process {how}. "
                + "It predates the gate.")
            : new TurnFailedException($"{Name} {how}");
    }
}

/// <summary>Thrown when a measuring process ends, does not reply, or reports a failure.</summary>
internal sealed class TurnFailedException(string message, Exception? inner = null) : Exception(message, inner);
