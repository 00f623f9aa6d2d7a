using WorkerRpc.Benchmarks.Analysis.Costs;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Analysis.Costs;

public class TimeSplitTests
{
    private const string Delegating = "service-binding/compute/1KB";

    [Fact]
    public void P50_is_split_within_each_launch()
    {
        RunReport report = Report(
            MadeUp.Case("direct/compute/1KB", 1_000, 2_000),
            MadeUp.Case(Delegating, 9_000, 20_000),
            MadeUp.Case("memory-copy/-/1KB", 500, 400),
            MadeUp.Case("json-floor/-/1KB", 2_500, 2_600));

        TimeSplit split = Split(report);

        Assert.Equal((450, 2_550, 1_500), (Rounded(split.Transport), Rounded(split.Serializer!), Rounded(split.Function)));
        // The rest is 9 000 - 500 - 2 500 - 1 000 in launch 1 and 20 000 - 400 - 2 600 - 2 000 in launch 2.
        Assert.Equal((10_000, 5_000, 15_000), (Rounded(split.Rest), Near(split.Rest.Low), Near(split.Rest.High)));
        Assert.Contains("| service-binding | compute  | 1KB     |", Section(report), StringComparison.Ordinal);
        Assert.Contains("`service-binding`: transport `memory-copy`, serializer `json-floor`", Section(report), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none: its parts alone took longer in every launch", 3_000, 2_000)]
    [InlineData("not known: -1.00 µs to 50", 3_000, 4_500)]
    public void Rest_is_unknown_unless_every_launch_has_one(string reason, long first, long second)
    {
        RunReport report = Report(
            MadeUp.Case("direct/compute/1KB", 1_000, 1_000),
            MadeUp.Case(Delegating, first, second),
            MadeUp.Case("memory-copy/-/1KB", 500, 500),
            MadeUp.Case("json-floor/-/1KB", 2_500, 2_500));

        Assert.Matches(reason, Split(report).Rest.Withheld!);
        Assert.False(Split(report).IsBelowTransport);
    }

    [Fact]
    public void Method_below_its_transport_in_every_launch_is_named()
    {
        RunReport report = Report(
            MadeUp.Case("direct/compute/1KB", 1_000, 1_000),
            MadeUp.Case(Delegating, 3_000, 4_000),
            MadeUp.Case("memory-copy/-/1KB", 5_000, 5_000),
            MadeUp.Case("json-floor/-/1KB", 2_500, 2_500));

        Assert.Contains(
            "serializer `json-floor`; took less than its transport in every launch: compute/1KB",
            Section(report),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Rest_is_unknown_when_a_part_is_missing()
    {
        RunReport report = Report(
            MadeUp.Case("direct/compute/1KB", 1_000), MadeUp.Case(Delegating, 9_000), MadeUp.Case("memory-copy/-/1KB", 500));

        TimeSplit split = Split(report);

        Assert.Equal("json-floor was not measured", split.Serializer!.Withheld);
        Assert.Equal("json-floor was not measured", split.Rest.Withheld);
    }

    [Fact]
    public void Document_says_how_to_measure_references()
    {
        RunReport report = Report(MadeUp.Case("direct/compute/1KB", 1_000), MadeUp.Case(Delegating, 9_000));

        Assert.Contains("`--anyCategories core reference`", Section(report), StringComparison.Ordinal);
    }

    [Fact]
    public void References_have_no_overhead_verdict_or_split()
    {
        var analysis = new RunAnalysis(Report(
            MadeUp.Case("direct/compute/1KB", 1_000),
            MadeUp.Case(Delegating, 9_000),
            MadeUp.Case("memory-copy/-/1KB", 50_000_000),
            MadeUp.Case("json-floor/-/1KB", 2_500)));

        Assert.Equal([Delegating], analysis.Overheads.Select(row => row.Case.Id.ToString()));
        Assert.Equal(Viability.Viable, analysis.Verdict.Run);
        Assert.Contains(analysis.Cases, one => one.Id.IsReference);
    }

    private static RunReport Report(params CaseReport[] cases)
    {
        RunReport report = MadeUp.Report(cases[0].Passes.Count, cases);
        return report with
        {
            Methods =
            [
                MadeUp.Direct,
                MadeUp.ServiceBinding with { Floor = "memory-copy", Serializer = "json-floor" },
                .. cases.Select(one => one.Method).Where(method => method is "memory-copy" or "json-floor")
                    .Select(method => MadeUp.Direct with { Id = method, Tags = [BindingTags.Reference], Expected = null }),
            ],
        };
    }

    private static TimeSplit Split(RunReport report) =>
        new RunAnalysis(report).Overheads.Single(row => row.Case.Id.ToString() == Delegating).Split!;

    private static string Section(RunReport report)
    {
        string text = OverheadDocument.Write(new RunAnalysis(report));
        int start = text.IndexOf("## Where the time goes", StringComparison.Ordinal);
        return text[start..text.IndexOf("## Averages", StringComparison.Ordinal)];
    }

    private static double Rounded(Figure figure) => Near(figure.Value);

    // Rounds to 50 ns: a histogram keeps three digits.
    private static double Near(double? ns) => Math.Round(ns!.Value / 50) * 50;
}
