namespace WorkerRpc.Benchmarks.Measuring.Launches;

/// <summary>
/// Keeps the first line of a process's standard error. The first line names the error, and the lines after it are stack frames.
/// </summary>
internal sealed class FirstErrorLine
{
    private volatile string? _line;

    public string? Line => _line;

    public void Take(string? line) => _line ??= string.IsNullOrWhiteSpace(line) ? null : line.Trim();
}
