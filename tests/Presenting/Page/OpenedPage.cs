using Microsoft.Playwright;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Presenting.Page;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Tests.Presenting.Page;

/// <summary>A report's page in a browser, opened from disk. Fails on closing if it had an error or a dialog, or loaded a file.</summary>
internal sealed class OpenedPage : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _problems = [];
    private readonly IBrowserContext _context;

    private OpenedPage(IBrowserContext context) => _context = context;

    public required IPage Page { get; init; }

    public static async Task<OpenedPage> OfAsync(
        Chromium chromium, RunReport report, RunReport? baseline = null, IReadOnlyList<RunReport>? history = null,
        int width = 1440, ColorScheme scheme = ColorScheme.Light)
    {
        IBrowser browser = await chromium.BrowserAsync();
        IBrowserContext context =
            await browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = 900 }, ColorScheme = scheme });
        var opened = new OpenedPage(context) { Page = await context.NewPageAsync() };
        opened.Page.SetDefaultTimeout(Chromium.TimeoutMs);
        string path = opened._folder.File(HtmlReport.File);
        await using (StreamWriter file = File.CreateText(path))
        {
            HtmlReport.Write(new RunAnalysis(report), baseline, history ?? [], file);
        }

        string address = new Uri(path).AbsoluteUri;
        opened.Page.Console += (_, line) => opened.AddProblem(line.Type is "error" or "warning", $"console {line.Type}: {line.Text}");
        opened.Page.PageError += (_, error) => opened.AddProblem(true, $"error: {error}");
        opened.Page.Dialog += (_, dialog) => opened.AddProblem(true, $"dialog: {dialog.Message}");
        opened.Page.Request += (_, request) => opened.AddProblem(
            request.Url != address
                && !request.Url.StartsWith("data:", StringComparison.Ordinal)
                && !request.Url.StartsWith("blob:", StringComparison.Ordinal),
            $"request: {request.Url}");
        await opened.Page.GotoAsync(address);
        // The page's script unpacks the data, then fills the whole page at once.
        await opened.Page.Locator("#answer > *").First.WaitForAsync();
        return opened;
    }

    /// <summary>Brings a chart into view, and waits until it is drawn.</summary>
    /// <param name="place">The id of the element that contains the chart.</param>
    /// <param name="index">The number of the chart in that element, from 0.</param>
    public async Task<ILocator> PlotAsync(string place, int index = 0)
    {
        ILocator plot = Page.Locator($"#{place} .plot").Nth(index);
        await plot.ScrollIntoViewIfNeededAsync();
        await plot.Locator("canvas, .empty").First.WaitForAsync();
        return plot;
    }

    /// <summary>The number of marks that a chart has drawn and for which a condition holds.</summary>
    /// <param name="plot">The chart's plot.</param>
    /// <param name="condition">A JavaScript expression over <c>mark</c>, an element of the drawing library's display list.</param>
    public static Task<int> MarksAsync(ILocator plot, string condition) => plot.EvaluateAsync<int>(
        $"plot => echarts.getInstanceByDom(plot).getZr().storage.getDisplayList(true).filter(mark => {condition}).length");

    /// <summary>Scrolls to the end of the page, and waits until every chart and the table are drawn.</summary>
    public async Task ScrollThroughAsync()
    {
        int plots = await Page.Locator(".plot").CountAsync();
        for (int index = 0; index < plots; index++)
        {
            ILocator plot = Page.Locator(".plot").Nth(index);
            await plot.ScrollIntoViewIfNeededAsync();
            await plot.Locator("canvas, .empty").First.WaitForAsync();
        }

        await Page.Locator("#tables").ScrollIntoViewIfNeededAsync();
        await Page.Locator("#tables table").WaitForAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        _folder.Dispose();
        Assert.Empty(_problems);
    }

    private void AddProblem(bool isProblem, string description)
    {
        if (isProblem)
        {
            _problems.Add(description);
        }
    }
}
