using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Commands;
using WorkerRpc.Benchmarks.Commands.Gating;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Functions;
using WorkerRpc.Tests.Presenting;
using Outcome = WorkerRpc.Tests.Commands.Outcome;

namespace WorkerRpc.Tests.Analysis.Comparing;

// Runs alone: drawing gate runs keeps all processors busy for seconds.
[Collection(Alone.Name)]
public sealed class StudyTests : IDisposable
{
    private static readonly StudyHeader s_header = new()
    {
        Version = StudyHeader.CurrentVersion,
        Commit = "0123456789abcdef",
        Seed = 7,
        Pairs = 90,
        Cases = MadeUpPairs.Cases,
        Environment = MadeUp.Environment,
        RuntimeSettings = "TieredCompilation=0",
    };

    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("study/pairs.jsonl");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pool_recorded_in_two_runs_reads_back_unchanged()
    {
        Pair[] pairs = MadeUpPairs.OfGate(3, 1, 0.01);
        Assert.Empty(StudyPool.Resume(Path, s_header).Pairs);
        StudyPool.Append(Path, pairs[0]);
        StudyPool.Append(Path, pairs[1]);
        // A killed process leaves an incomplete line.
        File.AppendAllText(Path, "{\"number\":3,\"injec");

        Assert.Equal(2, StudyPool.Resume(Path, s_header).Pairs.Count);
        StudyPool.Append(Path, pairs[2]);
        File.WriteAllBytes(Path + ".gz", StudyPool.Compress(Path));
        StudyPool pool = StudyPool.Read(Path + ".gz");

        Assert.Equal(pairs.Select(pair => pair.Head[MadeUpPairs.Slowed]), pool.Pairs.Select(pair => pair.Head[MadeUpPairs.Slowed]));
        Assert.Equal(pairs[0].Injection, pool.Pairs[0].Injection);
        Assert.Equal(s_header.Cases, pool.Header.Cases);
    }

    [Fact]
    public void Study_of_another_commit_is_not_resumed()
    {
        StudyPool.Resume(Path, s_header);

        UnusableInputException error =
            Assert.Throws<UnusableInputException>(() => StudyPool.Resume(Path, s_header with { Commit = "fedcba" }));

        Assert.Contains("commit was \"0123456789abcdef\", is \"fedcba\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Study_of_another_payload_kind_is_not_resumed()
    {
        // A file of an older program names no kind.
        StudyPool.Resume(Path, s_header);
        string old = File.ReadAllText(Path).Replace("\"payloadKind\":\"letters\",", "", StringComparison.Ordinal);
        Assert.DoesNotContain("payloadKind", old, StringComparison.Ordinal);
        File.WriteAllText(Path, old);

        UnusableInputException error =
            Assert.Throws<UnusableInputException>(() => StudyPool.Resume(Path, s_header with { PayloadKind = PayloadKind.Text }));

        Assert.Contains("payloadKind was \"letters\", is \"text\"", error.Message, StringComparison.Ordinal);
        Assert.Empty(StudyPool.Resume(Path, s_header).Pairs);
    }

    [Theory]
    [InlineData("", "has no header")]
    [InlineData("[1]", "or a damaged one")]
    [InlineData("{\"version\":1}", "or a damaged one")]
    public void Unreadable_pool_reports_reason(string content, string reason)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        File.WriteAllText(Path, content.Length > 0 ? content + "\n" : "");
        File.WriteAllBytes(Path + ".gz", StudyPool.Compress(Path));

        UnusableInputException error = Assert.Throws<UnusableInputException>(() => StudyPool.Read(Path + ".gz"));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Uncompressed_pool_is_rejected()
    {
        string path = _folder.File("pairs.txt");
        File.WriteAllText(path, "no pool");

        Outcome outcome = await Outcome.OfAsync("study", "table", "--from", path);

        Assert.Equal((int)ProgramExitCode.Unusable, outcome.Code);
        Assert.Contains("cannot be read as a study's pool", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_study_subcommand_is_rejected()
    {
        Outcome outcome = await Outcome.OfAsync("study", "write");

        Assert.Equal((int)ProgramExitCode.Unusable, outcome.Code);
        Assert.Contains(
            "Unknown part of the study 'write'. Known: record, table, record-runs, runs.", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_count_flags_of_identical_code_and_injections()
    {
        StudyPool pool = PoolOf(MadeUpPairs.OfGate(60, 1, 0.01));

        IReadOnlyList<StudyRow> rows = GateStudy.Rows(pool, Gate.DefaultPairs, draws: 100);

        Assert.Equal(["identical code", "service-binding/echo/1KB: each call +10 % of p50"], rows.Select(row => row.What));
        Assert.Equal((60, 1.0, 1.0), (rows[1].Pairs, rows[1].First, rows[1].Confirmed));
        Assert.InRange(rows[0].Confirmed, 0, 0.02);
        Assert.InRange(rows[0].First, rows[0].Confirmed, 0.05);
    }

    [Fact]
    public void Changed_head_counts_as_flagged()
    {
        StudyPool pool = PoolOf(MadeUpPairs.OfGate(60, 1, 0.01, (_, figures) => figures.Slower(1.2)));

        Assert.Equal(1, GateStudy.Rows(pool, Gate.DefaultPairs, draws: 20)[0].Confirmed);
    }

    [Fact]
    public async Task Committed_study_reaches_its_stated_rates()
    {
        StudyPool pool = StudyPool.Read(System.IO.Path.Combine(SourceState.Root, "artifacts", "study", "pairs.jsonl.gz"));
        Assert.Equal(GateCases.Default.Select(id => id.ToString()), pool.Header.Cases);
        Assert.InRange(pool.Pairs.Count, 200, int.MaxValue);
        Assert.All(pool.Pairs.GroupBy(pair => pair.Injection), group => Assert.InRange(group.Count(), 60, int.MaxValue));

        Outcome outcome = await Outcome.OfAsync("study", "table");

        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        double[] confirmed =
        [
            .. outcome.Output.Split('\n')
                .Where(line => line.EndsWith(" % |", StringComparison.Ordinal) || line.Contains(" % | ", StringComparison.Ordinal))
                .Take(1 + GateCases.Injections.Count)
                .Select(line => double.Parse(line.Split('|')[4].Trim(' ', '%'), CultureInfo.InvariantCulture)),
        ];
        Assert.InRange(confirmed[0], 0, 2.5);
        Assert.InRange(confirmed[1], 95, 100);
        Assert.InRange(confirmed[2], 50, 100);
        Assert.InRange(confirmed[3], 90, 100);
    }

    [Fact]
    public void Pool_with_too_few_pairs_is_rejected()
    {
        StudyPool pool = PoolOf(MadeUpPairs.OfGate(20, 1, 0.01));

        UnusableInputException error = Assert.Throws<UnusableInputException>(() => GateStudy.Rows(pool, Gate.DefaultPairs, draws: 1));

        Assert.Contains("two batches of 14 need 28", error.Message, StringComparison.Ordinal);
    }

    private StudyPool PoolOf(Pair[] pairs)
    {
        StudyPool.Resume(Path, s_header);
        foreach (Pair pair in pairs)
        {
            StudyPool.Append(Path, pair);
        }

        return StudyPool.Resume(Path, s_header);
    }
}
