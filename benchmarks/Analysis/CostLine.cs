namespace WorkerRpc.Benchmarks.Analysis;

/// <summary>A call's time as a line over the payload: a fixed cost, and a cost a KB (1 000 bytes). Times in ns.</summary>
/// <param name="FixedNs">What a call costs that carries nothing, in ns.</param>
/// <param name="PerKbNs">What each KB of payload adds, in ns.</param>
internal readonly record struct CostLine(double FixedNs, double PerKbNs)
{
    // A line that falls below it is as good as none.
    private const double LeastNs = double.Epsilon;

    /// <summary>The time with so large a payload, in ns.</summary>
    public double AtNs(double kb) => FixedNs + (PerKbNs * kb);

    /// <summary>
    /// The line with the least sum of absolute log residuals, |ln(time ÷ line)|, among those through two of the points. It is
    /// as robust as the Theil–Sen line (Theil 1950; Sen 1968), which is made from the same lines. Theil–Sen's own
    /// choice, the median slope, would be a poor one here: the sizes are powers of ten, so that half of the pairs lie among
    /// the small ones, where a KB costs less than two launches differ by; their slopes are noise, and as many as those
    /// that tell. Residuals are ratios because noise is: a tenth of a call of 100 KB is more than a whole one of 100
    /// bytes. Half the time is as far off as twice the time.
    /// </summary>
    /// <param name="points">Payloads in KB and times in ns, each time more than 0, of at least two different sizes.</param>
    public static CostLine Fit(IReadOnlyList<(double Kb, double Ns)> points) =>
        (from one in points
         from other in points
         where one.Kb < other.Kb
         let perKbNs = (other.Ns - one.Ns) / (other.Kb - one.Kb)
         let line = new CostLine(one.Ns - (perKbNs * one.Kb), perKbNs)
         select (Line: line, Off: points.Sum(point => Math.Abs(Math.Log(point.Ns) - Math.Log(Math.Max(line.AtNs(point.Kb), LeastNs))))))
        .MinBy(candidate => candidate.Off).Line;
}
