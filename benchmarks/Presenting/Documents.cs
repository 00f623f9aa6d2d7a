using System.Globalization;
using System.Text;
using WorkerRpc.Benchmarks.Analysis;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Presenting;

/// <summary>The Markdown reports: a header that says what the figures are, then tables.</summary>
internal static class Documents
{
    /// <summary>What no figure of a report says.</summary>
    public const string NotSaid = "service time of one caller, no queue; one machine; `service-binding` is a model of Cloudflare's (an in-memory hand-over, no isolate)";

    public static string Percentiles(Tables tables)
    {
        var text = new StringBuilder("# Latency of single calls\n\n");
        AppendHeader(text, tables.Report);
        text.Append(MarkdownTable.Write(Tables.Percentiles, tables.Rows)).Append('\n');
        AppendList(text, "Methods", tables.Report.Methods.Select(method => $"`{method.Id}`: {method.Settings}"));
        AppendList(text, "Warm-up", WarmUps(tables.Report));
        return text.ToString();
    }

    public static string Overhead(Tables tables)
    {
        var text = new StringBuilder("# Overhead of delegation against `direct`\n\n");
        text.Append("**").Append(MarkdownTable.Escape(Screen.VerdictLine(tables))).Append("**\n\n");
        AppendHeader(text, tables.Report);
        text.Append("Overhead is the same quantile less `direct`'s, same function, payload and launch; it may be negative. ")
            .Append("Delegation is each call's time less what the function itself ran.\n\n")
            .Append(MarkdownTable.Write(tables.Overhead, tables.OverheadRows)).Append('\n');
        AppendList(text, "Recommendation", Recommendation.Of(tables));
        AppendSplits(text, tables);
        AppendCosts(text, tables);
        AppendRemedies(text, tables);
        AppendAverages(text, tables);
        AppendExpected(text, tables);
        AppendList(text, "Warnings", Warnings.Of(tables) is { Count: > 0 } warnings ? warnings : ["none"]);
        return text.ToString();
    }

    public static string Callers(Tables tables)
    {
        var text = new StringBuilder("# Calls by several callers at once\n\n");
        AppendItems(text, Screen.Basis(tables.Report));
        text.Append("- what it does not say: how long calls wait at a given rate of requests, for a caller that waits for its answer calls less; one machine, whose cores callers and runtime share\n\n")
            .Append("Each caller calls again as soon as it is answered. Calls a second are of all callers together; what a caller sees is in the percentiles; processor time and allocation are the whole process's, a call. ")
            .Append("× one caller is calls a second ÷ those of one caller in the same launch: where it stays near 1, what the calls share has no more to give, and the p50 grows with the callers. ")
            .Append("A method that never waits, as `direct`, has its callers take turns on the processors, so its percentiles do not grow.\n\n")
            .Append(MarkdownTable.Write(Tables.Callers, tables.CallersRows));
        return text.ToString();
    }

    private static void AppendSplits(StringBuilder text, Tables tables)
    {
        CaseRow[] split = [.. tables.OverheadRows.Where(row => row.Split is not null)];
        if (split.Length == 0)
        {
            return;
        }

        text.Append("## Where the time goes\n\n");
        if (!tables.Rows.Any(row => row.Id.IsReference))
        {
            text.Append(CultureInfo.InvariantCulture, $"The references were not measured in this run. `--anyCategories {BindingTags.Core} {BindingTags.Reference}` measures them beside the core methods, `--filter '*'` beside all.\n\n");
            return;
        }

        text.Append("p50 in parts, taken within each launch: the floor moves the bytes and does nothing else, the serializer encodes and decodes and does nothing else, the function is `direct`; what is left is the method's own. A part is measured by itself, so that what one does to the caches of another is in what is left, which may be negative.\n\n")
            .Append(MarkdownTable.Write(Tables.Splits, split)).Append('\n');
        AppendItems(text, tables.Report.Methods.Where(method => split.Any(row => row.Id.Method == method.Id))
            .Select(method => $"`{method.Id}`: floor `{method.Floor}`{(method.Serializer is { } serializer ? $", serializer `{serializer}`" : "")}"));
        text.Append('\n');
    }

    private static void AppendRemedies(StringBuilder text, Tables tables)
    {
        text.Append("## Remedies\n\n");
        if (tables.Remedies.Count == 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"None was measured in this run. `{Remedy.HowToMeasure}` measures them beside the core methods, `--filter '*'` beside all.\n\n");
            return;
        }

