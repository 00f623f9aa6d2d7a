using WorkerRpc.Benchmarks.Commands;

namespace WorkerRpc.Tests.Commands;

/// <summary>The result of running the program in this process.</summary>
/// <param name="Code">The exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record Outcome(int Code, string Output, string Error)
{
    public static async Task<Outcome> OfAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        ProgramExitCode code = await ProgramCommands.RunAsync(arguments, output, error, TestContext.Current.CancellationToken);
        return new Outcome((int)code, output.ToString(), error.ToString());
    }
}
