namespace WorkerRpc.Benchmarks.Analysis.Costs;

/// <summary>A call's time as a line over the payload: a fixed cost, and a cost per KB (1 000 bytes).</summary>
/// <param name="FixedNs">The time of a call without payload, in ns.</param>
/// <param name="PerKbNs">The time that each KB of payload adds, in ns.</param>
internal readonly record struct CostLine(double FixedNs, double PerKbNs)
{
    // The logarithm needs a time above 0; a line that falls below it fits nothing.
    private const double LeastNs = double.Epsilon;

    /// <summary>The time with that much payload, in ns.</summary>
    public double AtNs(double kb) => FixedNs + (PerKbNs * kb);

    /// <summary>
    /// Fits a line: of all lines through two of the points, the one with the least sum of absolute log residuals,
    /// |ln(time ÷ line)|. It is as robust as the Theil–Sen line (Theil 1950; Sen 1968), which comes from the same lines.
    /// Theil–Sen takes the median slope. That fails here, since sizes are powers of ten: half of the pairs of points lie among
    /// the small sizes, where a KB costs less than two launches differ by, so half of the slopes are noise. Residuals are ratios,
    /// since noise is proportional: a tenth of a 100 KB call is longer than a whole 100 byte call.
    /// </summary>
    /// <param name="points">Payloads in KB and times in ns, each time above 0, of at least two different sizes.</param>
    public static CostLine Fit(IReadOnlyList<(double Kb, double Ns)> points)
    {
        IEnumerable<CostLine> candidates =
            from one in points
            from other in points
            where one.Kb < other.Kb
            let perKbNs = (other.Ns - one.Ns) / (other.Kb - one.Kb)
            select new CostLine(one.Ns - (perKbNs * one.Kb), perKbNs);
        return candidates.MinBy(line => points.Sum(point => LogResidual(line, point.Kb, point.Ns)));

        static double LogResidual(CostLine line, double kb, double ns) =>
            Math.Abs(Math.Log(ns) - Math.Log(Math.Max(line.AtNs(kb), LeastNs)));
    }
}
