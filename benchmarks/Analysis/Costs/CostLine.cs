namespace WorkerRpc.Benchmarks.Analysis.Costs;

/// <summary>A straight line that approximates a call's time by its payload size: a fixed cost, and a cost per KB (1 000 bytes).</summary>
/// <param name="FixedNs">The time of a call without payload, in ns.</param>
/// <param name="PerKbNs">The time that each KB of payload adds, in ns.</param>
internal readonly record struct CostLine(double FixedNs, double PerKbNs)
{
    // Replaces the line's time if it is 0 or less, because a logarithm needs a time above 0. The error of the line is then huge, so the
    // line is not chosen.
    private const double LeastNs = double.Epsilon;

    /// <summary>The time in ns that the line gives for a payload of <paramref name="kb"/> KB.</summary>
    public double AtNs(double kb) => FixedNs + (PerKbNs * kb);

    /// <summary>
    /// Fits a line to points: of all lines through two of the points, chooses the one with the smallest sum of |ln(time ÷ line)|.
    /// </summary>
    /// <remarks>
    /// Outliers affect this line as little as the Theil–Sen line, which uses the median slope of the same lines (Theil 1950; Sen 1968). The
    /// median slope fails here: the sizes are powers of ten, so half of the pairs of points have only small sizes, and their slopes are
    /// noise. The errors are ratios, because the noise of a time is proportional to the time.
    /// </remarks>
    /// <param name="points">The points: payloads in KB, and times in ns above 0. They need at least two different sizes.</param>
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
