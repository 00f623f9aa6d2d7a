using System.Globalization;
using System.Text;
using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Presenting.Wording;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;

namespace WorkerRpc.Benchmarks.Presenting.Documents;

/// <summary>
/// Writes the output of <c>study runs</c>: how much runs of identical code differ, and how often <c>compare</c> is wrong.
/// </summary>
internal static class RunsStudyText
{
    private const string Unknown = "–";
    private const int CommitDigits = 10;
    private const int MaxNamed = 4;

    /// <summary>Writes the study of recorded runs.</summary>
    public static string Write(RunPool pool)
    {
        var runs = BetweenRuns.Of(pool);
        IEnumerable<string> commits = pool.Runs.Select(run => RunText.Commit(run.Commit ?? "unknown", CommitDigits)).Distinct();
        StringBuilder text = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"{pool.Runs.Count} runs of {pool.Header.Launches} launches in ")
            .Append(CultureInfo.InvariantCulture, $"{runs.Sittings} sittings, commit {string.Join(", ", commits)}\n")
            .AppendJoin("; ", pool.Header.Conditions.Select(condition => $"{condition.Key}: {condition.Value}")).Append('\n')
            .AppendJoin('\n', pool.Sittings.Zip(pool.Runs).GroupBy(run => run.First, run => run.Second).Select(Sitting)).Append("\n\n")
            .Append("Spread between runs: root mean square difference of two runs ÷ √2, within a sitting / between sittings\n\n")
            .Append(MarkdownTable.Write(
                [("case", false), .. ComparedMetrics.All.Select(metric => (metric.Name, true))],
                [.. runs.Cases.Select(name => SpreadCells(runs, name))]))
            .Append('\n');
        return runs.Runs < BetweenRunsStudy.LeastRuns || runs.Sittings < 2
            ? text.Append(CultureInfo.InvariantCulture, $"How often `compare` is wrong takes {BetweenRunsStudy.LeastRuns} runs ")
                .Append("in two sittings.\n").ToString()
            : AppendErrors(text, BetweenRunsStudy.Of(runs)).ToString();
    }

    private static StringBuilder AppendErrors(StringBuilder text, BetweenRunsStudy study)
    {
        text.Append("Each pair of runs compared by the spread of all other runs. The pairs share runs and sittings, so they are not ")
            .Append("independent.\n")
            .Append(CultureInfo.InvariantCulture, $"Identical code: {study.Flagged} of {study.Pairs} pairs flagged, ")
            .Append(CultureInfo.InvariantCulture, $"{study.AllSame} with every p50, mean and allocation the same\n");
        if (study.FlaggedAnswers.Count > 0)
        {
            text.Append("flagged: ").AppendJoin("; ", study.FlaggedAnswers.Take(MaxNamed))
                .Append(study.FlaggedAnswers.Count > MaxNamed
                    ? string.Create(CultureInfo.InvariantCulture, $"; and {study.FlaggedAnswers.Count - MaxNamed} more\n")
                    : "\n");
        }

        return text.Append("\nAll times of the later run multiplied\n\n").Append(MarkdownTable.Write(
            [("times", true), ("all cases slower: pairs flagged", true), ("one case slower: flagged", true)],
            [
                .. study.Powers.Select(power => new[]
                {
                    "× " + power.Factor.ToString("0.0", CultureInfo.InvariantCulture),
                    Format.Percent(power.OfAllCases, "0"),
                    Format.Percent(power.OfOneCase, "0"),
                }),
            ]));
    }

    private static string Sitting(IGrouping<int, RecordedRun> runs) => string.Create(
        CultureInfo.InvariantCulture,
        $"sitting {runs.Key}: {runs.Count()} runs, {RunText.Minute(runs.First().StartedAt)} to "
        + $"{RunText.Minute(RunPool.EndOf(runs.Last()))} UTC");

    private static IReadOnlyList<string> SpreadCells(BetweenRuns runs, string name) =>
    [
        name,
        .. ComparedMetrics.All.Select(metric =>
            $"{Cell(runs.SpreadOf(name, metric, betweenSittings: false))} / {Cell(runs.SpreadOf(name, metric, betweenSittings: true))}"),
    ];

    private static string Cell(double? spread) => spread is { } known ? Format.Percent(Math.Exp(known) - 1, "0.0") : Unknown;
}
