using System.Diagnostics;
using System.Globalization;
using System.Text;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Folders;

namespace WorkerRpc.Tests.Commands;

/// <summary>The program in its own process, as a user starts it. By default it writes to a temporary artifacts folder.</summary>
internal sealed class ProgramRun : IDisposable
{
    // Longer than any run of the tests takes. A program that hangs fails its test after this time.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    private readonly CancellationTokenSource _limit =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

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
        // With CI set the program would write less progress, and the tests wait for its lines.
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

    /// <summary>The process of the current launch; null if none runs.</summary>
    public Process? Launch => Process.GetProcesses().FirstOrDefault(process => ParentOf(process) == _process.Id);

    /// <summary>
    /// The name of the signal that interrupts the program: INT, as Ctrl+C sends, or TERM if the program ignores INT. A shell makes
    /// background processes ignore INT, and their child processes inherit that.
    /// </summary>
    public string Interrupt
    {
        get
        {
            const ulong Interrupted = 1ul << (2 - 1);
            const string Label = "SigIgn:";
            string ignored = File.ReadLines($"/proc/{Id}/status")
                .First(line => line.StartsWith(Label, StringComparison.Ordinal))[Label.Length..];
            return (ulong.Parse(ignored, NumberStyles.HexNumber, CultureInfo.InvariantCulture) & Interrupted) == 0 ? "INT" : "TERM";
        }
    }

    public string Report(string file) => File.ReadAllText(Path.Combine(_artifacts, "results", file));

    public RunReport Json() => RunReportJson.Read(Path.Combine(_artifacts, "results", RunReport.FileName));

    /// <summary>The runs that the program has kept, the newest first.</summary>
    public IReadOnlyList<KeptRun> Kept => ResultsFolder.Runs(_artifacts);

    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync(_limit.Token);
        return _process.ExitCode;
    }

    /// <summary>Waits until the program has ended, at most for a time.</summary>
    /// <returns>Whether the program has ended.</returns>
    public async Task<bool> EndWithinAsync(TimeSpan time)
    {
        await Task.WhenAny(_process.WaitForExitAsync(_limit.Token), Task.Delay(time, _limit.Token));
        return _process.HasExited;
    }

    /// <summary>Waits until the program has written a text to standard error.</summary>
    public async Task UntilAsync(string text)
    {
        while (!Error.Contains(text, StringComparison.Ordinal))
        {
            Assert.False(_process.HasExited, $"It ended before it wrote '{text}': {Error}{Output}");
            await Task.Delay(50, _limit.Token);
        }
    }

    /// <summary>Sends a signal to processes at once. A process that is listed twice gets the signal twice.</summary>
    public static async Task SignalAsync(string signal, params int[] processes)
    {
        IEnumerable<string> ids = processes.Select(process => process.ToString(CultureInfo.InvariantCulture));
        using Process kill = Process.Start("kill", [$"-{signal}", .. ids]);
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
            // The parent is the second field after the process's name. The name is in parentheses and may contain spaces.
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
