using System.CommandLine;
using WorkerRpc.Benchmarks.Commands;

namespace WorkerRpc.Tests.Commands;

public class SelectionOptionsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(true, "--seed", "7")]
    [InlineData(false, "--filter", "*")]
    [InlineData(false, "--anyCategories", "core")]
    [InlineData(false, "--profile", "standard")]
    [InlineData(false, "--launches", "6")]
    [InlineData(false, "--iterations", "10000")]
    [InlineData(false, "--callers", "1")]
    [InlineData(false, "--payload-kind", "text")]
    [InlineData(false, "--job", "short")]
    public void Run_is_default_without_options_of_selection_or_size(bool isDefault, params string[] arguments)
    {
        var options = new SelectionOptions();
        var command = new RootCommand { TreatUnmatchedTokensAsErrors = false };
        options.All.ToList().ForEach(command.Options.Add);

        Assert.Equal(isDefault, options.IsDefault(command.Parse(arguments)));
    }
}
