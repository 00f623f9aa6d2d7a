using System.Globalization;
using System.Text;
using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Presenting.Wording;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Presenting.Documents;

/// <summary>Writes the output of <c>study table</c>: how often the gate is wrong, and how much its figures vary.</summary>
internal static class StudyText
{
    private const int Draws = 1_000;
    private const int CommitDigits = 10;

    private static readonly (string Title, bool IsNumber)[] s_columns =
    [
        ("what was measured", false), ("pairs", true), ("flagged", true), ("and confirmed", true), ("not known", true),
        ("flagged most often", false),
    ];

    /// <summary>Simulates gate runs with pairs that are drawn from a pool, and writes how often each verdict occurred.</summary>
    /// <param name="pool">The pool of measured pairs.</param>
    /// <param name="pairs">
    /// The number of pairs that a simulated run draws. If a figure of these pairs is reported as changed, the run draws as many again.
    /// </param>
    /// <exception cref="UnusableInputException">The pool has too few pairs of identical code or of the slowed control.</exception>
    public static string Write(StudyPool pool, int pairs)
    {
        StudyHeader header = pool.Header;
        string commit = RunText.Commit(header.Commit, CommitDigits);
        return new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"{pool.Pairs.Count} pairs of commit {commit}, seed {header.Seed}, ")
            .Append(CultureInfo.InvariantCulture, $"{header.Environment.Processor}, {header.Environment.Cores} cores, ")
            .Append(header.RuntimeSettings).Append(CultureInfo.InvariantCulture, $", payloads: {header.PayloadKind.Describe()}\n")
            .Append(CultureInfo.InvariantCulture, $"{Draws} draws of {pairs} pairs, and of {pairs} more ")
            .Append("where the first flagged something\n\n")
            .Append(MarkdownTable.Write(s_columns, [.. GateStudy.Rows(pool, pairs, Draws).Select(Cells)]))
            .Append("\nPair noise: root mean square of a figure's change over the pairs of identical code\n\n")
            .Append(MarkdownTable.Write(
                [("case", false), .. Metric.All.Select(metric => (metric.Name, true))],
                [.. header.Cases.Select(name => NoiseCells(pool, name))]))
            .ToString();
    }

    private static IReadOnlyList<string> NoiseCells(StudyPool pool, string caseName) =>
        [caseName, .. Metric.All.Select(metric => Noise(pool, caseName, metric))];

    private static IReadOnlyList<string> Cells(StudyRow row) =>
    [
        row.What,
        row.Pairs.ToString(CultureInfo.InvariantCulture),
        Percent(row.First),
        Percent(row.Confirmed),
        Percent(row.NotKnown),
        string.Join(", ", row.MostFlagged.Select(flagged => $"{flagged.Answer} {Percent(flagged.Share)}")),
    ];

    private static string Noise(StudyPool pool, string caseName, Metric metric) => GateStudy.Noise(pool, caseName, metric) is { } noise
        ? string.Create(CultureInfo.InvariantCulture, $"{100 * noise:0.00} {(metric.IsShare ? "pp" : "%")}")
        : "not known";

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0} %");
}
