using System.ComponentModel;
using CliWrap;
using CliWrap.Buffered;

namespace WorkerRpc.Benchmarks.Measuring.Builds;

/// <summary>The result of a git command.</summary>
/// <param name="Succeeded">Whether the exit code was 0.</param>
/// <param name="Output">Standard output without leading and trailing white space.</param>
/// <param name="Error">Standard error without leading and trailing white space.</param>
internal sealed record GitAnswer(bool Succeeded, string Output, string Error);

/// <summary>Runs git commands.</summary>
/// <param name="folder">The working directory.</param>
/// <param name="interrupted">The token that kills a running command.</param>
internal sealed class Git(string folder, CancellationToken interrupted)
{
    /// <summary>Runs a git command.</summary>
    /// <returns>The command's result. If git is not installed, the result is a failure with an explanation.</returns>
    public async Task<GitAnswer> RunAsync(params IEnumerable<string> arguments)
    {
        Command git = Cli.Wrap("git")
            .WithArguments(arguments)
            .WithWorkingDirectory(folder)
            .WithValidation(CommandResultValidation.None)
            .WithEnvironmentVariables(variables => variables
                // `git stash create` makes a commit, and git makes no commit without an author's name.
                .Set("GIT_AUTHOR_NAME", "WorkerRpc.Benchmarks")
                .Set("GIT_AUTHOR_EMAIL", "benchmarks@localhost")
                .Set("GIT_COMMITTER_NAME", "WorkerRpc.Benchmarks")
                .Set("GIT_COMMITTER_EMAIL", "benchmarks@localhost")
                // Makes git write its errors in English, because the program shows them to the user.
                .Set("LC_ALL", "C"));
        try
        {
            BufferedCommandResult result = await git.ExecuteBufferedAsync(interrupted);
            return new GitAnswer(result.IsSuccess, result.StandardOutput.Trim(), result.StandardError.Trim());
        }
        catch (Win32Exception)
        {
            return new GitAnswer(false, "", "there is no git on this machine");
        }
    }
}
