namespace WorkerRpc.Benchmarks.Measuring.Calling;

/// <summary>
/// Estimates the step of a remote clock from the durations that it measured. The step is the smallest difference between two
/// different durations.
/// </summary>
internal sealed class ClockStep
{
    private readonly HashSet<long> _seenNs = [];
    private bool _isOneNs;

    /// <summary>Adds measured durations, in ns.</summary>
    public void Add(IEnumerable<long> resultsNs)
    {
        foreach (long ns in resultsNs.TakeWhile(_ => !_isOneNs))
        {
            _seenNs.Add(ns);
            // Durations are whole ns, so 1 ns is the smallest possible step. When it is found, later durations are not collected.
            _isOneNs = _seenNs.Contains(ns - 1) || _seenNs.Contains(ns + 1);
        }
    }

    /// <summary>
    /// Returns the step, in ns. If all durations are equal, the step is that duration. Returns null if no duration is above 0.
    /// </summary>
    public double? Ns()
    {
        if (_isOneNs)
        {
            return 1;
        }

        long[] sorted = [.. _seenNs.Order()];
        return sorted switch
        {
            [] or [0] => null,
            [var only] => only,
            _ => sorted.Zip(sorted.Skip(1), (less, more) => more - less).Min(),
        };
    }
}
