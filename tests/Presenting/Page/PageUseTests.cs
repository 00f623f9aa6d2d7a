using System.Text.RegularExpressions;
using Microsoft.Playwright;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Presenting.Page;

/// <summary>The use of the page by mouse and by keyboard.</summary>
public class PageUseTests(Chromium chromium)
{
    private const string Lines = "mark.type === 'ec-polyline'";
    private const string Bands = "mark.type === 'polygon'";
    private const string Dots = "mark.type === 'path'";

    // Whether a control is used by keyboard: first by mouse, then by keyboard, in one opened page.
    private static readonly bool[] s_bothWays = [false, true];

    [Fact]
    public async Task Charts_draw_exactly_the_data()
    {
        await using OpenedPage opened = await OpenedPage.OfAsync(chromium, MadeUpPages.Core);
        for (int function = 0; function < 3; function++)
        {
            ILocator percentiles = await opened.PlotAsync("percentiles", function);
            Assert.Equal((3, 3), (await OpenedPage.MarksAsync(percentiles, Lines), await OpenedPage.MarksAsync(percentiles, Bands)));
            // Three methods with four sizes each.
            Assert.Equal(12, await OpenedPage.MarksAsync(await opened.PlotAsync("cost", function), "mark.type === 'path'"));
        }

        for (int payload = 0; payload < 4; payload++)
        {
            // The two methods that delegate have a dot each. The limit is the one line.
            ILocator overhead = await opened.PlotAsync("overhead", payload);
            Assert.Equal(2, await OpenedPage.MarksAsync(overhead, Dots));
            Assert.Equal(1, await OpenedPage.MarksAsync(overhead, "mark.type === 'ec-line'"));
        }

        // Three methods in six launches.
        Assert.Equal(18, await OpenedPage.MarksAsync(await opened.PlotAsync("launches"), "mark.type === 'rect'"));
        Assert.Equal(3, await OpenedPage.MarksAsync(await opened.PlotAsync("warm"), Lines));
    }

    [Theory]
    [InlineData("percentiles", "yAxis")]
    [InlineData("overhead", "xAxis")]
    [InlineData("cost", "yAxis")]
    public async Task Neighbouring_charts_share_their_scale(string place, string axis)
    {
        await using OpenedPage opened = await OpenedPage.OfAsync(chromium, MadeUpPages.Core);
        var scales = new HashSet<string>();
        for (int function = 0; function < 3; function++)
        {
            ILocator plot = await opened.PlotAsync(place, function);
            scales.Add(await plot.EvaluateAsync<string>(
                $"plot => echarts.getInstanceByDom(plot).getOption().{axis}.map(axis => `${{axis.min}} ${{axis.max}}`).join()"));
        }

        Assert.NotEqual("undefined undefined", Assert.Single(scales));
    }

    [Fact]
    public async Task Percentile_chart_names_p50_on_its_axis()
    {
        await using OpenedPage opened = await OpenedPage.OfAsync(chromium, MadeUpPages.Core);

        Assert.Equal(1, await OpenedPage.MarksAsync(await opened.PlotAsync("percentiles"), "mark.style.text === 'p50'"));
    }

    [Fact]
    public async Task Failed_run_is_red_and_says_what_failed()
    {
        await using OpenedPage opened = await OpenedPage.OfAsync(chromium, MadeUpRun.Report);
        ILocator verdict = opened.Page.GetByLabel("Verdict", new() { Exact = true });

        await Assertions.Expect(verdict.Locator("h2")).ToContainTextAsync("Failed: ");
        await Assertions.Expect(verdict).ToHaveClassAsync(new Regex("\\bbad\\b"));
        await Assertions.Expect(opened.Page.GetByLabel("What failed")).ToContainTextAsync("service-binding/compute/1KB failed in launch ");
    }

    [Fact]
    public async Task Choice_is_grouped_by_the_place_of_the_runtime()
    {
        RunReport report = MadeUpPages.Small with
        {
            Methods =
            [
                .. MadeUpPages.Small.Methods.Select(method =>
                    method with { Reach = method.Id == "raw-fetch" ? MethodReach.Network : MethodReach.Process }),
            ],
        };
        await using OpenedPage opened = await OpenedPage.OfAsync(chromium, report);

        await Assertions.Expect(opened.Page.GetByLabel("The fastest by where caller and runtime are").Locator("div")).ToHaveTextAsync(
            [
                "in one processservice-binding",
                "between two processes of a machineraw-fetch",
                "between two machinesraw-fetch",
            ]);
    }

