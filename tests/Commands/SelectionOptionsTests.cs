using System.CommandLine;
using WorkerRpc.Benchmarks.Commands;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Bindings.Catalog;

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
    [InlineData(true, "--payload-kind", "text")]
    [InlineData(false, "--job", "short")]
    public void Run_is_default_without_options_of_selection_or_size(bool isDefault, params string[] arguments)
    {
        var options = new SelectionOptions();

        Assert.Equal(isDefault, options.IsDefault(Parse(options, arguments)));
    }

    [Theory]
    [InlineData(true, "--filter", "*")]
    [InlineData(true, "--filter", "*", "--launches", "3")]
    [InlineData(false)]
    [InlineData(false, "--filter", "*/echo/1KB")]
    [InlineData(false, "--filter", "*", "--profile", "standard")]
    [InlineData(false, "--filter", "*", "--iterations", "10000")]
    public void Passes_end_early_only_in_large_runs_without_a_given_length(bool mayEndEarly, params string[] arguments)
    {
        var options = new SelectionOptions();
        ParseResult parsed = Parse(options, arguments);

        Assert.Equal(mayEndEarly, options.MayPassesEndEarly(parsed, options.Select(parsed, new Matrix(BindingCatalog.BuiltIn))));
    }

    private static ParseResult Parse(SelectionOptions options, string[] arguments)
    {
        var command = new RootCommand { TreatUnmatchedTokensAsErrors = false };
        options.All.ToList().ForEach(command.Options.Add);
        return command.Parse(arguments);
    }
}
