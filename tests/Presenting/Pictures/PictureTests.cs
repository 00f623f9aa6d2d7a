using System.Text;
using System.Xml.Linq;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Presenting.Files;
using WorkerRpc.Benchmarks.Presenting.Pictures;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Tests.Presenting.Pictures;

public class PictureTests
{
    private const string Hostile = "<script>alert(1)</script>\u001b[2J]]>&\"'";

    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    private static readonly RunAnalysis s_lines =
        new(MadeUp.Lines with { Cases = [.. MadeUp.LineCases("direct", (_, _) => 1_000), .. MadeUp.Lines.Cases] });

    [Fact]
    public void Pictures_are_written_as_svg_png_and_page()
    {
        IReadOnlyDictionary<string, byte[]> files = PictureFiles.Of(s_lines);

        string[] names = ["overhead", "percentiles", "cost"];
        Assert.Equal(names.SelectMany(name => new[] { name + ".svg", name + ".png" }).Append(PictureFiles.Page), files.Keys);
        string page = Encoding.UTF8.GetString(files[PictureFiles.Page]).Replace("\\", "", StringComparison.Ordinal);
        foreach (string name in names)
        {
            XElement svg = Svg(files[name + ".svg"]);
            Assert.Equal("img", svg.Attribute("role")!.Value);
            Assert.NotEmpty(svg.Element(s_svg + "title")!.Value);
            Assert.Contains($"![{svg.Element(s_svg + "desc")!.Value}]({name}.svg)", page, StringComparison.Ordinal);
            Assert.Contains("service-binding", Texts(svg), StringComparison.Ordinal);
            Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], files[name + ".png"][..4]);
        }
    }

    [Fact]
    public void Alternative_text_has_the_drawn_figures()
    {
        IReadOnlyList<Picture> pictures = PictureFiles.Draw(s_lines);

        CaseSummary smallest = s_lines.Cases.First(one => one.Id.Method == "service-binding");
        string p50 = FigureFormat.Duration(smallest.Overhead!.P50);
        string p99 = FigureFormat.Duration(smallest.Overhead.Difference[Quantile.P99]);
        Assert.Contains($"service-binding {p50} to {p99} with 100B", pictures[0].Alternative, StringComparison.Ordinal);
        Assert.EndsWith(
            "The limits are 1.00 ms on p50 and 5.00 ms on p99; 8 of the 8 cases shown are viable.",
            pictures[0].Alternative,
            StringComparison.Ordinal);
        Assert.Matches(@"raw-fetch 14\.\d µs \[14\.\d – 14\.\d\] at p50, 14\.\d µs \[14\.\d – 14\.\d\] at p99", pictures[1].Alternative);
        Assert.Matches(
            @"service-binding 9\.\d+ µs with 100B to \d+\.\d µs with 100KB \(model: 9\.\d+ µs \+ (59\d|60\d) ns a KB\)",
            pictures[2].Alternative);
    }

    [Fact]
    public void Overhead_has_whiskers_for_p50_and_p99_of_several_launches()
    {
        int one = Strokes(MadeUp.Report(1, MadeUp.Case("direct/echo/1KB", 50), MadeUp.Case("service-binding/echo/1KB", 9_000)));
        int two = Strokes(MadeUp.Report(2, MadeUp.Case("direct/echo/1KB", 50, 50), MadeUp.Case("service-binding/echo/1KB", 9_000, 9_900)));

        // Two lines with two ends each.
        Assert.Equal(6, two - one);

        static int Strokes(RunReport report) => Svg(PictureFiles.Of(new RunAnalysis(report))["overhead.svg"])
            .Descendants()
            .Count(element => element.Attribute("stroke") is not null);
    }

    [Fact]
    public void Pictures_show_eight_methods_the_core_and_the_fastest()
    {
        RunReport report = MadeUp.Report(
            6,
            [
                Flat("direct", 1_000), Flat("service-binding", 16_000), Flat("raw-fetch", 90_000),
                .. Enumerable.Range(1, 8).Select(number => Flat($"m{number}", 100_000 - (number * 1_000))),
                Cold(Flat("cold", 2_000)),
                Flat("broken", 2_000) with { Failures = [new CaseFailure(1, "went away")] },
            ]);

        var cases = new PictureCases(new RunAnalysis(report));

        Assert.Equal(["direct", "service-binding", "raw-fetch", "m4", "m5", "m6", "m7", "m8"], cases.Methods);
        Assert.Equal(5, cases.LeftOut);
    }

    [Fact]
    public void Hostile_names_are_drawn_as_text()
    {
        var analysis = new RunAnalysis(MadeUp.Report(
            6,
            Flat("direct", 1_000),
            Flat(Hostile.Replace("/", "", StringComparison.Ordinal), 16_000),
            Flat(new string('x', 10_000), 17_000)));

        Assert.All(
            PictureFiles.Of(analysis).Where(file => file.Key.EndsWith(".svg", StringComparison.Ordinal)),
            file =>
            {
                XElement svg = Svg(file.Value);
                Assert.Empty(svg.Descendants(s_svg + "script"));
                Assert.Contains("<script>alert(1)<script>", svg.Element(s_svg + "desc")!.Value, StringComparison.Ordinal);
                Assert.DoesNotContain(new string('x', 40), Encoding.UTF8.GetString(file.Value), StringComparison.Ordinal);
            });
    }

    [Fact]
    public void Report_without_data_deletes_earlier_pictures()
    {
        using var folder = new TemporaryFolder();
        Assert.Null(ReportFiles.WritePictures(new RunAnalysis(MadeUp.Lines), folder.Root));
        Assert.True(File.Exists(folder.File("cost.svg")));

        Assert.Null(ReportFiles.WritePictures(new RunAnalysis(MadeUp.Report(1, MadeUp.Case("direct/compute/1KB"))), folder.Root));

        Assert.Empty(Directory.GetFiles(folder.Root));
    }

    [Fact]
    public void Failure_to_draw_returns_the_reason() => Assert.Equal(
        "what draws them does not run here: libSkiaSharp",
        PictureFiles.FailureOf(() =>
            throw new TypeInitializationException("SkiaSharp", new DllNotFoundException("libSkiaSharp"))));

    private static CaseReport Flat(string method, long ns) => MadeUp.Flat($"{method}/echo/1KB", ns);

    private static CaseReport Cold(CaseReport one) => one with
    {
        Passes = [.. one.Passes.Select(pass => pass.Compiling(40) with { LastThirdP50Ns = pass.FirstThirdP50Ns * 0.6 })],
    };

    private static XElement Svg(byte[] file) => XDocument.Parse(Encoding.UTF8.GetString(file)).Root!;

    private static string Texts(XElement svg) => string.Join('\n', svg.Descendants(s_svg + "text").Select(text => text.Value));
}