    [Fact]
    public async Task Comparison_comes_before_the_verdict()
    {
        await using OpenedPage opened = await OpenedPage.OfAsync(chromium, MadeUpPages.Small, MadeUpPages.SmallBefore);

        Assert.Equal("comparison", await opened.Page.Locator("main > :not([hidden])").First.GetAttributeAsync("id"));
    }

    [Fact]
    public async Task Method_that_stalls_is_not_recommended_without_saying_so()
    {
        PassReport stalls = MadeUp.Pass((420, 1_499), (300_000_000, 1));
        RunReport report = MadeUp.Report(
            6, MadeUp.Flat("direct/echo/1KB", 400), MadeUp.Case("service-binding/echo/1KB", Enumerable.Repeat(stalls, 6)));
        await using OpenedPage opened = await OpenedPage.OfAsync(chromium, report);

        foreach (string card in new[] { "Verdict", "Which method" })
        {
            await Assertions.Expect(opened.Page.GetByLabel(card, new() { Exact = true }))
                .ToContainTextAsync("But service-binding stalls: in echo/1KB 99.8 % of the time went to calls beyond p99, up to 300 ms");
        }
    }

    [Fact]
    public async Task Cost_chart_shows_lines_and_crossover()
    {
        await using OpenedPage opened = await OpenedPage.OfAsync(chromium, MadeUp.Lines);
        ILocator plot = await opened.PlotAsync("cost");

        Assert.Equal(2, await OpenedPage.MarksAsync(plot, $"{Lines} && mark.shape.points.length > 0"));
        Assert.Equal(1, await OpenedPage.MarksAsync(plot, "mark.type === 'ec-line'"));
        Figure at = Assert.Single(new RunAnalysis(MadeUp.Lines).Crossovers).AtBytes;
        await Assertions.Expect(opened.Page.Locator("#cost .notes")).ToContainTextAsync(FormattableString.Invariant(
            $"① from {at.Value / 1e3:0.000} KB [{at.Low / 1e3:0.000} – {at.High / 1e3:0.000}] on ")
            + "raw-fetch is faster than service-binding");
    }

    [Fact]
    public async Task Tooltip_shows_value_and_range_of_a_point()
    {
        await using OpenedPage opened = await OpenedPage.OfAsync(chromium, MadeUpPages.Small);
        ILocator plot = await opened.PlotAsync("percentiles");

        await HoverAsync(plot, seriesIndex: 0, rung: 2);
        await AssertTipAsync(plot);

        // The mouse leaves the chart, so that only the keyboard can show the next tooltip.
        await opened.Page.Mouse.MoveAsync(0, 0);
        await Assertions.Expect(plot.Locator(".tip")).ToBeHiddenAsync();

        await plot.FocusAsync();
        await opened.Page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(opened.Page.Locator("#percentiles .reading").First).ToContainTextAsync("direct p50: ");
        await AssertTipAsync(plot);

        static async Task AssertTipAsync(ILocator plot)
        {
            await Assertions.Expect(plot.Locator(".tip")).ToContainTextAsync("p50");
            await Assertions.Expect(plot.Locator(".tip")).ToBeVisibleAsync();
            string[] values = [.. await plot.Locator(".tip-value").AllInnerTextsAsync()];
            // The slowest method comes first.
            Assert.Equal(3, values.Length);
            CaseSummary expected =
                new RunAnalysis(MadeUpPages.Small).Cases.Single(one => one.Id == CaseId.Parse("service-binding/echo/1KB"));
            Assert.Equal(TooltipText(expected), values[1]);
        }
    }

