using Microsoft.Playwright;
using WorkerRpc.Tests.Presenting.Page;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace WorkerRpc.Tests.Presenting.Page;

/// <summary>One headless browser for all tests of the page. It is the machine's own; none is downloaded.</summary>
public sealed class Chromium : IAsyncDisposable
{
    /// <summary>The timeout of an action on a page, in ms: long enough for a machine that runs other tests too.</summary>
    public const int TimeoutMs = 30_000;

    private const string Variable = "CHROMIUM";

    private static readonly string[] s_names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    // Debian's Chromium draws on the graphics card. Where there is none, the card is emulated, which is many times slower.
    private static readonly string[] s_software = ["--disable-gpu", "--disable-gpu-rasterization"];

    private readonly SemaphoreSlim _starting = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Starts the browser or returns the started one. Without a browser the test is skipped; in CI it fails.</summary>
    public async Task<IBrowser> BrowserAsync()
    {
        string? path = Find();
        if (path is null)
        {
            string why = $"Chromium is not here: looked for {string.Join(", ", s_names)} on the PATH, and for ${Variable}.";
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", why);
            Assert.Fail(why);
        }

        await _starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            Assertions.SetDefaultExpectTimeout(TimeoutMs);
            _playwright ??= await Playwright.CreateAsync();
            return _browser ??= await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = s_software });
        }
        finally
        {
            _starting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        _starting.Dispose();
    }

    private static string? Find() => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given ? given
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(_ => s_names, Path.Combine)
            .FirstOrDefault(File.Exists);
}
