using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Costs;

/// <summary>
/// The parts of a case's p50, in ns, computed within each launch. A reference is no lower bound: a thread that waits for a bare socket can
/// be woken later than a thread of a method, so a method can take less than its reference.
/// </summary>
/// <param name="Transport">The p50 of the reference that only moves the bytes.</param>
/// <param name="Serializer">
/// The p50 of the reference that only encodes and decodes. Null if the method encodes nothing, or if no reference uses the method's
/// encoding.
/// </param>
/// <param name="Function">The p50 of the method "direct", which is the time of the function itself.</param>
/// <param name="Rest">The case's p50 minus the other parts. It is unknown unless it is above 0 in every launch.</param>
/// <param name="IsBelowTransport">Whether the case took less time than the transport's reference in every launch.</param>
internal sealed record TimeSplit(Figure Transport, Figure? Serializer, Figure Function, Figure Rest, bool IsBelowTransport)
{
    /// <summary>Splits the p50 of a case into parts.</summary>
    /// <param name="summary">The case.</param>
    /// <param name="method">The case's method, which names its references.</param>
    /// <param name="cases">All cases of the run; the key is the case's id.</param>
    /// <returns>The parts, or null if the method names no reference.</returns>
    public static TimeSplit? Of(CaseSummary summary, MethodReport method, IReadOnlyDictionary<CaseId, CaseSummary> cases)
    {
        if (method.Floor is null)
        {
            return null;
        }

        CaseId transport = Reference(method.Floor);
        CaseId? serializer = method.Serializer is null ? null : Reference(method.Serializer);
        CaseId direct = summary.Id.By(BaselineMethod.Id);
        CaseId[] parts = [transport, .. serializer is null ? [] : new[] { serializer }, direct];
        return new TimeSplit(
            P50(transport),
            serializer is null ? null : P50(serializer),
            P50(direct),
            RestOf(summary, parts, cases),
            RestByLaunch(summary, [transport], cases) is { Length: > 0 } apart && apart.All(ns => ns < 0));

        CaseId Reference(string id) => new(id, CaseId.NoFunction, summary.Id.Payload);

        Figure P50(CaseId part) => cases.TryGetValue(part, out CaseSummary? found) ? found.P50 : NotMeasured(part);
    }

    private static Figure NotMeasured(CaseId part) => Figure.Unknown($"{part.Method} was not measured");

    private static Figure RestOf(CaseSummary summary, CaseId[] parts, IReadOnlyDictionary<CaseId, CaseSummary> cases)
    {
        if (summary.P50.Withheld is { } withheld)
        {
            return Figure.Unknown(withheld);
        }

        if (parts.FirstOrDefault(part => !cases.ContainsKey(part)) is { } missing)
        {
            return NotMeasured(missing);
        }

        double[] rest = RestByLaunch(summary, parts, cases);
        return rest.Length == 0 ? Figure.Unknown("no launch measured all parts")
            : rest.Max() <= 0 ? Figure.Unknown("none: its parts alone took longer in every launch")
            : rest.Min() <= 0 ? Figure.Unknown($"not known: {Format.Duration(rest.Min())} to {Format.Duration(rest.Max())}")
            : Figure.Of(rest).WithFloor(summary.FloorNs);
    }

    // Subtracts all parts, even those that are shorter than the clock can measure: the error of such a part is less than that shortest
    // time.
    private static double[] RestByLaunch(CaseSummary summary, CaseId[] parts, IReadOnlyDictionary<CaseId, CaseSummary> cases) =>
    [
        .. from launch in summary.P50ByLaunch
           where parts.All(part => cases.TryGetValue(part, out CaseSummary? found) && found.P50ByLaunch.ContainsKey(launch.Key))
           select launch.Value - parts.Sum(part => cases[part].P50ByLaunch[launch.Key]),
    ];
}
