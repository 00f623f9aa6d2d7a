using System.Text;
using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Presenting.Pictures;

namespace WorkerRpc.Tests.Presenting.Pictures;

public class ChangePictureTests
{
    [Fact]
    public void Every_judgement_has_a_style_and_a_word_in_the_legend()
    {
        Judgement[] judgements = Enum.GetValues<Judgement>();

        string svg = Svg([.. judgements.Select(judgement => P50($"{judgement}/echo/1KB", judgement))]);

        Assert.All(judgements, judgement => Assert.Contains(P50("", judgement).Words, svg, StringComparison.Ordinal));
    }

    [Fact]
    public void Changes_and_open_cases_come_before_the_same_ones()
    {
        Answer[] same = [.. Enumerable.Range(0, 40).Select(number => P50($"same{number}/echo/1KB", Judgement.Same))];

        string svg = Svg([.. same, P50("noisy/echo/1KB", Judgement.TooNoisy), P50("worse/echo/1KB", Judgement.Slower)]);

        Assert.All(["worse", "noisy", "same0"], name => Assert.Matches($@">\s*{name}/echo/1KB\s*<", svg));
        Assert.DoesNotMatch(@">\s*same39/echo/1KB\s*<", svg);
    }

    private static string Svg(Answer[] answers) => Encoding.UTF8.GetString(ChangePicture.Of(
        new Comparison
        {
            Title = "Gate",
            Base = "main",
            Current = "the work tree",
            Answers = answers,
            Failures = [],
            Basis = [],
            Warnings = [],
        },
        "gate")!.Svg());

    private static Answer P50(string name, Judgement judgement) =>
        new() { Case = name, Metric = Metric.P50, Judgement = judgement, Change = 0.1, Low = 0.05, High = 0.15 };
}
