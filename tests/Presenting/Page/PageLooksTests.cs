using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace WorkerRpc.Tests.Presenting.Page;

/// <summary>What holds of the page on every screen, and for every report.</summary>
public class PageLooksTests(Chromium chromium)
{
    private static readonly string s_axe = new BundledAxeScriptProvider().GetScript();

    [Theory]
    [InlineData(360)]
    [InlineData(1440)]
    public async Task It_fits_the_screen_in_both_themes_and_is_accessible(int width)
    {
        await using OpenedPage opened = await OpenedPage.OfAsync(chromium, MadeUpRun.WithCallers, MadeUpRun.Report, [MadeUpRun.Report], width);
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
    public async Task The_switch_overrides_the_systems_theme_and_the_charts_follow()
    {
        await using OpenedPage opened = await OpenedPage.OfAsync(chromium, MadeUpPages.Small);
        ILocator plot = await opened.PlotAsync("percentiles");
        string ground = await GroundAsync(opened);

        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "dark", Exact = true }).ClickAsync();

        Assert.NotEqual(ground, await GroundAsync(opened));
        await plot.ScrollIntoViewIfNeededAsync();
        await Assertions.Expect(opened.Page.GetByRole(AriaRole.Button, new() { Name = "dark", Exact = true })).ToHaveAttributeAsync("aria-pressed", "true");
        string ink = await opened.Page.EvaluateAsync<string>("getComputedStyle(document.body).color");
        // direct is drawn in the colour of the text.
        Assert.Equal(1, await OpenedPage.MarksAsync(plot, $"mark.type === 'ec-polyline' && mark.style.stroke === '{ink}'"));
    }

    [Fact]
    public async Task Hostile_names_show_as_text_and_nothing_of_them_runs()
    {
        await using OpenedPage opened = await OpenedPage.OfAsync(chromium, MadeUpPages.Hostile, MadeUpPages.Hostile, [MadeUpPages.Hostile], width: 360);
        await opened.ScrollThroughAsync();

        Assert.Equal(0, await opened.Page.Locator("img, script:not([id]):not(:nth-last-child(-n+2))").CountAsync());
        Assert.Equal(360, await opened.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        await Assertions.Expect(opened.Page.Locator("#settings dd").Nth(1)).ToHaveTextAsync(MadeUpPages.HostileName);
        await Assertions.Expect(opened.Page.Locator("#tables tbody")).ToContainTextAsync("<img src=x onerror=alert(2)>");
        // In a tooltip too.
        ILocator plot = await opened.PlotAsync("percentiles");
        await plot.FocusAsync();
        await opened.Page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(plot.Locator(".tip")).ToContainTextAsync("</script><script>alert(1)");
    }

    [Fact]
    public async Task Of_a_large_report_only_what_is_seen_is_drawn_and_the_rest_when_it_is_asked_for()
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
    public async Task It_is_printed_whole()
    {
        await using OpenedPage opened = await OpenedPage.OfAsync(chromium, MadeUpPages.Small, scheme: ColorScheme.Dark);
        Assert.Equal(0, await opened.Page.Locator("#warm canvas").CountAsync());

        await opened.Page.EmulateMediaAsync(new() { Media = Media.Print });
        await opened.Page.EvaluateAsync("dispatchEvent(new Event('beforeprint'))");

        // The methods that the charts show are their legend on paper, too.
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
    public async Task Not_warm_not_known_and_failed_are_marked_as_visibly_as_slow()
    {
        await using OpenedPage opened = await OpenedPage.OfAsync(chromium, MadeUpRun.Report);
        await opened.Page.Locator("#tables").ScrollIntoViewIfNeededAsync();
        ILocator rows = opened.Page.Locator("#tables tbody tr");

        foreach ((string row, string state) in new[]
        {
            ("raw-fetch echo 1KB", "not viable"), ("raw-fetch echo 100KB", "not warm"), ("service-binding echo 100KB", "not known"), ("service-binding compute 1KB", "failed"),
        })
        {
            string[] words = row.Split(' ');
            ILocator mine = rows.Filter(new() { HasTextRegex = new($"{words[0]}.*{words[1]}.*{words[2]}(?!0)") }).First;
            await Assertions.Expect(mine.Locator(".chip").First).ToContainTextAsync(state);
            Assert.NotEqual("rgba(0, 0, 0, 0)", await mine.Locator(".chip").First.EvaluateAsync<string>("chip => getComputedStyle(chip).backgroundColor"));
        }
    }

    private static async Task AssertAccessibleAsync(IPage page)
    {
        // In the page itself: the package's own way, for pages with frames, takes each result through a second page, six
        // times as long.
        await page.EvaluateAsync(s_axe);
        await page.EvaluateAsync("axe.run(document, { resultTypes: ['violations'] }).then(result => { globalThis.axeResult = result; })");
        Assert.Empty(await page.EvaluateAsync<string[]>(
            "axeResult.violations.filter(rule => ['serious', 'critical'].includes(rule.impact)).map(rule => `${rule.id}: ${rule.help} ${rule.nodes[0].html}`)"));
        Assert.InRange(await page.EvaluateAsync<int>("axeResult.passes.length"), 1, int.MaxValue);
    }

    private static Task<string> GroundAsync(OpenedPage opened) => opened.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
}
