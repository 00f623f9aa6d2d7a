namespace WorkerRpc.Benchmarks.Measuring.Calling;

/// <summary>
/// Estimates the step of a remote clock from the durations it measured: the smallest difference between two different ones.
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
            // 1 ns is the smallest possible step, because results are whole ns.
            _isOneNs = _seenNs.Contains(ns - 1) || _seenNs.Contains(ns + 1);
        }
    }

    /// <summary>The step, in ns. If all durations are equal, that duration; null if all are 0 or there are none.</summary>
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
