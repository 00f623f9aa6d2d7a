using System.Diagnostics;

namespace WorkerRpc.Tests.CapnWeb.Hostile;

/// <summary>Finds recursion over what a peer sends or refers to.</summary>
public sealed class StackTests
{
    [Fact]
    public async Task Nothing_that_a_peer_sends_overflows_a_stack_of_256_KB()
    {
        using var child = new Process
        {
            StartInfo = new ProcessStartInfo(Environment.ProcessPath!)
            {
                ArgumentList = { "-class", typeof(DeepInputs).FullName!, "-explicit", "only", "-noColor" },
                // All threads of the process get a small stack. The number is hexadecimal.
                Environment = { ["DOTNET_Thread_DefaultStackSize"] = "40000" },
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        child.Start();
        Task<string> errors = child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await errors;
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(child.ExitCode == 0, output);
        // Every dimension ran, and the test with two sessions.
        Assert.Contains($"Total: {DeepInputs.Dimensions.Count + 1},", output, StringComparison.Ordinal);
    }
}
