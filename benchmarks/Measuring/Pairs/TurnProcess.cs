using System.Diagnostics;
using System.Text.Json;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring.Pairs;

/// <summary>One measuring process of the gate, as the gate sees it.</summary>
internal sealed class TurnProcess : IAsyncDisposable
{
    // Its longest answer is the first, in which both workers start and every case is connected.
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly FirstErrorLine _errors = new();

    private TurnProcess(Process process, string name)
    {
        (_process, Name) = (process, name);
        process.ErrorDataReceived += (_, line) => _errors.Take(line.Data);
        process.BeginErrorReadLine();
    }

    /// <summary>What it is called in messages.</summary>
    public string Name { get; }

    /// <summary>Starts a build's measuring process.</summary>
    /// <param name="build">What to start.</param>
    /// <param name="name">What it is called in messages: base, head or control.</param>
    /// <param name="settings">Environment variables of the process, without their prefix.</param>
    public static TurnProcess Start(Build build, string name, IReadOnlyList<(string Setting, string Value)> settings)
    {
        var start = new ProcessStartInfo(build.Program)
        {
            WorkingDirectory = Path.GetDirectoryName(build.Program)!,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        WorkerEnvironment.AddTo(start.Environment);
        start.ArgumentList.Add(MeasureArguments.Command);
        start.ArgumentList.Add(MeasureArguments.FromParent);
        start.ArgumentList.Add(MeasureArguments.InTurns);
        foreach ((string setting, string value) in settings)
        {
            start.Environment["DOTNET_" + setting] = value;
        }

        return new TurnProcess(Process.Start(start)!, name);
    }

    /// <summary>Asks, and waits for the answer.</summary>
    /// <exception cref="TurnFailedException">It died, hangs, or something failed in it.</exception>
    /// <exception cref="UnusableInputException">It can never do what is asked.</exception>
    public async Task<TReply> AskAsync<TReply>(TurnRequest request, CancellationToken interrupted)
        where TReply : TurnReply
    {
        using var silent = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        silent.CancelAfter(s_silence);
        try
        {
            await _process.StandardInput.WriteLineAsync(TurnJson.Write(request).AsMemory(), silent.Token);
            await _process.StandardInput.FlushAsync(silent.Token);
            return await _process.StandardOutput.ReadLineAsync(silent.Token) is not { } line ? throw await DiedAsync(request)
                : TurnJson.ReadReply(line) switch
                {
                    TReply reply => reply,
                    Refused { Unusable: true } refused => throw new UnusableInputException($"{Name}: {refused.Error}"),
                    Refused refused => throw new TurnFailedException($"{Name}{(request is Turn turn ? ", " + turn.Case : "")}: {refused.Error}"),
                    var other => throw new TurnFailedException($"{Name} answered {request.GetType().Name} with {other.GetType().Name}."),
                };
        }
        catch (OperationCanceledException e) when (!interrupted.IsCancellationRequested)
        {
            throw new TurnFailedException(FormattableString.Invariant($"{Name} hangs: no answer to {request} in {s_silence.TotalSeconds} s."), e);
        }
        catch (JsonException e)
        {
            throw new TurnFailedException($"{Name} answered something unreadable: {e.Message}", e);
        }
        catch (IOException)
        {
            // It was gone before it had read the request.
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
        string how = $"ended with exit code {_process.ExitCode}{(_errors.Line is { } said ? $": {said}" : "")}";
        // Before its first answer a process can only be one that does not know the protocol: whatever is missing on the
        // machine is missing for the other end too.
        return request is Enter
            ? new UnusableInputException($"{Name} does not speak the gate's protocol (version {TurnProtocol.Version}): its measuring process {how}. It predates the gate.")
            : new TurnFailedException($"{Name} {how}");
    }
}

/// <summary>A measuring process failed.</summary>
internal sealed class TurnFailedException(string message, Exception? inner = null) : Exception(message, inner);
