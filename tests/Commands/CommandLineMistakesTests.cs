using System.CommandLine;
using System.CommandLine.Help;
using WorkerRpc.Benchmarks.Commands;

namespace WorkerRpc.Tests.Commands;

public class CommandLineMistakesTests
{
    private const string Commands = "Known: compare, gate, history, measure, report, selftest, study.";

    public static TheoryData<string, string, string> EveryOptionWithValue
    {
        get
        {
            var options = new TheoryData<string, string, string>();
            foreach (string command in ProgramCommands.Names.Prepend(""))
            {
                foreach (Option option in ProgramCommands.Create(command).Syntax.Options)
                {
                    if (option is not (HelpOption or VersionOption or Option<bool>))
                    {
                        options.Add(command, option.Name, option.HelpName!);
                    }
                }
            }

            return options;
        }
    }

    [Theory]
    [MemberData(nameof(EveryOptionWithValue))]
    public async Task Empty_value_is_refused_by_every_option(string command, string option, string value)
    {
        string[] start = command.Length > 0 ? [command] : [];
        foreach (string empty in new[] { "", " " })
        {
            Outcome outcome = await Outcome.OfAsync([.. start, option, empty]);

            Assert.Equal((2, ""), (outcome.Code, outcome.Output));
            Assert.Contains($"{option} '': expected <{value}>, not an empty text.", outcome.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("compare: <BASE> '': expected a value, not an empty text.", "compare", "", "b")]
    [InlineData("history: <REPORTS> '': expected a value", "history", "")]
    [InlineData("--exporters '': expected a value", "--list=flat", "--exporters", "")]
    [InlineData("'': expected a value", "--list=flat", "")]
    [InlineData("compare: The argument <BASE> is missing. compare: The argument <CURRENT> is missing.", "compare")]
    [InlineData("compare: The argument <CURRENT> is missing.", "compare", "a")]
    [InlineData("study: The argument <record|table|record-runs|runs> is missing.", "study")]
    [InlineData("gate: The option --base <REF> is missing.", "gate")]
    [InlineData("gate: The value <REF> of --base is missing.", "gate", "--base")]
    [InlineData("The value <N> of --iterations is missing.", "--list=flat", "--iterations")]
    [InlineData("The value <GLOB> of --filter is missing.", "--list=flat", "--filter")]
    [InlineData("report: The value <FILE> of --from is missing.", "report", "--from")]
    [InlineData("report: the option --from <FILE> is missing. Or: --open for the last run, --serve for a list", "report")]
    [InlineData(
        "Unknown command 'compar'. Did you mean 'compare'? " + Commands + " Without a command, options start a run.",
        "compar", "a")]
    [InlineData("Unknown command 'reports'. Did you mean 'report'? " + Commands, "reports", "--from", "x")]
    [InlineData("Unknown command 'frobnicate'. " + Commands, "--list=flat", "frobnicate")]
    [InlineData("The command 'compare' has to be the first argument.", "--profile", "quick", "compare", "a", "b")]
    [InlineData("Unknown option '--iteration'. Did you mean '--iterations'?", "--list=flat", "--iteration", "5")]
    [InlineData("Unknown option '--Filter'. Did you mean '--filter'?", "--list=flat", "--Filter", "*")]
    [InlineData("Unknown option '--exporter=json'. Did you mean '--exporters'?", "--list=flat", "--exporter=json")]
    [InlineData("report: Unknown option '--form'. Did you mean '--from'?", "report", "--form", "x")]
    [InlineData("gate: Unknown option '--bass'. Did you mean '--base'?", "gate", "--bass", "main")]
    [InlineData("compare: Unexpected argument 'c'. Expected: <BASE> <CURRENT> [options].", "compare", "a", "b", "c")]
    [InlineData("report: Unexpected argument '/'. Did you mean '--from /'? Expected: [options].", "report", "/")]
    [InlineData("Unknown profile 'quik'. Did you mean 'quick'? Known: quick,", "--list=flat", "--profile", "quik")]
    [InlineData(
        "Unknown category 'servicebinding'. Did you mean 'service-binding'? Known:",
        "--list=flat", "--anyCategories", "servicebinding")]
    [InlineData(
        "No case matches 'servicebinding/echo/1KB'. Did you mean 'service-binding/echo/1KB'?",
        "--list=flat", "--filter", "servicebinding/echo/1KB")]
    [InlineData("Did you mean 'service-binding/echo/1KB'?", "--list=flat", "--filter", "direct/*", "service-binding/ehco/2KB")]
    [InlineData("No case matches 'raw-fetch'. Did you mean 'raw-fetch/*/*'?", "--list=flat", "--filter", "raw-fetch")]
    [InlineData("No case matches 'ehco'. Did you mean '*/echo/*'?", "--list=flat", "--filter", "ehco")]
    [InlineData("No case matches '10K'. Did you mean '*/*/10KB'?", "--list=flat", "--filter", "10K")]
    [InlineData("No case matches 'none/*'. Methods: direct,", "--list=flat", "--filter", "*/echo/1KB", "none/*")]
    [InlineData(
        "'raw-fecth/*:p50=1ms' matches no case that delegates. Did you mean 'raw-fetch/*/*'?",
        "--list=flat", "--threshold", "raw-fecth/*:p50=1ms")]
    [InlineData("one of the units s, ms, us, µs, ns.", "--list=flat", "--threshold", "p50=1h")]
    [InlineData(
        "'p50=1ms' and 'raw-fetch/*:p50=2ms' both limit the p50 of raw-fetch/echo/100B.",
        "--list=flat", "--threshold", "p50=1ms", "raw-fetch/*:p50=2ms")]
    [InlineData("--json takes no part in --list, which has no verdict.", "--list=flat", "--json")]
    [InlineData("--quiet takes no part in --serve, which has no verdict.", "report", "--serve", "--quiet")]
    public async Task Mistake_is_refused_in_one_line_with_what_was_meant(string expected, params string[] arguments)
    {
        Outcome outcome = await Outcome.OfAsync(arguments);

        Assert.Equal((2, ""), (outcome.Code, outcome.Output));
        Assert.StartsWith("error: ", outcome.Error, StringComparison.Ordinal);
        Assert.Contains(expected, outcome.Error, StringComparison.Ordinal);
        Assert.Equal(2, outcome.Error.Count(c => c == '\n'));
    }

    [Fact]
    public async Task Value_after_an_equals_sign_must_not_be_missing()
    {
        Outcome outcome = await Outcome.OfAsync("--list=flat", "--bindings=");

        Assert.Equal(2, outcome.Code);
        Assert.Contains("--bindings", outcome.Error, StringComparison.Ordinal);
    }
}
