namespace WorkerRpc.Benchmarks.Analysis.Costs;

/// <summary>A call's time as a line over the payload: a fixed cost, and a cost per KB (1 000 bytes).</summary>
/// <param name="FixedNs">The time of a call without payload, in ns.</param>
/// <param name="PerKbNs">The time that each KB of payload adds, in ns.</param>
internal readonly record struct CostLine(double FixedNs, double PerKbNs)
{
    // Replaces times of 0 or less on a line: the logarithm needs a time above 0, and the huge residual excludes the line.
    private const double LeastNs = double.Epsilon;

    /// <summary>The line's time for a payload of <paramref name="kb"/> KB, in ns.</summary>
    public double AtNs(double kb) => FixedNs + (PerKbNs * kb);

    /// <summary>
    /// Fits a line: of all lines through two of the points, the one with the least sum of |ln(time ÷ line)|. It tolerates outliers
    /// as well as the Theil–Sen line, the median of the same lines' slopes (Theil 1950; Sen 1968). The median slope fails here:
    /// sizes are powers of ten, so half of the pairs of points have small sizes only, and their slopes are noise. Residuals are
    /// ratios because noise is proportional to the time.
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
