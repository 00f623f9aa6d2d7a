using System.ComponentModel.DataAnnotations;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>
/// The anchor of a launch: one case that is measured again and again between the other cases. Its code does not change, so its figures
/// show how the speed of the machine changed during the launch.
/// </summary>
public sealed record AnchorReport
{
    /// <summary>The short name of the case.</summary>
    [MinLength(1)]
    public required string Case { get; init; }

    /// <summary>The measurements of the case, in the order in which they were made.</summary>
    [MinLength(1)]
    public required IReadOnlyList<AnchorPoint> Points { get; init; }
}

/// <summary>One measurement of the anchor: its calls in about a tenth of a second.</summary>
/// <param name="CasesBefore">The number of cases that the launch had measured before.</param>
/// <param name="Calls">The number of timed calls.</param>
/// <param name="P50Ns">The p50 of the calls, interpolated between the clock's steps, in ns.</param>
public sealed record AnchorPoint(
    int CasesBefore,
    [property: Range(1, double.PositiveInfinity)] int Calls,
    [property: Range(0, double.PositiveInfinity, MinimumIsExclusive = true)] double P50Ns);
