using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Analysis;

/// <summary>A cell's p50 in parts, taken within each launch, in ns. What is left is the method's own, and may be negative.</summary>
/// <param name="Floor">The p50 of the reference that moves the bytes and does nothing else.</param>
/// <param name="Serializer">The p50 of the reference that encodes and decodes, and does nothing else; null where nothing is encoded, or no reference encodes so.</param>
/// <param name="Function">The p50 of direct.</param>
/// <param name="Left">The cell's p50 less all of them.</param>
internal sealed record Split(Figure Floor, Figure? Serializer, Figure Function, Figure Left)
{
    /// <summary>Splits a cell.</summary>
    /// <param name="row">The cell.</param>
    /// <param name="method">Names the references that it stands on.</param>
    /// <param name="rows">All rows by case.</param>
    /// <returns>Null where the method names no reference.</returns>
    public static Split? Of(CaseRow row, MethodReport method, IReadOnlyDictionary<CaseId, CaseRow> rows)
    {
        if (method.Floor is not { } floor)
        {
            return null;
        }

        CaseId[] parts =
        [
            Reference(floor),
            .. method.Serializer is { } serializer ? new[] { Reference(serializer) } : [],
            row.Id.By(Bindings.Direct.DirectBinding.BaselineId),
        ];
        return new Split(FigureOf(parts[0]), method.Serializer is null ? null : FigureOf(parts[1]), FigureOf(parts[^1]), Left());

        CaseId Reference(string id) => new(id, CaseId.NoFunction, row.Id.Payload);

        Figure FigureOf(CaseId part) => rows.TryGetValue(part, out CaseRow? found) ? found.P50 : Figure.Unknown($"{part.Method} was not measured");

        Figure Left()
        {
            if (row.P50.Withheld is { } withheld)
            {
                return Figure.Unknown(withheld);
            }

            if (parts.FirstOrDefault(part => !rows.ContainsKey(part)) is { } missing)
            {
                return Figure.Unknown($"{missing.Method} was not measured");
            }

            // A part below the clock's floor is left in: what it lacks is less than that floor.
            double[] left =
            [
                .. from launch in row.P50ByLaunch
                   where parts.All(part => rows[part].P50ByLaunch.ContainsKey(launch.Key))
                   select launch.Value - parts.Sum(part => rows[part].P50ByLaunch[launch.Key]),
            ];
            return left.Length == 0 ? Figure.Unknown("no launch measured all parts")
                : Figure.Of(left) is { Value: { } value } figure && Math.Abs(value) < row.FloorNs ? Figure.Below(row.FloorNs.Value)
                : Figure.Of(left);
        }
    }
}
