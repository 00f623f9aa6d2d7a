using System.Globalization;
using System.Text;
using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Presenting.Wording;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Presenting.Documents;

/// <summary>Writes the output of <c>study table</c>: how often the gate is wrong, and what it finds.</summary>
internal sealed class StudyText
{
    // The pair noise up to which the gate promises to find +10 %.
    private const double PromisedNoise = 0.04;

    private const int CommitDigits = 10;

    private static readonly (string Title, bool IsNumber)[] s_changeColumns =
    [
        ("what changed", false), ("runs", true), ("found", true), ("any flag", true), ("said \"same\" of it", true),
        ("said \"some processes\"", true), ("second batch", true), ("long second batch", true), ("suspects", true),
    ];

    private static readonly (string Title, bool IsNumber)[] s_powerColumns =
    [
        ("method", false), ("cases", true), ("p50 noise", true), ("mean noise", true), ("delay in the p50", true), ("+10 % delayed", true),
        ("+10 %", true), ("+5 %", true), ("+3 %", true),
    ];

    private readonly StudyPool _pool;
    private readonly GatePairs _pairs;
    private readonly GateStudy _study;
    private readonly int _runs;
    private readonly StudyHeader _now;

    /// <param name="pool">The pool of measured pairs.</param>
    /// <param name="pairs">The numbers of pairs of a gate run.</param>
    /// <param name="runs">The number of simulated runs for a change of a single case. Other rows have two or ten times as many.</param>
    /// <param name="now">The header of a study that would be recorded now, with the settings of the gate's processes.</param>
    /// <param name="interrupted">A token that ends <see cref="Write"/> with an <see cref="OperationCanceledException"/>.</param>
    public StudyText(StudyPool pool, GatePairs pairs, int runs, StudyHeader now, CancellationToken interrupted = default) =>
        (_pool, _pairs, _study, _runs, _now) = (pool, pairs, new GateStudy(pool, pairs, interrupted), runs, now);

    /// <summary>Simulates gate runs with pairs that are drawn from a pool, and writes how often each answer occurred.</summary>
    /// <exception cref="UnusableInputException">The pool has too few pairs.</exception>
    public string Write()
    {
        StudyHeader header = _pool.Header;
        string commit = RunText.Commit(header.Commit, CommitDigits);
        StudyCounts identical = _study.Identical(10 * _runs);
        StudyCounts[] apart = [.. _study.IdenticalRunsApart()];
        int flagged = apart.Sum(run => run.Flagged);
        return new StringBuilder()
            .Append(OtherSettings())
            .Append(CultureInfo.InvariantCulture, $"{_pool.Pairs.Count} pairs of identical code in {_pool.Sittings} sittings, ")
            .Append(CultureInfo.InvariantCulture, $"commit {commit}, seed {header.Seed}, ")
            .Append(CultureInfo.InvariantCulture, $"{header.Environment.Processor}, {header.Environment.Cores} cores, ")
            .Append(CultureInfo.InvariantCulture, $"garbage collector {header.Environment.GarbageCollector}, ")
            .Append(header.RuntimeSettings).Append(CultureInfo.InvariantCulture, $", payloads: {header.PayloadKind.Describe()}\n")
            .Append(CultureInfo.InvariantCulture, $"A run screens {header.Cases.Count} cases with {_pairs.Screening} pairs, and confirms ")
            .Append("what looks changed with more. Runs are drawn from the pool's pairs, so they share pairs.\n\n")
            .Append(CultureInfo.InvariantCulture, $"Identical code, base and head swapped at random: {identical.Flagged} of ")
            .Append(CultureInfo.InvariantCulture, $"{identical.Runs} runs flagged anything; ")
            .Append(CultureInfo.InvariantCulture, $"second batch in {Percent(identical.WithSuspects, identical.Runs)}, ")
            .Append(CultureInfo.InvariantCulture, $"a long one in {Percent(identical.Long, identical.Runs)}, ")
            .Append(CultureInfo.InvariantCulture, $"{identical.Suspects:0.0} suspected cases a run, ")
            .Append(CultureInfo.InvariantCulture, $"\"not known\" in {Percent(identical.Open, identical.Runs)}, ")
            .Append(CultureInfo.InvariantCulture, $"{identical.Undecided:0.0} cases a run with p50 or mean not decided\n")
            .Append(CultureInfo.InvariantCulture, $"Runs that share no pair: {flagged} of {apart.Length} flagged anything ")
            .Append(CultureInfo.InvariantCulture, $"(95 % bound {100 * Bound(flagged, apart.Length):0} %)\n\n")
            .Append(MarkdownTable.Write(s_changeColumns, [.. Changes().Select(Cells)]))
            .Append("\nPower: the lowest share of runs that find a change in one case alone, over the method's cases ")
            .Append(CultureInfo.InvariantCulture, $"whose p50 noise is at most {100 * PromisedNoise:0} %\n\n")
            .Append(MarkdownTable.Write(s_powerColumns, [.. _pool.Header.Cases.GroupBy(MethodOf).Select(PowerCells)]))
            .Append(Noisier())
            .ToString();
    }

