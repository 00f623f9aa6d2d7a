using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.Runs;

/// <summary>How much faster or slower the methods' calls became during the timed calls of a pass.</summary>
internal sealed class Drift
{
    private readonly PassDrift[] _passes;

    /// <param name="report">The report of the run.</param>
    public Drift(RunReport report)
    {
        _passes = [.. report.Cases.SelectMany(one => one.Passes, (one, pass) => new PassDrift(one.Id, pass))];
        Methods =
        [
            .. from pass in _passes
               where pass.Pass.FirstThirdP50Ns > 0
               group pass.Ratio by pass.Case.Method into method
               let ratio = Medians.Middle([.. method.Order()])
               orderby ratio
               select (method.Key, ratio),
        ];
    }

    /// <summary>The median of each method's ratios <see cref="PassDrift.Ratio"/> over its passes, the lowest ratio first.</summary>
    public IReadOnlyList<(string Method, double Ratio)> Methods { get; }

    /// <summary>The number of passes that drifted by more than 10 %, as text. Null if no pass did.</summary>
    public string? Drifted
    {
        get
        {
            (int fell, int rose) = (_passes.Count(pass => pass.Fell), _passes.Count(pass => pass.Rose));
            return fell + rose == 0 ? null : FormattableString.Invariant($"p50 changed by more than {PassDrift.Limit * 100:0} % within ")
                + FormattableString.Invariant($"{fell + rose} of {_passes.Length} passes ({fell} fell, {rose} rose)");
        }
    }

    /// <summary>The pass whose p50 changed most. Null if there is no pass.</summary>
    public PassDrift? Worst => _passes.MaxBy(pass => Math.Abs(Math.Log(pass.Ratio)));
}
