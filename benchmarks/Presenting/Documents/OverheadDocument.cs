using System.Globalization;
using System.Text;
using WorkerRpc.Benchmarks.Analysis.Advice;
using WorkerRpc.Benchmarks.Analysis.Costs;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Presenting.Columns;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Presenting.Documents;

/// <summary>Writes <c>overhead.md</c>, which has the verdict, the overheads and the recommendation.</summary>
internal static class OverheadDocument
{
    private static readonly (string Title, bool IsNumber)[] s_averages =
    [
        ("method", false), ("over", false), ("cases", true),
        .. Quantile.Limited.Select(quantile => ($"mean {quantile} overhead", true)),
        ("worst case by p50", false),
    ];

    private static readonly (string Title, bool IsNumber)[] s_expectations =
        [("method", false), ("quantile", false), ("expected", true), ("measured", true), ("", false)];

    public static string Write(RunAnalysis analysis)
    {
        StringBuilder text = new StringBuilder("# Overhead of delegation against `direct`\n\n")
            .Append("**").Append(MarkdownTable.Escape(VerdictSentence.Of(analysis.Verdict))).Append("**\n\n")
            .AppendItems(ReportBasis.Lines(analysis))
            .Append("- what it does not say: ").Append(ReportBasis.NotCovered).Append("\n\n")
            .Append("Overhead is the same quantile less `direct`'s, same function, payload and launch; it may be negative. ")
            .Append("Delegation is each call's time less what the function itself ran.\n\n")
            .Append(MarkdownTable.Write(OverheadColumns.All, analysis.Overheads)).Append('\n')
            .AppendList("Recommendation", RecommendationText.Lines(analysis));
        AppendSplits(text, analysis);
        AppendCosts(text, analysis);
        AppendRemedies(text, analysis);
        AppendAverages(text, analysis);
        AppendExpectations(text, analysis);
        return text.AppendList("Warnings", analysis.Warnings is { Count: > 0 } warnings ? warnings : ["none"]).ToString();
    }

    private static void AppendSplits(StringBuilder text, RunAnalysis analysis)
    {
        OverheadRow[] split = [.. analysis.Overheads.Where(row => row.Split is not null)];
        if (split.Length == 0)
        {
            return;
        }

        text.Append("## Where the time goes\n\n");
        if (!analysis.Cases.Any(one => one.Id.IsReference))
        {
            text.Append("The references were not measured in this run. ")
                .Append(CultureInfo.InvariantCulture, $"`--anyCategories {MethodTags.Core} {MethodTags.Reference}` ")
                .Append("measures them beside the core methods, `--filter '*'` beside all.\n\n");
            return;
        }

        text.Append("p50 in parts, taken within each launch. Transport and serializer are references: one moves the bytes and does ")
            .Append("nothing else, the other encodes and decodes and does nothing else. Function is `direct`. Left is what the method ")
            .Append("itself adds. ")
            .Append("A reference is measured by itself and is no lower bound: a thread can be woken sooner for a method than for a bare ")
            .Append("socket. So left is shown only where it is above 0 in every launch.\n\n")
            .Append(MarkdownTable.Write(SplitColumns.All, split)).Append('\n')
            .AppendItems(analysis.Report.Methods.Where(method => split.Any(row => row.Case.Id.Method == method.Id))
                .Select(method => References(method, split)))
            .Append('\n');
    }

    private static string References(MethodReport method, IReadOnlyList<OverheadRow> rows)
    {
        string serializer = method.Serializer is { } id ? $", serializer `{id}`" : "";
        string[] below =
        [
            .. rows.Where(row => row.Case.Id.Method == method.Id && row.Split!.IsBelowTransport)
                .Select(row => $"{row.Case.Id.Function}/{row.Case.Id.Payload}"),
        ];
        string undercut = below.Length > 0 ? $"; took less than its transport in every launch: {string.Join(", ", below)}" : "";
        return $"`{method.Id}`: transport `{method.Floor}`{serializer}{undercut}";
    }

