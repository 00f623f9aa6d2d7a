using System.ComponentModel;
using System.Diagnostics;

namespace WorkerRpc.Benchmarks.Presenting.Serving;

/// <summary>Opens a file or an address in a browser, with the operating system's own opener.</summary>
internal static class Browser
{
    // An opener starts the browser and exits. A process that still runs after this time is the browser itself.
    private static readonly TimeSpan s_openerTimeout = TimeSpan.FromSeconds(5);

    private static readonly string[] s_displayVariables = ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"];

    /// <summary>Opens a file or an address.</summary>
    /// <returns>Whether a browser could be opened. If not, the caller shows the target to the user.</returns>
    public static Task<bool> OpenAsync(string target) =>
        // Without a screen, the opener may find a text browser, which would take over the terminal.
        OperatingSystem.IsLinux() && !HasScreen(Environment.GetEnvironmentVariable)
            ? Task.FromResult(false)
            : OpenAsync(() => Process.Start(new ProcessStartInfo(target) { UseShellExecute = true }));

    /// <summary>Whether a program can show a window, or the user has set a browser.</summary>
    /// <param name="variable">Gets an environment variable's value; null where it is not set.</param>
    public static bool HasScreen(Func<string, string?> variable) =>
        s_displayVariables.Any(name => !string.IsNullOrEmpty(variable(name)));

    /// <summary>Starts an opener, and waits until it exits.</summary>
    /// <param name="start">Starts the opener; returns null where a program that already runs opens the target.</param>
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
