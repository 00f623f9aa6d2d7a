using System.CommandLine;
using System.Text.Json.Nodes;
using WorkerRpc.Benchmarks.Commands;

namespace WorkerRpc.Tests.Commands.SelfTest;

public class SelfTestVerdictTests
{
    private const string WrongFigure = "truth-mixed, true: DOES NOT HOLD: p50";
    private const string WrongAnswer = "head, the same code: FALSE ALARM";

    [Theory]
    [InlineData("passed", 0, "every lie is caught")]
    [InlineData("failed", 1, "the figures of this program", WrongFigure)]
    [InlineData("failed", 1, "the gate's answers", WrongAnswer)]
    [InlineData("failed", 1, "the figures of this program", WrongFigure, WrongAnswer)]
    public void Json_has_the_verdict_and_all_that_failed(string verdict, int code, string words, params string[] failures)
    {
        (ProgramExitCode exitCode, string output) = Print("--json", failures);

        JsonNode json = JsonNode.Parse(output)!;
        Assert.Equal((verdict, code, code), ((string)json["verdict"]!, (int)json["exitCode"]!, (int)exitCode));
        Assert.Contains(words, (string)json["sentence"]!, StringComparison.Ordinal);
        Assert.Equal(failures, json["failures"]!.AsArray().Select(failure => (string)failure!));
    }

    [Fact]
    public void Quiet_prints_the_verdict_and_the_path_alone()
    {
        (_, string output) = Print("--quiet", [WrongAnswer]);

        Assert.Equal("Self-test failed: the gate's answers on this machine are not to be trusted.\nReports: /reports\n", output);
    }

    private static (ProgramExitCode Code, string Output) Print(string option, string[] failures)
    {
        using var output = new StringWriter { NewLine = "\n" };
        var options = new VerdictOptions();
        var syntax = new RootCommand();
        options.All.ToList().ForEach(syntax.Options.Add);
        VerdictOutput verdict = options.Output(syntax.Parse([option]), output);
        Conclusion conclusion = SelfTestCommand.Conclude(
            [.. failures.Where(failure => failure == WrongFigure)], [.. failures.Where(failure => failure == WrongAnswer)], "/reports");
        ProgramExitCode code = SelfTestCommand.Print(conclusion, verdict);
        return (code, output.ToString());
    }
}