    [Fact]
    public async Task Switched_off_method_leaves_every_chart()
    {
        await using OpenedPage opened = await OpenedPage.OfAsync(chromium, MadeUpPages.Small);
        ILocator button = opened.Page.Locator("#controls .method", new() { HasTextString = "raw-fetch" });

        foreach (bool byKeyboard in s_bothWays)
        {
            await UseAsync(opened, button, byKeyboard);
            await Assertions.Expect(button).ToHaveAttributeAsync("aria-pressed", "false");
            Assert.Equal(2, await OpenedPage.MarksAsync(await opened.PlotAsync("percentiles"), Lines));
            Assert.Equal(1, await OpenedPage.MarksAsync(await opened.PlotAsync("overhead"), Dots));

            await UseAsync(opened, button, byKeyboard);
            Assert.Equal(3, await OpenedPage.MarksAsync(await opened.PlotAsync("percentiles"), Lines));
        }
    }

    [Fact]
    public async Task Table_is_sorted_by_the_pressed_column()
    {
        await using OpenedPage opened = await OpenedPage.OfAsync(chromium, MadeUpPages.Small);
        await opened.Page.Locator("#tables").ScrollIntoViewIfNeededAsync();

        await AssertSortedAsync(opened, "overhead p50", row => row.P50, byKeyboard: false);
        await AssertSortedAsync(opened, "overhead p99", row => row.Difference[Quantile.P99], byKeyboard: true);
    }

    [Fact]
    public async Task Unknown_figures_are_sorted_last()
    {
        await using OpenedPage opened = await OpenedPage.OfAsync(chromium, MadeUpRun.Report);
        await opened.Page.Locator("#tables").ScrollIntoViewIfNeededAsync();
        ILocator head = opened.Page.Locator("#tables th", new() { HasTextString = "overhead p99" }).Locator("button");
        for (int press = 0; press < 2; press++)
        {
            await head.ClickAsync();
            ILocator last = opened.Page.Locator("#tables tbody tr").Last;
            await Assertions.Expect(last.Locator("td[data-label='overhead p99']")).Not.ToContainTextAsync("[");
        }
    }

    [Fact]
    public async Task Table_is_filtered_by_words_and_state()
    {
        await using OpenedPage opened = await OpenedPage.OfAsync(chromium, MadeUpRun.Report);
        await opened.Page.Locator("#tables").ScrollIntoViewIfNeededAsync();
        ILocator rows = opened.Page.Locator("#tables tbody tr");
        await Assertions.Expect(rows).ToHaveCountAsync(6);

        await opened.Page.GetByRole(AriaRole.Searchbox, new() { Name = "Filter Overhead" }).FillAsync("raw-fetch echo");
        await Assertions.Expect(rows).ToHaveCountAsync(2);
        await Assertions.Expect(opened.Page.Locator("#tables [role=status]")).ToHaveTextAsync("2 of 6 rows");

        await UseAsync(opened, opened.Page.Locator("#tables .toggle", new() { HasTextString = "not warm" }), byKeyboard: true);
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        await Assertions.Expect(rows).ToContainTextAsync("not viable");
    }

