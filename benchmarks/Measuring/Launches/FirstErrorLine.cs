namespace WorkerRpc.Benchmarks.Measuring.Launches;

/// <summary>The first line that a process wrote to its standard error: it names the error; what follows are the frames of its stack.</summary>
internal sealed class FirstErrorLine
{
    private volatile string? _line;

    public string? Line => _line;

    public void Take(string? line) => _line ??= string.IsNullOrWhiteSpace(line) ? null : line.Trim();
}
