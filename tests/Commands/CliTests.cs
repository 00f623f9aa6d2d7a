using WorkerRpc.Benchmarks.Commands;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Commands;

public class CliTests
{
    [Theory]
    [InlineData("run.txt")]
    [InlineData("compare.txt", "compare")]
    [InlineData("gate.txt", "gate")]
    [InlineData("history.txt", "history")]
    [InlineData("measure.txt", "measure")]
    [InlineData("report.txt", "report")]
    [InlineData("selftest.txt", "selftest")]
    [InlineData("study.txt", "study")]
    public async Task Help_matches_its_golden_file(string file, params string[] command)
    {
        Outcome outcome = await Outcome.OfAsync([.. command, "--help"]);

        Golden.RequireSame("Commands/Golden/" + file, outcome.Output);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
    }

    [Fact]
    public async Task Help_is_shown_even_beside_a_mistake()
    {
        Outcome outcome = await Outcome.OfAsync("--seed", "1", "--seed", "2", "--help");

        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.Contains("--iterations <N>", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_is_one_line_with_the_programs_version()
    {
        Outcome outcome = await Outcome.OfAsync("--version");

        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.StartsWith(typeof(ProgramCommands).Assembly.GetName().Version!.ToString(3), outcome.Output, StringComparison.Ordinal);
        Assert.Equal(1, outcome.Output.Count(c => c == '\n'));
    }

    // With --list nothing is measured, even if a mistake is not refused.
    [Theory]
    [InlineData("'--frobnicate'", "--frobnicate")]
    [InlineData("'frobnicate'", "frobnicate")]
    [InlineData("'--frobnicate'", "--filter", "*", "--frobnicate")]
    [InlineData("'--frobnicate'", "--list", "--frobnicate")]
    [InlineData("--runtimes", "--runtimes", "net10.0")]
    [InlineData("'huge'. Known: quick, standard, full.", "--profile", "huge")]
    [InlineData("--iterations 0: expected 1 to 1000000 timed calls", "--iterations", "0")]
    [InlineData("--iterations -1: expected 1 to 1000000 timed calls", "--iterations", "-1")]
    [InlineData("--iterations 'abc': expected 1 to 1000000 timed calls", "--iterations", "abc")]
    [InlineData("--iterations '1,000': expected 1 to 1000000 timed calls", "--iterations", "1,000")]
    [InlineData("--iterations 1000001: expected 1 to 1000000 timed calls", "--iterations", "1000001")]
    [InlineData("--iterations 99999999: expected 1 to 1000000 timed calls", "--iterations", "99999999")]
    [InlineData("--iterations '99999999999': expected 1 to 1000000 timed calls", "--iterations", "99999999999")]
    [InlineData("--launches 0: expected 1 to 100 launches", "--launches", "0")]
    [InlineData("--launches 101: expected 1 to 100 launches", "--launches", "101")]
    [InlineData("--callers 0: expected 1 to 1024 callers.", "--callers", "1,0")]
    [InlineData("--callers 1025: expected 1 to 1024 callers.", "--callers", "1025")]
    [InlineData("--callers -1: expected 1 to 1024 callers.", "--callers", "-1")]
    [InlineData("--callers 'many': expected 1 to 1024 callers.", "--callers", "1,many")]
    [InlineData("--callers '': expected 1 to 1024 callers.", "--callers", "1,,8")]
    [InlineData("--callers '8,1,8': 8 stands more than once; expected different numbers", "--callers", "8,1,8")]
    [InlineData("--callers '1,2,3,4,5,6,7,8,9': 9 numbers; expected 1 to 8.", "--callers", "1,2,3,4,5,6,7,8,9")]
    [InlineData("--callers 1,8: takes no part with --caller-url", "--caller-url", "http://127.0.0.1:1", "--callers", "1,8")]
    [InlineData("'--callers' expects a single argument", "--callers", "1", "--callers", "8")]
    [InlineData("Unknown payload kind 'prose'. Known: text, letters, json, binary.", "--payload-kind", "prose")]
    [InlineData("--seed -1: expected 0 to 2147483647", "--seed", "-1")]
    [InlineData("--timeout 0: expected 1 to 86400 seconds", "--timeout", "0")]
    [InlineData("--name 'a/b': expected 1 to 64 of the characters ", "--name", "a/b")]
    [InlineData("--keep 0: expected 1 to 10000 runs", "--keep", "0")]
    [InlineData("'nonsense': expected [CASES:]p50|", "--threshold", "nonsense")]
    [InlineData("'grpc/*:p50=1ms' matches no case that delegates. Selected: service-binding/echo/100B,", "--threshold", "grpc/*:p50=1ms")]
    [InlineData("'nonsense'. Methods: direct, service-binding, ", "--filter", "nonsense")]
    [InlineData("; functions: echo, transform, compute; payloads: 100B, 1KB, 10KB, 100KB.", "--filter", "nonsense")]
    [InlineData("Unknown category 'nonsense'. Known: direct, core,", "--anyCategories", "nonsense")]
    [InlineData("Unknown category 'nonsense'. Known: direct, core,", "--allCategories", "echo", "nonsense")]
    [InlineData("'echo', 'compute'. Methods: direct,", "--allCategories", "echo", "compute")]
    [InlineData("'--seed' expects a single argument", "--seed", "1", "--seed", "2")]
    public async Task Mistake_gives_exit_code_2_and_names_accepted_values(string named, params string[] arguments) =>
        RequireRefused(await Outcome.OfAsync(["--list=flat", .. arguments]), named, "--help shows what is accepted.");

    [Theory]
    [InlineData("--from <FILE> is missing", "report")]
    [InlineData("'--from'", "report", "--from", "a", "--from", "b")]
    [InlineData("missing.json", "report", "--from", "missing.json")]
    [InlineData("'--frobnicate'", "report", "--from", "missing.json", "--frobnicate")]
    public async Task Mistake_after_a_command_points_to_its_help(string named, params string[] arguments) =>
        RequireRefused(await Outcome.OfAsync(arguments), named, "report --help shows what is accepted.");

    [Theory]
    [InlineData("gate", "--base", "HEAD")]
    [InlineData("measure")]
    [InlineData("study", "record")]
    public async Task Unknown_payload_kind_is_refused_before_measuring(params string[] command) => RequireRefused(
        await Outcome.OfAsync([.. command, "--payload-kind", "Text"]),
        "Unknown payload kind 'Text'. Did you mean 'text'? Known: text, letters, json, binary.",
        $"{command[0]} --help shows what is accepted.");

    [Fact]
    public async Task Measure_has_no_option_launches() => RequireRefused(
        await Outcome.OfAsync("measure", "--launches", "2"),
        "Unknown option '--launches'.",
        "measure --help shows what is accepted.");

    [Fact]
    public async Task Bindings_path_that_is_no_assembly_is_refused()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("text.dll"), "text", TestContext.Current.CancellationToken);

        foreach (string path in new[] { folder.File("missing.dll"), folder.Root, folder.File("text.dll") })
        {
            RequireRefused(await Outcome.OfAsync("--list", "--bindings", path), path + " cannot be loaded", "--help");
        }
    }

    [Fact]
    public async Task Assembly_without_bindings_is_refused()
    {
        string path = typeof(UnusableInputException).Assembly.Location;

        Outcome outcome = await Outcome.OfAsync("--list", "--bindings", path);

        RequireRefused(outcome, path + " has no binding: expected a public type that implements", "--help");
    }

    private static void RequireRefused(Outcome outcome, string named, string pointer)
    {
        Assert.Equal((2, ""), (outcome.Code, outcome.Output));
        Assert.StartsWith("error: ", outcome.Error, StringComparison.Ordinal);
        Assert.Contains(named, outcome.Error, StringComparison.Ordinal);
        Assert.EndsWith(pointer + (pointer.EndsWith('.') ? "\n" : " shows what is accepted.\n"), outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", outcome.Error, StringComparison.Ordinal);
    }
}
