using WorkerRpc.Benchmarks.Commands;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Commands;

/// <summary>Each test runs in its own current folder, with files like those of benchmarks/ and a hidden file.</summary>
[Collection(Alone.Name)]
public sealed class ShellExpansionTests : IDisposable
{
    private static readonly string[] s_visible = ["App", "Benchmarks.csproj", "Measurement", "packages.lock.json"];
    private static readonly Matrix s_matrix = new(BindingCatalog.BuiltIn);

    private readonly TemporaryFolder _folder = new();
    private readonly string _before = Directory.GetCurrentDirectory();

    public ShellExpansionTests()
    {
        Fill(_folder.Root);
        Directory.SetCurrentDirectory(_folder.Root);
    }

    public void Dispose()
    {
        Directory.SetCurrentDirectory(_before);
        _folder.Dispose();
    }

    [Fact]
    public void All_visible_entries_mean_a_star() => Assert.Equal(["*"], ShellExpansion.Undo(s_visible, s_matrix));

    [Fact]
    public void Order_of_entries_does_not_matter() => Assert.Equal(["*"], ShellExpansion.Undo([.. s_visible.Reverse()], s_matrix));

    [Fact]
    public void Build_folders_may_be_missing()
    {
        Assert.Equal(["*"], ShellExpansion.Undo([.. s_visible, "bin", "obj"], s_matrix));
        Directory.CreateDirectory(_folder.File("bin"));
        Assert.Equal(["*"], ShellExpansion.Undo(s_visible, s_matrix));
    }

    [Fact]
    public void Visible_entries_of_a_benchmarks_subfolder_mean_a_star()
    {
        using var repository = new TemporaryFolder();
        Fill(Directory.CreateDirectory(repository.File("benchmarks")).FullName);
        Directory.SetCurrentDirectory(repository.Root);

        Assert.Equal(["*"], ShellExpansion.Undo(s_visible, s_matrix));
        Directory.SetCurrentDirectory(_folder.Root);
    }

    [Theory]
    [InlineData("App")]
    [InlineData("App", "Measurement", "packages.lock.json")]
    [InlineData("App", "Benchmarks.csproj", "Measurement", "packages.lock.json", ".hidden")]
    public void Incomplete_list_of_files_is_refused_with_advice(params string[] filters)
    {
        string message = Assert.Throws<UnusableInputException>(() => ShellExpansion.Undo(filters, s_matrix)).Message;

        Assert.Contains("quote it: --filter '*'", message, StringComparison.Ordinal);
        Assert.Contains(filters[0], message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("*")]
    [InlineData("service-binding/echo/1KB")]
    [InlineData("*/echo/1KB", "App")]
    [InlineData("no-such-file")]
    [InlineData("App", "no-such-file")]
    public void Filters_that_are_no_files_stay_the_same(params string[] filters) =>
        Assert.Equal(filters, ShellExpansion.Undo(filters, s_matrix));

    [Fact]
    public void Pattern_that_matches_a_case_stays_despite_a_file()
    {
        Directory.CreateDirectory(_folder.File("direct/echo"));
        File.WriteAllText(_folder.File("direct/echo/1KB"), "");

        Assert.Equal(["direct/echo/1KB"], ShellExpansion.Undo(["direct/echo/1KB"], s_matrix));
    }

    private static void Fill(string folder)
    {
        foreach (string name in s_visible.Append(".hidden"))
        {
            File.WriteAllText(Path.Combine(folder, name), "");
        }
    }
}
