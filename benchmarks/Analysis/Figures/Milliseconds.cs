namespace WorkerRpc.Benchmarks.Analysis.Figures;

/// <summary>Converts milliseconds, in which users and the machine's reports give times, to the ns of figures.</summary>
internal static class Milliseconds
{
    public static double ToNs(double ms) => ms * 1e6;
}
