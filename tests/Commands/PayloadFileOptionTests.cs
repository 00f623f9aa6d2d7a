using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Tests.Commands;

public sealed class PayloadFileOptionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _file;

    public PayloadFileOptionTests()
    {
        _file = _folder.File("orders.json");
        File.WriteAllText(_file, """{"orders": ["é", 1, 2, 3]}""");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Core_methods_are_measured_with_the_file_after_the_sizes()
    {
        string[] cases = await ListAsync();

        Assert.Equal(45, cases.Length);
        Assert.Equal(["direct", "service-binding", "raw-fetch"], cases.Select(id => id.Split('/')[0]).Distinct());
        Assert.Equal(
            [
                "direct/echo/100B", "direct/echo/1KB", "direct/echo/10KB", "direct/echo/100KB", "direct/echo/file", "direct/transform/100B",
            ],
            cases.Take(6));
    }

    [Theory]
    [InlineData("direct/echo/file service-binding/echo/file", "--filter", "service-binding/echo/file")]
    [InlineData(
        "direct/echo/1KB direct/echo/file raw-fetch/echo/1KB raw-fetch/echo/file",
        "--allCategories", "raw-fetch", "echo", "--anyCategories", "1KB", "file")]
    [InlineData("hop/-/file", "--filter", "hop/*", "--anyCategories", "file")]
    [InlineData(
        "direct/compute/file service-binding/compute/file",
        "--filter", "*Binding: \"service-binding\", Function: \"compute\", Payload: \"file\"*")]
    public async Task File_is_selected_by_its_label_like_a_size(string expected, params string[] arguments) =>
        Assert.Equal(expected.Split(' '), await ListAsync(arguments));

    [Theory]
    [InlineData("--payload-file matches no case: none that '*/echo/1KB' selects has the payload file.", "--list", "--filter", "*/echo/1KB")]
    [InlineData("--payload-file matches no case: none that '1KB' selects", "measure", "--anyCategories", "1KB")]
    [InlineData("No case matches 'nonsense'.", "--list", "--filter", "nonsense")]
    [InlineData("payloads: 100B, 1KB, 10KB, 100KB, file.", "--list", "--filter", "nonsense")]
    [InlineData("--payload-file orders.json: takes no part with --caller-url", "--list", "--caller-url", "http://127.0.0.1:1")]
    public async Task Payload_file_without_a_selected_case_is_refused(string named, params string[] arguments) =>
        RequireRefused(named, await Outcome.OfAsync([.. arguments, "--payload-file", _file, "--artifacts", _folder.Root]));

    [Theory]
    [InlineData("--list")]
    [InlineData("measure")]
    public async Task Invalid_payload_file_is_refused_before_measuring(string command)
    {
        File.WriteAllText(_file, "[1,\n2,]");

        RequireRefused($"--payload-file '{_file}' is no JSON (", await WithFileAsync(_file));
        RequireRefused($"--payload-file '{_file}' is no JSON (", await WithFileAsync(_folder.Root));
        RequireRefused("--payload-file '': expected <PATH>", await WithFileAsync(""));

        Task<Outcome> WithFileAsync(string file) => Outcome.OfAsync(command, "--payload-file", file, "--artifacts", _folder.Root);
    }

    [Fact]
    public async Task Payload_named_file_needs_the_option()
    {
        RequireRefused("No case matches '*/file'", await Outcome.OfAsync("--list", "--filter", "*/file"));
        RequireRefused("Unknown category 'file'", await Outcome.OfAsync("--list", "--anyCategories", "file"));
    }

    [Fact]
    public async Task Run_reads_payload_file_once_and_reports_describe_it()
    {
        PayloadFileReport expected = LoadedPayloadFile.Read(_file).Report;
        using var artifacts = new TemporaryFolder();
        using var run = new ProgramRun($"--profile quick --iterations 1000 --filter direct/echo/file --payload-file {_file}", artifacts);
        await run.UntilAsync("about");
        File.Delete(_file);

        Assert.Equal(0, await run.EndAsync());
        Assert.Contains($"payload file: {expected}; ", run.Output, StringComparison.Ordinal);
        Assert.Contains($"direct,echo,file,{expected.PayloadBytes},1,1000,", run.Report("percentiles.csv"), StringComparison.Ordinal);
        Assert.Equal(expected, run.Json().Run.PayloadFile);
        Assert.Equal(expected, RunReportJson.Read(artifacts.File("results/launches/1/report.json")).Run.PayloadFile);
        Assert.DoesNotContain(_folder.Root, run.Report("report.json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_measures_a_folder_as_a_mix_and_each_of_its_files()
    {
        File.WriteAllText(_folder.File("long.json"), $"\"{new string('x', 20_000)}\"");
        using var artifacts = new TemporaryFolder();
        using var run = new ProgramRun(
            $"--profile quick --iterations 1000 --filter direct/echo/file* --payload-file {_folder.Root}", artifacts);

        Assert.Equal(0, await run.EndAsync());
        RunReport report = run.Json();
        Assert.Equal(
            ["direct/echo/file", "direct/echo/file-long", "direct/echo/file-orders"], report.Cases.Select(one => one.Id.ToString()));
        Assert.All(report.Cases, one => Assert.Equal(1_000, Assert.Single(one.Passes).Calls));
        Assert.Equal(
            [.. report.Run.PayloadFile!.Labels.Select(label => report.Run.PayloadFile.PayloadBytesOf(label)!.Value)],
            report.Cases.Select(one => one.PayloadBytes));
        Assert.Contains(", a folder of 2 files, ", run.Output, StringComparison.Ordinal);
        Assert.Contains("; file draws its files in turn", run.Output, StringComparison.Ordinal);
    }

    private static void RequireRefused(string named, Outcome outcome)
    {
        Assert.Equal((2, ""), (outcome.Code, outcome.Output));
        Assert.Contains(named, outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }

    private async Task<string[]> ListAsync(params string[] arguments)
    {
        Outcome outcome = await Outcome.OfAsync([.. arguments, "--payload-file", _file, "--list"]);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        return outcome.Output.TrimEnd().Split('\n');
    }
}
