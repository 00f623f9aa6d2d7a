namespace WorkerRpc.Benchmarks.Analysis.Figures;

/// <summary>Converts milliseconds to nanoseconds. Users and the noise report give times in ms; figures are in ns.</summary>
internal static class Milliseconds
{
    public static double ToNs(double ms) => ms * 1e6;
}