    // The upper end of the exact 95 % interval for a share, one-sided (Clopper and Pearson 1934).
    private static double Bound(int count, int of)
    {
        double low = 0;
        double high = 1;
        for (int step = 0; step < 60; step++)
        {
            double middle = (low + high) / 2;
            (low, high) = AtMost(count, of, middle) > 0.05 ? (middle, high) : (low, middle);
        }

        return high;
    }

    // The probability of at most `count` successes in `of` trials.
    private static double AtMost(int count, int of, double share)
    {
        double term = Math.Pow(1 - share, of);
        double sum = term;
        for (int successes = 1; successes <= count; successes++)
        {
            term *= (of - successes + 1) / (double)successes * share / (1 - share);
            sum += term;
        }

        return sum;
    }

    private string OtherSettings() => _pool.SettingsOtherThan(_now) is not { Count: > 0 } others ? ""
        : "Warning: the pool was recorded with other settings than the gate's processes have now, so these rates are not the gate's: "
            + $"{string.Join("; ", others)}\n\n";

    private IEnumerable<(string What, StudyCounts Counts)> Changes()
    {
        int runs = 2 * _runs;
        yield return ("every case +5 %", _study.Scaled(runs, _ => true, 1.05));
        yield return ("every second case +5 %", _study.Scaled(runs, name => _pool.Header.Cases.ToList().IndexOf(name) % 2 == 0, 1.05));
        yield return ("every case × 3", _study.Scaled(runs, _ => true, 3));
        yield return ("transform × 2", _study.Scaled(runs, name => CaseId.Parse(name).Function == "transform", 2));
        yield return ("100KB +15 %", _study.Scaled(runs, name => CaseId.Parse(name).Payload == "100KB", 1.15));
        yield return ("fetch over a socket +6 %", _study.Scaled(runs, name => IsFetch(MethodOf(name)), 1.06));
        yield return ("service-binding/echo/1KB, one process in five × 2", _study.OneProcessIn(runs, "service-binding/echo/1KB", 5, 2));

        static bool IsFetch(string method) => method is "raw-fetch" or "raw-fetch-h2" or "unix-socket";
    }

    private static IReadOnlyList<string> Cells((string What, StudyCounts Counts) row) =>
    [
        row.What,
        row.Counts.Runs.ToString(CultureInfo.InvariantCulture),
        Percent(row.Counts.Found, row.Counts.Runs),
        Percent(row.Counts.Flagged, row.Counts.Runs),
        Percent(row.Counts.SaidSame, row.Counts.Runs),
        Percent(row.Counts.SaidSome, row.Counts.Runs),
        Percent(row.Counts.WithSuspects, row.Counts.Runs),
        Percent(row.Counts.Long, row.Counts.Runs),
        row.Counts.Suspects.ToString("0.0", CultureInfo.InvariantCulture),
    ];

    private IReadOnlyList<string> PowerCells(IGrouping<string, string> method)
    {
        string[] quiet = [.. method.Where(IsQuiet)];
        return
        [
            method.Key,
            FormattableString.Invariant($"{quiet.Length} of {method.Count()}"),
            Range(method.Select(name => _study.Noise(name, Metric.P50))),
            Range(method.Select(name => _study.Noise(name, Metric.Mean))),
            Range(method.Select(name => _study.MedianInjected(name, Metric.P50) is { } change ? Math.Exp(change) - 1 : (double?)null)),
            Lowest(name => _study.Injected(_runs, name)),
            Lowest(name => _study.Scaled(_runs, other => other == name, 1.10)),
            Lowest(name => _study.Scaled(_runs, other => other == name, 1.05)),
            Lowest(name => _study.Scaled(_runs, other => other == name, 1.03)),
        ];

        string Lowest(Func<string, StudyCounts> simulate) =>
            quiet.Length == 0 ? "" : Percent(quiet.Min(name => simulate(name).Found), _runs);
    }

    // Lists the cases that are too noisy for the promise, with the change that each can show.
    private string Noisier()
    {
        string[] noisy = [.. _pool.Header.Cases.Where(name => !IsQuiet(name))];
        var text = new StringBuilder();
        foreach (string name in noisy)
        {
            int percent = 10;
            while (percent < 200 && _study.Scaled(_runs, other => other == name, 1 + (percent / 100.0)).Found < 0.95 * _runs)
            {
                percent += 5;
            }

            string noise = _study.Noise(name, Metric.P50) is { } known ? FormattableString.Invariant($"{100 * known:0.0} %") : "not known";
            text.Append(CultureInfo.InvariantCulture, $"\n- {name}: p50 noise {noise}; +{percent} % is found in 95 % of runs");
        }

        return noisy.Length == 0 ? "" : $"\nNoisier cases\n{text}\n";
    }

    private bool IsQuiet(string name) => _study.Noise(name, Metric.P50) <= PromisedNoise;

    private static string MethodOf(string name) => CaseId.Parse(name).Method;

    private static string Range(IEnumerable<double?> shares)
    {
        double?[] known = [.. shares];
        return known.Any(share => share is null)
            ? "not known"
            : FormattableString.Invariant($"{100 * known.Min()!.Value:0.0} – {100 * known.Max()!.Value:0.0} %");
    }

    private static string Percent(int count, int of) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * count / of:0.0} %");
}
