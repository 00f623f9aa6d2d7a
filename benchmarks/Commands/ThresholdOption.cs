using System.CommandLine;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Direct;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>The option <c>--threshold</c>, which sets limits on overheads.</summary>
internal sealed class ThresholdOption
{
    public Option<string[]> Option { get; } = new("--threshold")
    {
        Description = $"A limit on the overhead against direct, in place of {Threshold.Defaults}. "
            + "CASES is a glob over method/function/payload, without it every method that delegates; "
            + $"the cases it names decide the verdict too. The units of DURATION are {Threshold.Units}",
        AllowMultipleArgumentsPerToken = true,
        Arity = ArgumentArity.OneOrMore,
        HelpName = Threshold.Syntax,
    };

    /// <exception cref="UnusableInputException">A value cannot be parsed as a threshold.</exception>
    public IReadOnlyList<string> Values(ParseResult parsed)
    {
        string[] given = parsed.GetValue(Option) ?? [];
        _ = new ThresholdSet(given);
        return given;
    }

    /// <exception cref="UnusableInputException">A threshold matches no measured case, or two thresholds limit the same figure.</exception>
    public static void RequireUsable(IReadOnlyList<string> thresholds, IEnumerable<CaseId> cases) =>
        new ThresholdSet(thresholds).RequireUsable(cases.Where(id => id.Method != DirectBinding.BaselineId && !id.IsReference));
}