        text.Append("What makes a call cheaper, each held against the same without it: × is the p50 with it ÷ the p50 without it, in the same launch. A remedy of serialization alone is told by both ends' encoding and decoding, the others by whole calls of `echo`; of a batch, by what each of its calls takes. Bytes are of the encoded request and response, a call; sockets are loopback's, so what fewer bytes save on a network is in no figure.\n\n")
            .Append(MarkdownTable.Write(Tables.RemedyColumns, tables.Remedies)).Append('\n');
        AppendItems(text, tables.Remedies.Select(row => row.Remedy).Distinct().Select(remedy => $"{remedy.Name}: `{remedy.With}` against `{remedy.Without}`"));
        text.Append('\n');
    }

    private static void AppendCosts(StringBuilder text, Tables tables)
    {
        text.Append("## Cost model\n\n")
            .Append("A call's p50 as a line over the payload, fitted within each launch: fixed + KB × a KB (1 KB is 1 000 bytes). A residual is how much longer a size takes than the line says, as a share of its p50. ")
            .Append(CultureInfo.InvariantCulture, $"A line that misses a size by more than {CostModel.MaxResidual * 100:0} %, and lies outside the range of its launches, is not printed; the note says so. ")
            .Append("R² is of all launches' p50s and decides nothing: it is low where a method costs the same whatever it carries, and where launches differ.\n\n")
            .Append(MarkdownTable.Write(Tables.Models, tables.CostModels)).Append('\n');
        if (tables.CrossoverRows.Count > 0)
        {
            text.Append("Where one method overtakes another as the payload grows, by the lines of both in each launch, between the sizes that were measured:\n\n")
                .Append(MarkdownTable.Write(Tables.Crossovers, tables.CrossoverRows)).Append('\n');
        }
    }

    private static void AppendHeader(StringBuilder text, RunReport report)
    {
        AppendItems(text, Screen.Basis(report));
        text.Append("- what it does not say: ").Append(NotSaid).Append("\n\n");
    }

    private static IEnumerable<string> WarmUps(RunReport report) =>
        from launch in report.Launches
        from warmUp in launch.WarmUps
        select $"launch {launch.Number}, `{warmUp.Method}`: {(warmUp.Steady ? "steady" : "NOT STEADY")}, {warmUp.Reason}; p50 by half second: "
            + string.Join(", ", warmUp.Curve.Select(point => Format.Duration(point.P50Ns)));

    // The brief's averages. An average of quantiles is no quantile of anything; the worst cell stands beside it.
    private static void AppendAverages(StringBuilder text, Tables tables)
    {
        var groups = new List<(string What, string Which, IReadOnlyList<CaseRow> Rows)>();
        foreach (var method in tables.AveragedRows.GroupBy(row => row.Id.Method))
        {
            groups.Add((method.Key, "all cells", [.. method]));
            groups.AddRange(method.GroupBy(row => row.Id.Function).Select(function => (method.Key, function.Key, (IReadOnlyList<CaseRow>)[.. function])));
            groups.AddRange(method.GroupBy(row => row.Id.Payload).Select(payload => (method.Key, payload.Key, (IReadOnlyList<CaseRow>)[.. payload])));
        }

        text.Append("## Averages over cells\n\nThe mean of the cells' overheads: an average of quantiles, which is no quantile of anything. The worst cell stands beside it.\n\n");
        text.Append(MarkdownTable.Write(
            [("method", false), ("over", false), ("cells", true), ("mean p50 overhead", true), ("mean p95 overhead", true), ("mean p99 overhead", true), ("worst cell by p50", false)],
            [.. groups.Select(group => (IReadOnlyList<string>)
            [
                group.What,
                group.Which,
                group.Rows.Count.ToString(CultureInfo.InvariantCulture),
                Mean(group.Rows, overhead => overhead.P50),
                Mean(group.Rows, overhead => overhead.P95),
                Mean(group.Rows, overhead => overhead.P99),
                group.Rows.Where(row => row.Overhead!.P50.Value is not null).MaxBy(row => row.Overhead!.P50.Value) is { } worst
                    ? $"{worst.Id.Function}/{worst.Id.Payload} {Format.Duration(worst.Overhead!.P50.Value!.Value)}"
                    : "–",
            ])])).Append('\n');
    }

    private static string Mean(IReadOnlyList<CaseRow> rows, Func<OverheadFigures, Figure> figure) =>
        rows.All(row => figure(row.Overhead!).Value is not null)
            ? Format.Duration(rows.Average(row => figure(row.Overhead!).Value!.Value))
            : "not known";

    private static void AppendExpected(StringBuilder text, Tables tables)
    {
        var rows = new List<IReadOnlyList<string>>();
        foreach (MethodReport method in tables.Report.Methods)
        {
            CaseRow[] cells = [.. tables.Rows.Where(row => row.Id.Method == method.Id)];
            if (method.Expected is { } expected && cells.Length > 0)
            {
                rows.Add([method.Id, "p50", Expected(expected.P50Ms), .. Measured(cells, row => row.P50, expected.P50Ms)]);
                rows.Add([method.Id, "p99", Expected(expected.P99Ms), .. Measured(cells, row => row.P99, expected.P99Ms)]);
            }
        }

        text.Append("## Expected against measured\n\nWhat the project's brief expects on Cloudflare's architecture, and the least and greatest cell here.\n\n");
        text.Append(MarkdownTable.Write([("method", false), ("quantile", false), ("expected", true), ("measured", true), ("", false)], rows)).Append('\n');
    }

    private static string Expected(ExpectedRange range) => range.Low is { } low
        ? string.Create(CultureInfo.InvariantCulture, $"{low} – {range.High} ms")
        : string.Create(CultureInfo.InvariantCulture, $"< {range.High} ms");

    private static string[] Measured(CaseRow[] cells, Func<CaseRow, Figure> figure, ExpectedRange expected)
    {
        double[] known = [.. cells.Select(row => figure(row).Value).OfType<double>()];
        if (known.Length < cells.Length)
        {
            // A figure below the floor is as fast as anything; the others say why they are missing in their own tables.
            string missing = $"{cells.Length - known.Length} of {cells.Length} cells not known";
            return known.Length == 0 ? ["–", missing] : [$"{Format.Duration(known.Min())} – {Format.Duration(known.Max())}", missing];
        }

        double high = known.Max();
        string judged = high >= expected.High * 1e6 ? "slower than expected in the worst cell"
            : expected.Low is { } low && high < low * 1e6 ? "faster than expected in every cell"
            : "as expected";
        return [$"{Format.Duration(known.Min())} – {Format.Duration(high)}", judged];
    }

    private static void AppendList(StringBuilder text, string title, IEnumerable<string> items)
    {
        text.Append(CultureInfo.InvariantCulture, $"## {title}\n\n");
        AppendItems(text, items);
        text.Append('\n');
    }

    private static void AppendItems(StringBuilder text, IEnumerable<string> items)
    {
        foreach (string item in items)
        {
            text.Append("- ").Append(MarkdownTable.Escape(item)).Append('\n');
        }
    }
}
