using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Costs;

/// <summary>A case's p50 in parts, taken within each launch, in ns. The rest is the method's own time and may be negative.</summary>
/// <param name="Floor">The p50 of the reference that only moves the bytes.</param>
/// <param name="Serializer">
/// The p50 of the reference that only encodes and decodes; null where nothing is encoded, or no reference uses that encoding.
/// </param>
/// <param name="Function">The p50 of direct.</param>
/// <param name="Rest">The case's p50 minus all parts.</param>
internal sealed record TimeSplit(Figure Floor, Figure? Serializer, Figure Function, Figure Rest)
{
    /// <summary>Splits a case.</summary>
    /// <param name="summary">The case.</param>
    /// <param name="method">The case's method, which names the references.</param>
    /// <param name="cases">All cases of the run.</param>
    /// <returns>Null where the method names no reference.</returns>
    public static TimeSplit? Of(CaseSummary summary, MethodReport method, IReadOnlyDictionary<CaseId, CaseSummary> cases)
    {
        if (method.Floor is null)
        {
            return null;
        }

        CaseId floor = Reference(method.Floor);
        CaseId? serializer = method.Serializer is null ? null : Reference(method.Serializer);
        CaseId direct = summary.Id.By(BaselineMethod.Id);
        CaseId[] parts = [floor, .. serializer is null ? [] : new[] { serializer }, direct];
        return new TimeSplit(P50(floor), serializer is null ? null : P50(serializer), P50(direct), RestOf(summary, parts, cases));

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

        // Parts below the clock's floor are subtracted too: their error is less than the floor.
        double[] rest =
        [
            .. from launch in summary.P50ByLaunch
               where parts.All(part => cases[part].P50ByLaunch.ContainsKey(launch.Key))
               select launch.Value - parts.Sum(part => cases[part].P50ByLaunch[launch.Key]),
        ];
        if (rest.Length == 0)
        {
            return Figure.Unknown("no launch measured all parts");
        }

        return Figure.Of(rest).WithFloor(summary.FloorNs);
    }
}
