using System.Diagnostics;
using System.Globalization;
using System.Text;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Tests.Commands;

/// <summary>The program in a process of its own, as a user starts it, with an artifacts folder of its own or one that is given.</summary>
internal sealed class ProgramRun : IDisposable
{
    // Far above what any run of the tests takes: a hang fails its test instead of the whole suite.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    private readonly CancellationTokenSource _limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly Process _process;
    private readonly TemporaryFolder? _own;
    private readonly string _artifacts;

    public ProgramRun(string arguments, params (string Name, string Value)[] environment)
        : this(arguments, null, environment)
    {
    }

    public ProgramRun(string arguments, TemporaryFolder? artifacts, params (string Name, string Value)[] environment)
    {
        _limit.CancelAfter(s_limit);
        _own = artifacts is null ? new TemporaryFolder() : null;
        _artifacts = (artifacts ?? _own!).Root;
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "WorkerRpc.Benchmarks"))
        {
            Arguments = $"{arguments} --artifacts {_artifacts} --bindings {typeof(ProgramRun).Assembly.Location}",
            WorkingDirectory = _artifacts,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Where the tests run on a build server, the program would say less than they wait for.
        start.Environment.Remove("CI");
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_error, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public string Output => Text(_output);

    public string Error => Text(_error);

    /// <summary>The process that measures; null where none runs.</summary>
    public Process? Launch => Process.GetProcesses().FirstOrDefault(process => ParentOf(process) == _process.Id);

    /// <summary>
    /// The signal of Ctrl+C; where this process was started with it ignored, as a shell starts what runs in the
    /// background, the program ignores it too, and the one that asks it to end stands in.
    /// </summary>
    public string Interrupt
    {
        get
        {
            const ulong Interrupted = 1ul << (2 - 1);
            string ignored = File.ReadLines($"/proc/{Id}/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))["SigIgn:".Length..];
            return (ulong.Parse(ignored, NumberStyles.HexNumber, CultureInfo.InvariantCulture) & Interrupted) == 0 ? "INT" : "TERM";
        }
    }

    public string Report(string file) => File.ReadAllText(Path.Combine(_artifacts, "results", file));

    public RunReport Json() => RunReportJson.Read(Path.Combine(_artifacts, "results", RunReport.FileName));

    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync(_limit.Token);
        return _process.ExitCode;
    }

    /// <summary>Waits until the program has ended, or for some time.</summary>
    /// <returns>Whether it has ended.</returns>
    public async Task<bool> EndWithinAsync(TimeSpan time)
    {
        await Task.WhenAny(_process.WaitForExitAsync(_limit.Token), Task.Delay(time, _limit.Token));
        return _process.HasExited;
    }

    /// <summary>Waits until the program has said something.</summary>
    public async Task UntilAsync(string said)
    {
        while (!Error.Contains(said, StringComparison.Ordinal))
        {
            Assert.False(_process.HasExited, $"It ended before it said '{said}': {Error}{Output}");
            await Task.Delay(50, _limit.Token);
        }
    }

    /// <summary>Sends a signal to each of some processes at once; to one more often, where it is named more often.</summary>
    public static async Task SignalAsync(string signal, params int[] processes)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", .. processes.Select(process => process.ToString(CultureInfo.InvariantCulture))]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
        _limit.Dispose();
        _own?.Dispose();
    }

    private static int ParentOf(Process process)
    {
        try
        {
            // The name, in parentheses, may hold anything; the parent is the second field after it.
            string stat = File.ReadAllText($"/proc/{process.Id}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 1)..].Split(' ')[2], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static void Append(StringBuilder text, string? line)
    {
        lock (text)
        {
            text.Append(line).Append('\n');
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
