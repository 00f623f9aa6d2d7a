using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace WorkerRpc.Tests.Presenting.Page;

/// <summary>The look of the page: widths, themes, print, accessibility, and large or hostile reports.</summary>
public class PageLooksTests(Chromium chromium)
{
    private static readonly string s_axe = new BundledAxeScriptProvider().GetScript();

    [Theory]
    [InlineData(360)]
    [InlineData(1440)]
    public async Task Page_fits_the_screen_and_is_accessible(int width)
    {
        await using OpenedPage opened =
            await OpenedPage.OfAsync(chromium, MadeUpRun.WithCallers, MadeUpRun.Report, [MadeUpRun.Report], width);
        await opened.ScrollThroughAsync();
        string[] grounds = new string[2];
        foreach ((int index, ColorScheme scheme) in new[] { ColorScheme.Light, ColorScheme.Dark }.Index())
        {
            await opened.Page.EmulateMediaAsync(new() { ColorScheme = scheme });

            grounds[index] = await GroundAsync(opened);
            Assert.Equal(width, await opened.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
            await AssertAccessibleAsync(opened.Page);
        }

        Assert.NotEqual(grounds[0], grounds[1]);
    }

    [Fact]
    public async Task Theme_switch_changes_page_and_charts()
    {
        await using OpenedPage opened = await OpenedPage.OfAsync(chromium, MadeUpPages.Small);
        ILocator plot = await opened.PlotAsync("percentiles");
        string ground = await GroundAsync(opened);

        ILocator dark = opened.Page.GetByRole(AriaRole.Button, new() { Name = "dark", Exact = true });
        await dark.ClickAsync();

        Assert.NotEqual(ground, await GroundAsync(opened));
        await plot.ScrollIntoViewIfNeededAsync();
        await Assertions.Expect(dark).ToHaveAttributeAsync("aria-pressed", "true");
        string ink = await opened.Page.EvaluateAsync<string>("getComputedStyle(document.body).color");
        // The line of direct has the colour of the text.
        Assert.Equal(1, await OpenedPage.MarksAsync(plot, $"mark.type === 'ec-polyline' && mark.style.stroke === '{ink}'"));
    }

    [Fact]
    public async Task Hostile_names_are_shown_as_text()
    {
        await using OpenedPage opened =
            await OpenedPage.OfAsync(chromium, MadeUpPages.Hostile, MadeUpPages.Hostile, [MadeUpPages.Hostile], width: 360);
        await opened.ScrollThroughAsync();

        Assert.Equal(0, await opened.Page.Locator("img, script:not([id]):not(:nth-last-child(-n+2))").CountAsync());
        Assert.Equal(360, await opened.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        await Assertions.Expect(opened.Page.Locator("#settings dd").Nth(1)).ToHaveTextAsync(MadeUpPages.HostileName);
        await Assertions.Expect(opened.Page.Locator("#tables tbody")).ToContainTextAsync("<img src=x onerror=alert(2)>");
        // The same holds in a tooltip.
        ILocator plot = await opened.PlotAsync("percentiles");
        await plot.FocusAsync();
        await opened.Page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(plot.Locator(".tip")).ToContainTextAsync("</script><script>alert(1)");
    }

    [Fact]
    public async Task Large_report_is_drawn_on_demand()
    {
        await using OpenedPage opened = await OpenedPage.OfAsync(chromium, MadeUpPages.Large);
        await opened.Page.Locator("#answer h2").First.WaitForAsync();

        Assert.InRange(MadeUpPages.Large.Cases.Count, 500, int.MaxValue);
        Assert.Equal(0, await opened.Page.Locator("#cost canvas, #launches canvas, #warm canvas, #tables table").CountAsync());
        await opened.ScrollThroughAsync();
        Assert.Equal(await opened.Page.Locator(".plot").CountAsync(), await opened.Page.Locator(".plot canvas").CountAsync());
        Assert.InRange(await opened.Page.Locator("#tables tbody tr").CountAsync(), 1, 60);
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Show all 492" }).ClickAsync();
        Assert.Equal(492, await opened.Page.Locator("#tables tbody tr").CountAsync());
    }

    [Fact]
    public async Task Charts_of_a_usual_report_are_drawn_without_scrolling()
    {
        await using OpenedPage opened = await OpenedPage.OfAsync(chromium, MadeUpPages.Small);

        int plots = await opened.Page.Locator(".plot").CountAsync();
        await Assertions.Expect(opened.Page.Locator(".plot canvas")).ToHaveCountAsync(plots);
        Assert.Equal(0, await opened.Page.EvaluateAsync<int>("scrollY"));
    }

    [Fact]
    public async Task Narrow_screen_shows_ten_rows_then_more()
    {
        await using OpenedPage opened = await OpenedPage.OfAsync(chromium, MadeUpPages.Core, width: 390);
        await opened.Page.Locator("#tables").ScrollIntoViewIfNeededAsync();
        ILocator rows = opened.Page.Locator("#tables tbody tr");

        await Assertions.Expect(rows).ToHaveCountAsync(10);
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Show all 24" }).ClickAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(24);
    }

    [Fact]
    public async Task Print_has_every_chart_in_the_light_theme()
    {
        await using OpenedPage opened = await OpenedPage.OfAsync(chromium, MadeUpPages.Small, scheme: ColorScheme.Dark);

        await opened.Page.EmulateMediaAsync(new() { Media = Media.Print });
        await opened.Page.EvaluateAsync("dispatchEvent(new Event('beforeprint'))");

        // On paper, the buttons of the shown methods are the legend.
        Assert.Equal(
            await opened.Page.Locator(".method[aria-pressed=true]").CountAsync(),
            await opened.Page.Locator("#controls button").Filter(new() { Visible = true }).CountAsync());
        Assert.NotEqual(0, await opened.Page.Locator("#controls button").Filter(new() { Visible = true }).CountAsync());
        Assert.Equal(await opened.Page.Locator(".plot").CountAsync(), await opened.Page.Locator(".plot canvas").CountAsync());
        Assert.Equal("rgb(26, 29, 33)", await opened.Page.EvaluateAsync<string>("getComputedStyle(document.body).color"));
        await opened.Page.EvaluateAsync("dispatchEvent(new Event('afterprint'))");
        Assert.NotEqual("rgb(26, 29, 33)", await opened.Page.EvaluateAsync<string>("getComputedStyle(document.body).color"));
    }

    [Fact]
    public async Task Every_bad_state_is_marked()
    {
        await using OpenedPage opened = await OpenedPage.OfAsync(chromium, MadeUpRun.Report);
        await opened.Page.Locator("#tables").ScrollIntoViewIfNeededAsync();
        ILocator rows = opened.Page.Locator("#tables tbody tr");

        foreach ((string row, string state) in new[]
        {
            ("raw-fetch echo 1KB", "not viable"),
            ("raw-fetch echo 100KB", "not warm"),
            ("service-binding echo 100KB", "not known"),
            ("service-binding compute 1KB", "failed"),
        })
        {
            string[] words = row.Split(' ');
            ILocator found = rows.Filter(new() { HasTextRegex = new($"{words[0]}.*{words[1]}.*{words[2]}(?!0)") }).First;
            ILocator chip = found.Locator(".chip").First;
            await Assertions.Expect(chip).ToContainTextAsync(state);
            Assert.NotEqual("rgba(0, 0, 0, 0)", await chip.EvaluateAsync<string>("chip => getComputedStyle(chip).backgroundColor"));
        }
    }

    private static async Task AssertAccessibleAsync(IPage page)
    {
        // Runs axe in the page itself. The package's own method supports pages with frames, but takes six times as long.
        await page.EvaluateAsync(s_axe);
        await page.EvaluateAsync("axe.run(document, { resultTypes: ['violations'] }).then(result => { globalThis.axeResult = result; })");
        Assert.Empty(await page.EvaluateAsync<string[]>(
            "axeResult.violations.filter(rule => ['serious', 'critical'].includes(rule.impact))"
            + ".map(rule => `${rule.id}: ${rule.help} ${rule.nodes[0].html}`)"));
        Assert.InRange(await page.EvaluateAsync<int>("axeResult.passes.length"), 1, int.MaxValue);
    }

    private static Task<string> GroundAsync(OpenedPage opened) =>
        opened.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
}
