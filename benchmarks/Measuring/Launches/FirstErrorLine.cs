namespace WorkerRpc.Benchmarks.Measuring.Launches;

/// <summary>Keeps the first line of a process's standard error. That line names the error; stack frames follow.</summary>
internal sealed class FirstErrorLine
{
    private volatile string? _line;

    public string? Line => _line;

    public void Take(string? line) => _line ??= string.IsNullOrWhiteSpace(line) ? null : line.Trim();
}