    [Fact]
    public async Task Saved_percentile_file_equals_that_of_the_program()
    {
        await using OpenedPage opened = await OpenedPage.OfAsync(chromium, MadeUpPages.Small);
        await opened.PlotAsync("percentiles");
        await opened.Page.Locator("#percentiles .save summary").First.ClickAsync();

        IDownload download =
            await opened.Page.RunAndWaitForDownloadAsync(() => opened.Page.Locator("#percentiles .save button").Nth(1).ClickAsync());

        Assert.Equal("service-binding_echo_1KB.hgrm", download.SuggestedFilename);
        using var folder = new TemporaryFolder();
        await download.SaveAsAsync(folder.File("saved"));
        Assert.Equal(
            PercentileDistributions.Of(MadeUpPages.Small)[download.SuggestedFilename],
            await File.ReadAllBytesAsync(folder.File("saved"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Comparison_shows_curves_shift_and_changes()
    {
        await using OpenedPage opened = await OpenedPage.OfAsync(chromium, MadeUpPages.Small, MadeUpPages.SmallBefore);
        ILocator shift = await opened.PlotAsync("comparison-body");

        Assert.Equal(3, await OpenedPage.MarksAsync(shift, $"{Lines} && mark.shape.points.length > 0"));
        Assert.Equal(3, await OpenedPage.MarksAsync(shift, Bands));
        // Large marks at the quantiles of the two methods that are flagged.
        Assert.Equal(6, await OpenedPage.MarksAsync(shift, "mark.type === 'path' && mark.scaleX >= 8"));
        await Assertions.Expect(opened.Page.Locator("#comparison .verdict")).ToContainTextAsync("slower: ");
        Assert.Equal(6, await OpenedPage.MarksAsync(await opened.PlotAsync("percentiles"), Lines));

        await UseAsync(opened, Payload("100KB"), byKeyboard: false);
        await AssertShownAsync("echo, 100KB: shift");
        await UseAsync(opened, Payload("1KB"), byKeyboard: true);
        await AssertShownAsync("echo, 1KB: shift");

        ILocator Payload(string size) => opened.Page.Locator("#controls").GetByRole(AriaRole.Button, new() { Name = size, Exact = true });

        async Task AssertShownAsync(string title)
        {
            shift = await opened.PlotAsync("comparison-body");
            await Assertions.Expect(opened.Page.Locator("#comparison-body h3").First).ToHaveTextAsync(title);
            await shift.FocusAsync();
            await opened.Page.Keyboard.PressAsync("End");
            await Assertions.Expect(shift.Locator(".tip")).ToContainTextAsync("+200 %");
        }
    }

    [Fact]
    public async Task History_shows_the_chosen_case()
    {
        await using OpenedPage opened = await OpenedPage.OfAsync(
            chromium, MadeUpPages.Small, history: [MadeUpPages.SmallBefore, MadeUpPages.Earlier(MadeUpPages.Small, days: 2)]);
        ILocator plot = await opened.PlotAsync("history-body");
        await opened.Page.GetByRole(AriaRole.Combobox, new() { Name = "Case" }).SelectOptionAsync("raw-fetch/echo/100KB");

        await Assertions.Expect(opened.Page.Locator("#history-body h3")).ToHaveTextAsync("raw-fetch/echo/100KB over runs");
        Assert.Equal(Quantile.Limited.Count, await OpenedPage.MarksAsync(plot, Lines));
        await plot.FocusAsync();
        await opened.Page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(opened.Page.Locator("#history-body .reading")).ToContainTextAsync("2025-12-31 03:04 UTC: p50 ");
    }

    private static async Task AssertSortedAsync(OpenedPage opened, string column, Func<OverheadFigures, Figure> figure, bool byKeyboard)
    {
        ILocator head = opened.Page.Locator("#tables th", new() { HasTextString = column });
        IEnumerable<double> values = new RunAnalysis(MadeUpPages.Small).Overheads.Select(row => figure(row.Overhead!).Value!.Value);
        string[] expected = [.. values.Order().Select(Format.Duration)];

        await UseAsync(opened, head.Locator("button"), byKeyboard);
        await Assertions.Expect(head).ToHaveAttributeAsync("aria-sort", "ascending");
        Assert.Equal(expected, await FiguresAsync());

        await UseAsync(opened, head.Locator("button"), byKeyboard);
        await Assertions.Expect(head).ToHaveAttributeAsync("aria-sort", "descending");
        Assert.Equal(expected.Reverse(), await FiguresAsync());

        Task<IReadOnlyList<string>> FiguresAsync() =>
            opened.Page.Locator($"#tables td[data-label='{column}'] .figure-value").AllInnerTextsAsync();
    }

    private static async Task UseAsync(OpenedPage opened, ILocator control, bool byKeyboard)
    {
        if (byKeyboard)
        {
            await control.FocusAsync();
            await opened.Page.Keyboard.PressAsync("Space");
        }
        else
        {
            await control.ClickAsync();
        }
    }

    private static async Task HoverAsync(ILocator plot, int seriesIndex, double rung)
    {
        float[] at = await plot.EvaluateAsync<float[]>(
            $$"""
            plot => {
                const chart = echarts.getInstanceByDom(plot);
                const point = chart.getOption().series[{{seriesIndex}}].data.find(point => point[0] === {{rung}});
                return chart.convertToPixel({ seriesIndex: {{seriesIndex}} }, point);
            }
            """);
        await plot.HoverAsync(new() { Position = new() { X = at[0], Y = at[1] } });
    }

    // The text of the tooltip, which has four significant digits.
    private static string TooltipText(CaseSummary row) =>
        FormattableString.Invariant($"{row.P50.Value / 1e3:0.00} µs [{row.P50.Low / 1e3:0.00} – {row.P50.High / 1e3:0.00}]");
}
