using System.ComponentModel;
using System.Diagnostics;

namespace WorkerRpc.Benchmarks.Presenting.Serving;

/// <summary>Opens what a browser shows, by what the platform opens such things with.</summary>
internal static class Browser
{
    // An opener hands over and ends; one that does not by then is the browser itself.
    private static readonly TimeSpan s_handOver = TimeSpan.FromSeconds(5);

    private static readonly string[] s_screens = ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"];

    /// <summary>Opens a file or an address.</summary>
    /// <returns>Whether it could be opened; where not, the user has to be told where it is.</returns>
    public static Task<bool> OpenAsync(string target) =>
        // Without a screen, what is found there may be a browser of text, which would take the terminal over.
        OperatingSystem.IsLinux() && !HasScreen(Environment.GetEnvironmentVariable)
            ? Task.FromResult(false)
            : OpenAsync(() => Process.Start(new ProcessStartInfo(target) { UseShellExecute = true }));

    /// <summary>Whether a program can show a window, or the user has named a browser.</summary>
    /// <param name="variable">An environment variable's value; null where it is not set.</param>
    public static bool HasScreen(Func<string, string?> variable) =>
        s_screens.Any(name => !string.IsNullOrEmpty(variable(name)));

    /// <summary>Opens something by a program.</summary>
    /// <param name="start">Starts it; null where one that runs already took it over.</param>
    public static async Task<bool> OpenAsync(Func<Process?> start)
    {
        try
        {
            using Process? opener = start();
            if (opener is null)
            {
                return true;
            }

            using var handedOver = new CancellationTokenSource(s_handOver);
            await opener.WaitForExitAsync(handedOver.Token);
            return opener.ExitCode == 0;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            return false;
        }
    }
}
