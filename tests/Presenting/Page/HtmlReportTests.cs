using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Presenting.Page;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Tests.Presenting.Page;

public partial class HtmlReportTests
{
    private const int MaxBytes = 2_000_000;

    [Fact]
    public void The_page_of_the_core_matrix_is_small_and_names_the_library_and_its_licence()
    {
        byte[] page = HtmlReport.Bytes(new RunAnalysis(MadeUpPages.Core));
        string text = Encoding.UTF8.GetString(page);

        Assert.InRange(page.Length, 1, MaxBytes);
        Assert.Contains("Apache ECharts 6.0.0", text, StringComparison.Ordinal);
        Assert.Contains("Licensed to the Apache Software Foundation (ASF)", text, StringComparison.Ordinal);
        // What stands behind ECharts in the bundle is not used, and not shipped.
        Assert.DoesNotContain("vizorECharts", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_percentile_curve_has_at_most_120_points_and_the_named_percentiles_among_them()
    {
        PageData data = PageData.Of(new RunAnalysis(MadeUpPages.Core), null, []);

        Assert.InRange(data.Rungs.Count, 1, 120);
        Assert.All(data.Cases, one => Assert.InRange(one.Curve!.Mid.Count, 1, data.Rungs.Count));
        Assert.Equal(data.Rungs.Order(), data.Rungs);
        foreach (CaseSummary row in new RunAnalysis(MadeUpPages.Core).Cases)
        {
            PageCurve curve = PageCurve.Of(row)!;
            Assert.Equal(row.P50.Value, curve.Mid[data.Rungs.ToList().IndexOf(2)]);
            Assert.Equal(row.Latency[Quantile.P95].Value, curve.Mid[data.Rungs.ToList().IndexOf(20)]);
            Figure p99 = row.Latency[Quantile.P99];
            Assert.Equal((p99.Value, p99.Low, p99.High), (curve.Mid[data.Rungs.ToList().IndexOf(100)], curve.Low[data.Rungs.ToList().IndexOf(100)], curve.High[data.Rungs.ToList().IndexOf(100)]));
        }
    }

    [Fact]
    public void The_policy_lets_in_the_pages_own_two_scripts_and_its_styles_and_nothing_else()
    {
        string page = Encoding.UTF8.GetString(HtmlReport.Bytes(new RunAnalysis(MadeUpPages.Hostile)));

        // Hostile names end no element: as many begin as the page has itself, data included.
        string[] scripts = [.. Script().Matches(page).Select(match => match.Groups[1].Value)];
        Assert.Equal(2, scripts.Length);
        Assert.Equal(4, page.Split("<script").Length - 1);
        string styles = Assert.Single(Style().Matches(page)).Groups[1].Value;
        foreach (string own in scripts.Append(styles))
        {
            Assert.Contains($"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(own)))}'", HtmlReport.ContentSecurityPolicy, StringComparison.Ordinal);
        }

        Assert.Equal(3, Hash().Count(HtmlReport.ContentSecurityPolicy));
        Assert.StartsWith("default-src 'none'; ", HtmlReport.ContentSecurityPolicy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", HtmlReport.ContentSecurityPolicy, StringComparison.Ordinal);
        Assert.Contains($"content=\"{HtmlReport.ContentSecurityPolicy}\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_comparison_says_how_much_longer_each_percentile_takes()
    {
        PageComparison comparison = PageData.Of(new RunAnalysis(MadeUpPages.Core), MadeUpPages.Before, []).Comparison!;

        Assert.Equal("slower", comparison.State);
        Assert.Equal("slower", comparison.Flags["service-binding/echo/1KB p50"]);
        Assert.DoesNotContain(comparison.Flags.Keys, key => key.StartsWith("direct/", StringComparison.Ordinal));
        Assert.All(comparison.Cases["service-binding/echo/1KB"].Shift!.Mid, ratio => Assert.Equal(1.5, ratio, 2));
        Assert.All(comparison.Cases["direct/echo/1KB"].Shift!.Mid, ratio => Assert.Equal(1, ratio, 9));
    }

    [Fact]
    public void A_history_holds_the_runs_of_the_same_machine_in_their_order_and_names_the_others()
    {
        RunReport other = MadeUpPages.Earlier(MadeUpPages.Core, days: 3);
        other = other with { Environment = other.Environment! with { Cores = 64 } };

        PageHistory history = PageData.Of(new RunAnalysis(MadeUpPages.Core), null, [other, MadeUpPages.Before, MadeUpPages.Earlier(MadeUpPages.Core, days: 2)]).History!;

        Assert.Equal(["2025-12-31 03:04", "2026-01-01 03:04", "2026-01-02 03:04"], history.Runs.Select(run => run.Date));
        Assert.Equal([false, false, true], history.Runs.Select(run => run.IsCurrent));
        Assert.Contains("64 cores", Assert.Single(history.LeftOut), StringComparison.Ordinal);
    }

    [GeneratedRegex("<script>(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Script();

    [GeneratedRegex("<style>(.*?)</style>", RegexOptions.Singleline)]
    private static partial Regex Style();

    [GeneratedRegex("'sha256-")]
    private static partial Regex Hash();
}