    private static void AppendCosts(StringBuilder text, RunAnalysis analysis)
    {
        text.Append("## Cost model\n\n")
            .Append("A call's p50 as a line over the payload, fitted within each launch: fixed + KB × a KB (1 KB is 1 000 bytes). ")
            .Append("A residual is how much longer a size takes than the line says, as a share of its p50. ")
            .Append(CultureInfo.InvariantCulture, $"A line that misses a size by more than {CostModel.MaxResidual * 100:0} %, ")
            .Append("and lies outside the range of its launches, is not printed; the note says so. ")
            .Append("R² is of all launches' p50s and decides nothing: it is low where a method costs the same whatever it carries, ")
            .Append("and where launches differ.\n\n")
            .Append(MarkdownTable.Write(CostColumns.Models, analysis.CostModels)).Append('\n');
        if (analysis.Crossovers.Count > 0)
        {
            text.Append("Where one method overtakes another as the payload grows, by the lines of both in each launch, ")
                .Append("between the sizes that were measured. Between the brackets lie the sizes at which the launches do not show ")
                .Append("which is faster (a paired t-test at each size). It is 95 % for each row by itself:\n\n")
                .Append(MarkdownTable.Write(CostColumns.Crossovers, analysis.Crossovers)).Append('\n');
        }
    }

    private static void AppendRemedies(StringBuilder text, RunAnalysis analysis)
    {
        text.Append("## Remedies\n\n");
        if (analysis.Remedies.Count == 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"None was measured in this run. `{RemedyAdvice.HowToMeasure}` ")
                .Append("measures them beside the core methods, `--filter '*'` beside all.\n\n");
            return;
        }

        text.Append("What makes a call cheaper, each compared with the same call without it. × is the p50 with it ÷ the p50 without it: ")
            .Append("the geometric mean of the launches' ratios, with its 95 % interval by a paired t-test. What saves or costs is ")
            .Append("decided for all rows together: at most 5 % of reports claim an effect of a remedy that has none (Holm). ")
            .Append("A remedy of serialization alone is measured by both ends' encoding and decoding, the others by whole ")
            .Append("calls of `echo`; of a batch, by what each of its calls takes. Bytes are of the encoded request and response, a ")
            .Append("call; sockets are loopback's, so what fewer bytes save on a network is in no figure.\n\n")
            .Append(MarkdownTable.Write(RemedyColumns.All, analysis.Remedies)).Append('\n')
            .AppendItems(analysis.Remedies.DistinctBy(effect => effect.Remedy)
                .Select(effect => $"{effect.Name}: `{effect.Remedy.With}` against `{effect.Remedy.Without}`"))
            .Append('\n');
    }

    private static void AppendAverages(StringBuilder text, RunAnalysis analysis) => text
        .Append("## Averages over cases\n\n")
        .Append("The mean of the cases' overheads in each launch: median and range of the launches. ")
        .Append("A mean of quantiles is not a quantile. ")
        .Append("So the worst case is shown too.\n\n")
        .Append(MarkdownTable.Write(s_averages, [.. analysis.Averages.Select(Cells)])).Append('\n');

    private static IReadOnlyList<string> Cells(OverheadAverage average) =>
    [
        average.Method,
        average.Over,
        average.Rows.Count.ToString(CultureInfo.InvariantCulture),
        .. Quantile.Limited.Select(quantile => FigureFormat.Duration(average.Mean(quantile))),
        average.Worst is { Case.Id: var id, Overhead.P50.Value: { } worstNs }
            ? $"{id.Function}/{id.Payload} {Format.Duration(worstNs)}"
            : "–",
    ];

    private static void AppendExpectations(StringBuilder text, RunAnalysis analysis) => text
        .Append("## Expected against measured\n\n")
        .Append("What the project's brief expects on Cloudflare's architecture, and the least and greatest case here.\n\n")
        .Append(MarkdownTable.Write(s_expectations, [.. analysis.Expectations.Select(Cells)])).Append('\n');

    private static IReadOnlyList<string> Cells(Expectation expectation)
    {
        ExpectedRange expected = expectation.Expected;
        string range = expected.Low is { } low
            ? string.Create(CultureInfo.InvariantCulture, $"{low} – {expected.High} ms")
            : string.Create(CultureInfo.InvariantCulture, $"< {expected.High} ms");
        string measured = expectation is { Least: { } least, Greatest: { } greatest }
            ? $"{FigureFormat.Duration(least)} to {FigureFormat.Duration(greatest)}"
            : "–";
        // A time below the clock's resolution counts as known. The table of percentiles gives the reason for each unknown figure.
        string judgement = expectation.Unknown > 0 ? $"{expectation.Unknown} of {expectation.Cases} cases not known"
            : expectation.IsSlower ? "slower than expected in the worst case"
            : expectation.IsFaster ? "faster than expected in every case"
            : "as expected";
        return [expectation.Method, expectation.Quantile.Name, range, measured, judgement];
    }
}
