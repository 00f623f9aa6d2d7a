namespace WorkerRpc.Benchmarks.Measuring.Calling;

/// <summary>The step of a clock that only its results are known of: the least difference between two different ones.</summary>
internal sealed class ClockStep
{
    private readonly HashSet<long> _seenNs = [];
    private bool _isOneNs;

    /// <summary>Takes in results, in ns.</summary>
    public void See(IEnumerable<long> resultsNs)
    {
        foreach (long ns in resultsNs.TakeWhile(_ => !_isOneNs))
        {
            _seenNs.Add(ns);
            // Nothing less can come: results have no more digits.
            _isOneNs = _seenNs.Contains(ns - 1) || _seenNs.Contains(ns + 1);
        }
    }

    /// <summary>The step, in ns: the only result where all are the same; null where there is none but 0.</summary>
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
