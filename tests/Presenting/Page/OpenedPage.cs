using Microsoft.Playwright;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Presenting.Page;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Tests.Presenting.Page;

/// <summary>A report's page in a browser, opened from disk as a user opens it. When it is closed, nothing may have gone wrong in it.</summary>
internal sealed class OpenedPage : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _wrong = [];
    private readonly IBrowserContext _context;

    private OpenedPage(IBrowserContext context) => _context = context;

    public required IPage Page { get; init; }

    public static async Task<OpenedPage> OfAsync(
        Chromium chromium, RunReport report, RunReport? baseline = null, IReadOnlyList<RunReport>? history = null,
        int width = 1440, ColorScheme scheme = ColorScheme.Light)
    {
        IBrowser browser = await chromium.BrowserAsync();
        IBrowserContext context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = 900 }, ColorScheme = scheme });
        var opened = new OpenedPage(context) { Page = await context.NewPageAsync() };
        opened.Page.SetDefaultTimeout(Chromium.PatienceMs);
        string path = opened._folder.File(HtmlReport.File);
        await using (StreamWriter file = File.CreateText(path))
        {
            HtmlReport.Write(new RunAnalysis(report), baseline, history ?? [], file);
        }

        string address = new Uri(path).AbsoluteUri;
        opened.Page.Console += (_, said) => opened.Note(said.Type is "error" or "warning", $"console {said.Type}: {said.Text}");
        opened.Page.PageError += (_, error) => opened.Note(true, $"error: {error}");
        opened.Page.Dialog += (_, dialog) => opened.Note(true, $"dialog: {dialog.Message}");
        opened.Page.Request += (_, request) => opened.Note(
            request.Url != address && !request.Url.StartsWith("data:", StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal), $"request: {request.Url}");
        await opened.Page.GotoAsync(address);
        return opened;
    }

    /// <summary>Brings a chart into view, and waits until it is drawn.</summary>
    /// <param name="place">The id of the element that holds it.</param>
    /// <param name="index">Which of those there.</param>
    public async Task<ILocator> PlotAsync(string place, int index = 0)
    {
        ILocator plot = Page.Locator($"#{place} .plot").Nth(index);
        await plot.ScrollIntoViewIfNeededAsync();
        await plot.Locator("canvas, .empty").First.WaitForAsync();
        return plot;
    }

    /// <summary>How many marks of a kind a chart has drawn.</summary>
    /// <param name="plot">The chart.</param>
    /// <param name="condition">An expression over <c>mark</c>, one of the drawing library's display list.</param>
    public static Task<int> MarksAsync(ILocator plot, string condition) => plot.EvaluateAsync<int>(
        $"plot => echarts.getInstanceByDom(plot).getZr().storage.getDisplayList(true).filter(mark => {condition}).length");

    /// <summary>Draws everything that a reader would see who scrolls to the end.</summary>
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
        Assert.Empty(_wrong);
    }

    private void Note(bool isWrong, string what)
    {
        if (isWrong)
        {
            _wrong.Add(what);
        }
    }
}
