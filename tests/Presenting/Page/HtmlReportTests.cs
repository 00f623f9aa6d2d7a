using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Presenting.Page;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Presenting.Page;

public partial class HtmlReportTests
{
    private const int MaxBytes = 2_000_000;

    [Fact]
    public void Page_is_small_and_names_its_library()
    {
        byte[] page = HtmlReport.Bytes(new RunAnalysis(MadeUpPages.Core));
        string text = Encoding.UTF8.GetString(page);

        Assert.InRange(page.Length, 1, MaxBytes);
        Assert.Contains("Apache ECharts 6.0.0", text, StringComparison.Ordinal);
        Assert.Contains("Licensed to the Apache Software Foundation (ASF)", text, StringComparison.Ordinal);
        // The page does not include the other scripts of the bundle.
        Assert.DoesNotContain("vizorECharts", text, StringComparison.Ordinal);
    }

    // The committed run has every method, remedy and reference.
    [Fact]
    public void Page_of_every_method_is_below_2_MB()
    {
        RunReport report = RunReportJson.Read(Path.Combine(SourceState.Root, "artifacts", "baseline", RunReport.FileName));

        Assert.InRange(report.Cases.Count, 200, int.MaxValue);
        Assert.InRange(HtmlReport.Bytes(new RunAnalysis(report)).Length, 1, MaxBytes);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(7, "7")]
    [InlineData(12_345.6, "12346")]
    [InlineData(123_456, "12346e1")]
    [InlineData(120_000, "12e4")]
    [InlineData(-0.000_123_45, "-12345e-8")]
    [InlineData(0.97312, "0.97312")]
    public void Numbers_are_written_short_with_five_digits(double value, string expected)
    {
        PageData data = PageData.Of(new RunAnalysis(MadeUpPages.Small), null, []) with { Rungs = [value] };

        using var json = new MemoryStream();
        PageJson.Write(data, json);

        Assert.Contains($"\"rungs\":[{expected}]", Encoding.UTF8.GetString(json.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void Curves_include_the_quantiles_with_a_limit()
    {
        PageData data = PageData.Of(new RunAnalysis(MadeUpPages.Core), null, []);

        Assert.InRange(data.Rungs.Count, 1, 120);
        Assert.All(data.Cases, one => Assert.InRange(one.Curve!.Mid.Count, 1, data.Rungs.Count));
        Assert.Equal(data.Rungs.Order(), data.Rungs);
        Assert.Equal(Quantile.Limited.Select(quantile => quantile.Name), data.Quantiles.Select(quantile => quantile.Name));
        foreach (CaseSummary one in new RunAnalysis(MadeUpPages.Core).Cases)
        {
            PageCurve curve = PageCurve.Of(one)!;
            foreach ((Quantile quantile, PageQuantile shown) in Quantile.Limited.Zip(data.Quantiles))
            {
                int rung = data.Rungs.ToList().IndexOf(shown.Rung);
                Figure figure = one.Latency[quantile];
                Assert.Equal((figure.Value, figure.Low, figure.High), (curve.Mid[rung], curve.Low[rung], curve.High[rung]));
            }
        }
    }

    [Fact]
    public void Policy_allows_only_own_scripts_and_styles()
    {
        string page = Encoding.UTF8.GetString(HtmlReport.Bytes(new RunAnalysis(MadeUpPages.Hostile)));

        // A hostile name would add a script element. The page itself has four, two of them with data.
        string[] scripts = [.. Script().Matches(page).Select(match => match.Groups[1].Value)];
        Assert.Equal(2, scripts.Length);
        Assert.Equal(4, page.Split("<script").Length - 1);
        string styles = Assert.Single(Style().Matches(page)).Groups[1].Value;
        foreach (string own in scripts.Append(styles))
        {
            Assert.Contains(
                $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(own)))}'",
                HtmlReport.ContentSecurityPolicy,
                StringComparison.Ordinal);
        }

        Assert.Equal(3, Hash().Count(HtmlReport.ContentSecurityPolicy));
        Assert.StartsWith("default-src 'none'; ", HtmlReport.ContentSecurityPolicy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", HtmlReport.ContentSecurityPolicy, StringComparison.Ordinal);
        Assert.Contains($"content=\"{HtmlReport.ContentSecurityPolicy}\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Comparison_has_the_shift_of_each_percentile()
    {
        PageComparison comparison = PageData.Of(new RunAnalysis(MadeUpPages.Core), MadeUpPages.Before, []).Comparison!;

        Assert.Equal("slower", comparison.State);
        Assert.Equal("slower", comparison.Flags["service-binding/echo/1KB p50"]);
        Assert.DoesNotContain(comparison.Flags.Keys, key => key.StartsWith("direct/", StringComparison.Ordinal));
        Assert.All(comparison.Cases["service-binding/echo/1KB"].Shift!.Mid, ratio => Assert.Equal(3, ratio, 2));
        Assert.All(comparison.Cases["direct/echo/1KB"].Shift!.Mid, ratio => Assert.Equal(1, ratio, 9));
    }

    [Fact]
    public void History_has_only_runs_of_the_same_machine()
    {
        RunReport other = MadeUpPages.Earlier(MadeUpPages.Core, days: 3);
        other = other with { Environment = other.Environment! with { Cores = 64 } };

        RunReport[] earlier = [other, MadeUpPages.Before, MadeUpPages.Earlier(MadeUpPages.Core, days: 2)];
        PageHistory history = PageData.Of(new RunAnalysis(MadeUpPages.Core), null, earlier).History!;

        Assert.Equal(["2025-12-31 03:04", "2026-01-01 03:04", "2026-01-02 03:04"], history.Runs.Select(run => run.Date));
        Assert.Equal([false, false, true], history.Runs.Select(run => run.IsCurrent));
        Assert.Contains("64 cores", Assert.Single(history.LeftOut), StringComparison.Ordinal);
    }

    [Fact]
    public void History_and_comparison_never_mix_payload_kinds()
    {
        RunReport before = MadeUpPages.Before;
        RunReport letters = before with { Run = before.Run with { PayloadKind = PayloadKind.Letters } };

        PageData page = PageData.Of(new RunAnalysis(MadeUpPages.Core), letters, [letters]);

        Assert.True(Assert.Single(page.History!.Runs).IsCurrent);
        Assert.EndsWith("payloads: letters", Assert.Single(page.History.LeftOut), StringComparison.Ordinal);
        Assert.Contains("payload kind was letters, is text", page.Comparison!.Verdict, StringComparison.Ordinal);
        Assert.Null(page.Comparison.Table);
        Assert.Empty(page.Comparison.Cases);
    }

    [GeneratedRegex("<script>(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Script();

    [GeneratedRegex("<style>(.*?)</style>", RegexOptions.Singleline)]
    private static partial Regex Style();

    [GeneratedRegex("'sha256-")]
    private static partial Regex Hash();
}
