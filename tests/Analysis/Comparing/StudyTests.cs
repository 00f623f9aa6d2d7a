using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Commands;
using WorkerRpc.Benchmarks.Commands.Gating;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Results;
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
        Cases = MadeUpPairs.Cases,
        Rounds = 6,
        PayloadKind = PayloadKind.Text,
        Environment = MadeUp.Environment,
        RuntimeSettings = "TieredCompilation=0",
        MethodSettings = new Dictionary<string, string> { ["raw-fetch"] = "Kestrel, HTTP/1.1 over loopback" },
    };

    private static readonly GatePairs s_pairs = Gate.PairsOf(Gate.DefaultPairs);

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
        StudyPool.Resume(Path, s_header);

        UnusableInputException error =
            Assert.Throws<UnusableInputException>(() => StudyPool.Resume(Path, s_header with { PayloadKind = PayloadKind.Json }));

        Assert.Contains("payloadKind was \"text\", is \"json\"", error.Message, StringComparison.Ordinal);
        Assert.Empty(StudyPool.Resume(Path, s_header).Pairs);
    }

    [Fact]
    public void Study_of_other_methods_is_not_resumed()
    {
        StudyPool.Resume(Path, s_header);
        StudyHeader other = s_header with { MethodSettings = new Dictionary<string, string> { ["pipe"] = "frames" } };

        UnusableInputException error = Assert.Throws<UnusableInputException>(() => StudyPool.Resume(Path, other));

        Assert.Contains("pipe was null, is \"frames\"; raw-fetch was ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pool_of_another_machine_and_commit_has_the_same_settings()
    {
        StudyHeader now = s_header with
        {
            Commit = "fedcba9876543210",
            Seed = 8,
            Environment = s_header.Environment with
            {
                Cpu = "Another CPU",
                CpuVersion = "1-2-3",
                Cores = 64,
                Os = "Another OS",
                Architecture = "Arm64",
                Runtime = ".NET 10.0.9",
            },
        };
        StudyPool pool = PoolOf(MadeUpPairs.OfGate(2, 1, 0.01));

        Assert.Empty(pool.SettingsOtherThan(now));
        // A pool of an older program does not state how methods are hosted.
        Assert.Empty((s_header with { MethodSettings = null }).SettingsOtherThan(now));
    }

    [Fact]
    public void Each_setting_that_differs_is_named()
    {
        EnvironmentReport environment = s_header.Environment;
        (string Expected, StudyHeader Now)[] changed =
        [
            (
                "garbage collector was workstation, concurrent, is server, concurrent",
                s_header with { Environment = environment with { GarbageCollector = "server, concurrent" } }),
            (
                "tiering was default, is TieredPGO=0",
                s_header with { Environment = environment with { Tiering = "TieredPGO=0" } }),
            (
                "runtime settings was TieredCompilation=0, is TieredCompilation=0, ReadyToRun=0",
                s_header with { RuntimeSettings = "TieredCompilation=0, ReadyToRun=0" }),
            (
                "payload kind was text, is letters",
                s_header with { PayloadKind = PayloadKind.Letters }),
            (
                "hosting of raw-fetch was Kestrel, HTTP/1.1 over loopback, is Kestrel, HTTP/2",
                s_header with { MethodSettings = new Dictionary<string, string> { ["raw-fetch"] = "Kestrel, HTTP/2" } }),
        ];

        Assert.All(changed, one => Assert.Equal(one.Expected, Assert.Single(s_header.SettingsOtherThan(one.Now))));
    }

    [Fact]
    public void Pairs_on_several_processors_are_another_setting()
    {
        Pair[] pairs = MadeUpPairs.OfGate(2, 1, 0.01);

        StudyPool pool = PoolOf([pairs[0], pairs[1] with { OnOneProcessor = false }]);

        Assert.Equal("1 of 2 pairs were not on one processor", Assert.Single(pool.SettingsOtherThan(s_header)));
    }

    [Fact]
    public void Header_of_now_has_the_settings_of_every_method_of_the_gate()
    {
        StudyHeader now = StudySettings.Of(PayloadKind.Text);

        Assert.Empty(now.SettingsOtherThan(StudySettings.Of(PayloadKind.Text)));
        Assert.Equal(now.Cases.Select(name => CaseId.Parse(name).Method).Distinct(), now.MethodSettings!.Keys);
        Assert.Contains("HTTP/1.1", now.MethodSettings["raw-fetch"], StringComparison.Ordinal);
        Assert.Contains("TieredCompilation=0", now.RuntimeSettings, StringComparison.Ordinal);
    }

    [Fact]
    public void Committed_pool_has_the_settings_and_cases_of_the_gate()
    {
        StudyPool pool = StudyPool.Read(System.IO.Path.Combine(SourceState.Root, "artifacts", "study", "pairs.jsonl.gz"));
        StudyHeader now = StudySettings.Of(PayloadKinds.OfRuns);

        Assert.Empty(pool.SettingsOtherThan(now));
        Assert.Equal(now.Cases, pool.Header.Cases);
        Assert.Equal(now.Rounds, pool.Header.Rounds);
        Assert.Equal(now.MethodSettings!.Keys, pool.Header.MethodSettings!.Keys);
        Assert.InRange(pool.Pairs.Count, 60, int.MaxValue);
        Assert.InRange(pool.Sittings, 3, int.MaxValue);
    }

    [Theory]
    [InlineData("", "is empty")]
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
        Assert.Contains("Unknown part of the study 'write'. Known: record, ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Study_counts_flags_of_identical_code_and_of_delays()
    {
        var study = new GateStudy(PoolOf(MadeUpPairs.OfGate(60, 1, 0.01)), s_pairs);

        Assert.InRange(study.Identical(200).Flagged, 0, 6);
        Assert.Equal(2, study.IdenticalRunsApart().Count());
        Assert.Equal(50, study.Injected(50, MadeUpPairs.Slowed).Found);
        Assert.Equal(50, study.Scaled(50, name => name == "raw-fetch/echo/10KB", 1.1).Found);
        Assert.Equal(50, study.Scaled(50, _ => true, 1.05).Found);
        StudyCounts some = study.OneProcessIn(100, MadeUpPairs.Slowed, every: 5, times: 2);
        Assert.InRange(some.SaidSome, 40, 100);
        // A run whose pairs contain no slow process cannot know of them: 0.8 to the power of 10 is 11 %.
        Assert.InRange(some.SaidSame, 0, 25);
        Assert.InRange(study.MedianInjected(MadeUpPairs.Slowed, Metric.P50)!.Value, 0.08, 0.11);
        Assert.InRange(study.Noise(MadeUpPairs.Slowed, Metric.P50)!.Value, 0.01, 0.02);
    }

    [Fact]
    public void Table_of_a_pool_names_each_kind_of_change()
    {
        string text = new StudyText(PoolOf(MadeUpPairs.OfGate(60, 1, 0.01)), s_pairs, runs: 10, s_header).Write();

        Assert.StartsWith("60 pairs of identical code in 1 sittings", text, StringComparison.Ordinal);
        Assert.Contains("| every case +5 % ", text, StringComparison.Ordinal);
        Assert.Contains("Runs that share no pair: 0 of 2 flagged anything (95 % bound 78 %)", text, StringComparison.Ordinal);
        Assert.Matches(@"\| raw-fetch +\| 2 of 2 \|", text);
    }

    [Fact]
    public void Table_of_a_pool_with_other_settings_says_so_first()
    {
        StudyHeader now = s_header with { PayloadKind = PayloadKind.Json };

        string text = new StudyText(PoolOf(MadeUpPairs.OfGate(60, 1, 0.01)), s_pairs, runs: 1, now).Write();

        Assert.StartsWith(
            "Warning: the pool was recorded with other settings than the gate's processes have now, so these rates are not the gate's: "
            + "payload kind was text, is json\n",
            text,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Interrupted_study_ends()
    {
        var study = new GateStudy(PoolOf(MadeUpPairs.OfGate(60, 1, 0.01)), s_pairs, new CancellationToken(canceled: true));

        Assert.Throws<OperationCanceledException>(() => study.Identical(1));
    }

    [Fact]
    public void Changed_head_counts_as_flagged()
    {
        StudyPool pool = PoolOf(MadeUpPairs.OfGate(60, 1, 0.01, (_, figures) => figures.Slower(1.2)));

        Assert.Equal(1, Assert.Single(new GateStudy(pool, s_pairs).IdenticalRunsApart().Take(1)).Flagged);
    }

    [Fact]
    public void Pool_with_too_few_pairs_is_rejected()
    {
        StudyPool pool = PoolOf(MadeUpPairs.OfGate(15, 1, 0.01));

        UnusableInputException error = Assert.Throws<UnusableInputException>(() => new GateStudy(pool, s_pairs).Identical(1));

        Assert.Contains("two batches of 10 needs 20", error.Message, StringComparison.Ordinal);
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
