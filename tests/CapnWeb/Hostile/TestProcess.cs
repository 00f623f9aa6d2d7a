using System.Diagnostics;

namespace WorkerRpc.Tests.CapnWeb.Hostile;

/// <summary>Runs explicit tests in a process of their own.</summary>
internal static class TestProcess
{
    /// <summary>Runs all tests of a class, and asserts that each has passed.</summary>
    /// <param name="tests">The class.</param>
    /// <param name="count">The number of its tests.</param>
    /// <param name="environment">Settings of the process.</param>
    public static async Task RunAsync(Type tests, int count, params (string Name, string Value)[] environment)
    {
        using var child = new Process
        {
            StartInfo = new ProcessStartInfo(Environment.ProcessPath!)
            {
                ArgumentList = { "-class", tests.FullName!, "-explicit", "only", "-noColor" },
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        foreach ((string name, string value) in environment)
        {
            child.StartInfo.Environment[name] = value;
        }

        child.Start();
        Task<string> errors = child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await errors;
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(child.ExitCode == 0, output);
        Assert.Contains($"Total: {count},", output, StringComparison.Ordinal);
    }
}
