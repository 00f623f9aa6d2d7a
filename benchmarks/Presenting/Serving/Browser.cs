using System.ComponentModel;
using System.Diagnostics;

namespace WorkerRpc.Benchmarks.Presenting.Serving;

/// <summary>Opens a file or an address in a browser, through the opener of the operating system, such as xdg-open.</summary>
internal static class Browser
{
    // An opener starts the browser and exits. A process that still runs after 5 s is the browser itself.
    private static readonly TimeSpan s_openerTimeout = TimeSpan.FromSeconds(5);

    private static readonly string[] s_displayVariables = ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"];

    /// <summary>Opens a file or an address in a browser.</summary>
    /// <returns>Whether a browser opened. If not, the caller prints the address for the user.</returns>
    public static Task<bool> OpenAsync(string target) =>
        // Does not open anything without a screen, because the opener might start a text browser, which would take over the terminal.
        OperatingSystem.IsLinux() && !HasScreen(Environment.GetEnvironmentVariable)
            ? Task.FromResult(false)
            : OpenAsync(() => Process.Start(new ProcessStartInfo(target) { UseShellExecute = true }));

    /// <summary>Whether a program can open a window, or the user has configured a browser.</summary>
    /// <param name="variable">Returns the value of an environment variable, or null if the variable is not set.</param>
    public static bool HasScreen(Func<string, string?> variable) =>
        s_displayVariables.Any(name => !string.IsNullOrEmpty(variable(name)));

    /// <summary>Starts a program that opens a page, and waits until it exits. Returns whether it succeeded.</summary>
    /// <param name="start">Starts the program. Returns null if a browser that already runs opens the page instead.</param>
    public static async Task<bool> OpenAsync(Func<Process?> start)
    {
        try
        {
            using Process? opener = start();
            if (opener is null)
            {
                return true;
            }

            using var timeout = new CancellationTokenSource(s_openerTimeout);
            await opener.WaitForExitAsync(timeout.Token);
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
