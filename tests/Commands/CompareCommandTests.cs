using System.Text.Json.Nodes;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Presenting.Files;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Commands;

public sealed class CompareCommandTests(CompareCommandTests.CoreBaseline core)
    : IClassFixture<CompareCommandTests.CoreBaseline>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Baseline_is_the_same_as_itself()
    {
        Outcome outcome = await Outcome.OfAsync("compare", core.Folder, Path.Combine(core.Folder, "report.json"), "--to", _folder.Root);

        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.Contains("Verdict: nothing slower: all 36 cases are the same.", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(
            ["compare.csv", "compare.html", "compare.json", "compare.md"],
            Directory.GetFiles(_folder.Root).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Method_slowed_in_every_launch_is_the_only_slower_one()
    {
        RunReport baseline = core.Report;
        Save("slower", baseline with { Cases = [.. baseline.Cases.Select(one => one.Method == "service-binding" ? Slowed(one) : one)] });

        Outcome outcome = await Outcome.OfAsync("compare", core.Folder, _folder.File("slower"), "--to", _folder.Root);

        Assert.Equal((1, ""), (outcome.Code, outcome.Error));
        JsonNode json = JsonNode.Parse(File.ReadAllText(_folder.File("compare.json")))!;
        Assert.Equal(1, json["exitCode"]!.GetValue<int>());
        JsonNode[] p50s =
        [
            .. json["answers"]!.AsArray().OfType<JsonNode>()
                .Where(answer => Text(answer, "figure") == "p50" && Text(answer, "case") != "all cases"),
        ];
        Assert.Equal(36, p50s.Length);
        Assert.All(p50s, answer => Assert.Equal(
            Text(answer, "case").StartsWith("service-binding/", StringComparison.Ordinal) ? "slower" : "same", Text(answer, "answer")));

        static CaseReport Slowed(CaseReport one) => one with { Passes = [.. one.Passes.Select(pass => Slower(pass, 1.3))] };

        static string Text(JsonNode answer, string member) => answer[member]!.GetValue<string>();
    }

    [Fact]
    public async Task Verdict_is_NotKnown_with_one_launch_each()
    {
        Save("base", MadeUp.Report(1, MadeUp.Case("direct/echo/1KB", 1_000)));
        Save("current", MadeUp.Report(1, MadeUp.Case("direct/echo/1KB", 9_000)));

        Outcome outcome = await CompareAsync();

        Assert.Equal(4, outcome.Code);
        Assert.Contains("Verdict: not known", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("one alone has no interval", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failed_case_is_reported_and_fails_the_comparison()
    {
        CaseReport one = MadeUp.Case("direct/echo/1KB", [.. Enumerable.Repeat(1_000L, 6)]);
        CaseReport other = MadeUp.Case("raw-fetch/echo/1KB", [.. Enumerable.Repeat(90_000L, 6)]);
        Save("base", MadeUp.Report(6, one, other));
        CaseReport failed = other with { Passes = [.. other.Passes.Skip(1)], Failures = [new CaseFailure(1, "refused")] };
        Save("current", MadeUp.Report(6, one, failed));

        Outcome outcome = await CompareAsync();

        Assert.Equal(3, outcome.Code);
        Assert.Contains("raw-fetch/echo/1KB failed in launch 1: refused", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Case_that_was_not_warm_is_not_judged()
    {
        CaseReport warm = MadeUp.Case("direct/echo/1KB", [.. Enumerable.Repeat(1_000L, 6)]);
        Save("base", MadeUp.Report(6, warm));
        Save("current", MadeUp.Report(6, warm with { Passes = [.. warm.Passes.Select(Cold)] }));

        Outcome outcome = await CompareAsync();

        Assert.Equal(4, outcome.Code);
        Assert.Contains("not warm", outcome.Output, StringComparison.Ordinal);

        static PassReport Cold(PassReport pass) => pass.Compiling(40) with { LastThirdP50Ns = pass.FirstThirdP50Ns * 0.6 };
    }

    [Fact]
    public async Task Cases_of_only_one_report_are_named()
    {
        CaseReport both = MadeUp.Case("direct/echo/1KB", [.. Enumerable.Repeat(1_000L, 6)]);
        CaseReport one = MadeUp.Case("raw-fetch/echo/1KB", [.. Enumerable.Repeat(90_000L, 6)]);
        Save("base", MadeUp.Report(6, both, one));
        Save("current", MadeUp.Report(6, both));

        Outcome outcome = await CompareAsync();

        Assert.Equal(0, outcome.Code);
        Assert.Contains($"only {_folder.File("base/report.json")} has raw-fetch/echo/1KB", outcome.Output, StringComparison.Ordinal);

        // Without a common case there is nothing to compare.
        Save("current", MadeUp.Report(6, MadeUp.Case("service-binding/echo/1KB", [.. Enumerable.Repeat(1_000L, 6)])));
        await RequireRefusedAsync("no case in common", _folder.File("base"), _folder.File("current"));
    }

    public static TheoryData<string, string> EveryCondition => new()
    {
        { "cpu", "processor was Made-up CPU 3000, is other" },
        { "cores", "cores was 2, is 64" },
        { "os", "operating system was" },
        { "architecture", "architecture was" },
        { "runtime", "runtime was .NET 10.0.0, is other" },
        { "garbageCollector", "garbage collector was" },
        { "tiering", "tiering was" },
        { "benchmarkDotNet", "BenchmarkDotNet was 0.15.8, is other" },
    };

    [Theory]
    [MemberData(nameof(EveryCondition))]
    public async Task Different_condition_is_refused_unless_forced(string member, string error)
    {
        RunReport report = MadeUp.Report(6, MadeUp.Case("direct/echo/1KB", [.. Enumerable.Repeat(1_000L, 6)]));
        Save("base", report);
        Save("current", report);
        string path = _folder.File("current/report.json");
        JsonNode json = JsonNode.Parse(File.ReadAllText(path))!;
        json["environment"]![member] = member == "cores" ? 64 : "other";
        File.WriteAllText(path, json.ToJsonString());

        await RequireRefusedAsync(error, _folder.File("base"), _folder.File("current"));

        Outcome forced = await Outcome.OfAsync("compare", _folder.File("base"), _folder.File("current"), "--force");
        Assert.Equal(4, forced.Code);
        Assert.Contains("Verdict: not judged.", forced.Output, StringComparison.Ordinal);
        Assert.Contains($"cannot be compared: {error}", forced.Output, StringComparison.Ordinal);
        Assert.Contains("not judged", forced.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Different_profile_is_refused_and_other_differences_are_warnings()
    {
        RunReport report = MadeUp.Report(6, MadeUp.Case("direct/echo/1KB", [.. Enumerable.Repeat(1_000L, 6)]));
        Save("base", report);
        Save("current", report with { Run = report.Run with { Profile = "quick", Calls = 2_000 } });
        await RequireRefusedAsync(
            "profile was standard, at most 10000 calls a case, is quick, at most 2000 calls a case",
            _folder.File("base"),
            _folder.File("current"));

        Save("current", report with
        {
            Run = report.Run with { Dirty = true },
            Environment = report.Environment! with { Tool = "0.2.0" },
            Launches = [.. report.Launches.Select(launch => launch with { Noise = launch.Noise! with { OthersCores = 0.93 } })],
        });
        Outcome outcome = await CompareAsync();

        Assert.Equal(0, outcome.Code);
        Assert.Contains("version of this program was 0.1.0, is 0.2.0", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("report.json: noise: disturbed", outcome.Output, StringComparison.Ordinal);
        Assert.Contains(
            "changes that commit 0123456789abcdef0123456789abcdef01234567 does not have", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Different_payload_file_is_refused_but_not_a_renamed_one()
    {
        RunReport report = MadeUp.WithFile(MadeUp.File);
        Save("base", report);
        Save("current", MadeUp.WithFile(MadeUp.File with { Sha256 = new string('b', 64) }));
        await RequireRefusedAsync(
            $"payload file was 5120 bytes, sha256 {new string('a', 64)}, is 5120 bytes, sha256 {new string('b', 64)}",
            _folder.File("base"),
            _folder.File("current"));

        Save("current", MadeUp.WithFile(MadeUp.File with { Name = "renamed.json" }));
        Assert.Equal(0, (await CompareAsync()).Code);

        CaseReport[] casesWithoutFile = [.. report.Cases.Where(one => one.Payload != "file")];
        Save("current", report with { Run = report.Run with { PayloadFile = null }, Cases = casesWithoutFile });
        Outcome without = await CompareAsync();
        Assert.Equal(0, without.Code);
        string only = $"only {_folder.File("base/report.json")} has direct/echo/file, service-binding/echo/file";
        Assert.Contains(only, without.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("{\"schemaVersion\": 4, \"run\": {", "or a damaged one")]
    [InlineData("{\"schemaVersion\": 1}", "has schema version 1. Accepted: 4.")]
    [InlineData("{\"name\": \"a package\"}", "is no report: it has no schemaVersion")]
    [InlineData("[1, 2]", "is no report")]
    [InlineData("hello", "is no percentiles.csv: its header lacks method")]
    [InlineData("{\"HostEnvironmentInfo\": {}, \"Benchmarks\": [{}]}", "is not BenchmarkDotNet's full JSON, or a damaged one")]
    [InlineData("{\"HostEnvironmentInfo\": {}, \"Benchmarks\": []}", "has no benchmark")]
    public async Task Unusable_file_is_refused_with_the_reason(string content, string error)
    {
        File.WriteAllText(_folder.File("bad"), content);

        await RequireRefusedAsync(error, core.Folder, _folder.File("bad"));
        await RequireRefusedAsync(error, _folder.File("bad"), core.Folder);
    }

    [Fact]
    public async Task Truncated_or_missing_report_is_refused()
    {
        byte[] whole = File.ReadAllBytes(Path.Combine(core.Folder, "report.json"));
        File.WriteAllBytes(_folder.File("truncated.json"), whole[..(whole.Length / 2)]);

        await RequireRefusedAsync("or a damaged one", core.Folder, _folder.File("truncated.json"));
        await RequireRefusedAsync("cannot be read", core.Folder, _folder.File("missing.json"));
        await RequireRefusedAsync("has neither report.json nor percentiles.csv", core.Folder, _folder.Root);
        await RequireRefusedAsync("Accepted: two of a kind", core.Folder, Path.Combine(core.Folder, "percentiles.csv"));
    }

    [Theory]
    [InlineData("NaN", "expected a number of 0 or more")]
    [InlineData("-5", "expected a number of 0 or more")]
    [InlineData("1e400", "expected a number of 0 or more")]
    [InlineData("twelve", "line 2, p50_ns 'twelve'")]
    [InlineData("1,2", "expected 29 cells, found 30")]
    [InlineData("\"1", "damaged")]
    public async Task Table_with_a_field_that_is_no_figure_is_refused(string field, string error)
    {
        File.WriteAllText(_folder.File("base.csv"), Csv(("direct/echo/1KB", 1_000, 1_100)));
        string bad = Csv(("direct/echo/1KB", 1_000, 1_100)).Replace(",1050,", $",{field},", StringComparison.Ordinal);
        File.WriteAllText(_folder.File("bad.csv"), bad);

        await RequireRefusedAsync(error, _folder.File("base.csv"), _folder.File("bad.csv"));
    }

    [Fact]
    public async Task Table_with_a_case_twice_or_without_cases_is_refused()
    {
        File.WriteAllText(_folder.File("twice.csv"), Csv(("direct/echo/1KB", 1_000, 1_100), ("direct/echo/1KB", 1_000, 1_100)));
        File.WriteAllText(_folder.File("none.csv"), Csv());

        await RequireRefusedAsync("direct/echo/1KB stands there more than once", _folder.File("twice.csv"), _folder.File("twice.csv"));
        await RequireRefusedAsync("has a header and no case", _folder.File("none.csv"), _folder.File("none.csv"));
    }

    [Fact]
    public async Task Tables_are_compared_by_ranges_with_a_warning()
    {
        File.WriteAllText(_folder.File("base.csv"), Csv(("direct/echo/1KB", 1_000, 1_100), ("raw-fetch/echo/1KB", 60_000, 90_000)));
        File.WriteAllText(_folder.File("current.csv"), Csv(("direct/echo/1KB", 1_200, 1_300), ("raw-fetch/echo/1KB", 70_000, 100_000)));

        Outcome outcome = await Outcome.OfAsync("compare", _folder.File("base.csv"), _folder.File("current.csv"), "--to", _folder.Root);

        Assert.Equal(1, outcome.Code);
        Assert.Contains("Verdict: slower: direct/echo/1KB p50 +19.0 % (1.05 µs → 1.25 µs).", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("weaker than two report.json", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("the ranges overlap", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Percentiles_of_BenchmarkDotNet_are_never_read()
    {
        const string Before = """{"HostEnvironmentInfo":{"RuntimeVersion":".NET 10"},"Benchmarks":[{"FullName":"A.B(x: 1)","Statistics":"""
            + """{"Mean":100,"Percentiles":{"P50":1,"P95":2}},"Memory":{"BytesAllocatedPerOperation":40}}]}""";
        File.WriteAllText(_folder.File("base.json"), Before);
        string current = Before
            .Replace("\"P50\":1,\"P95\":2", "\"P50\":900,\"P95\":900", StringComparison.Ordinal)
            .Replace(":100", ":150", StringComparison.Ordinal);
        File.WriteAllText(_folder.File("current.json"), current);

        Outcome outcome = await Outcome.OfAsync("compare", _folder.File("base.json"), _folder.File("current.json"), "--to", _folder.Root);

        Assert.Equal(4, outcome.Code);
        string csv = File.ReadAllText(_folder.File("compare.csv"));
        Assert.Contains("A.B(x: 1),mean,ns,100,150,50,,,not judged,,,without a range", csv, StringComparison.Ordinal);
        Assert.Contains("A.B(x: 1),allocated,B,40,40,0,,,not judged", csv, StringComparison.Ordinal);
        Assert.DoesNotContain("p50", csv, StringComparison.Ordinal);
        Assert.DoesNotContain("p95", csv, StringComparison.Ordinal);
    }

    private static PassReport Slower(PassReport pass, double times)
    {
        HdrHistogram.HistogramBase histogram = Histograms.Decode(pass.Histogram);
        var slower = new HdrHistogram.LongHistogram(1, histogram.HighestTrackableValue, 3);
        foreach (var bucket in histogram.RecordedValues())
        {
            slower.RecordValueWithCount((long)(bucket.ValueIteratedTo * times), bucket.CountAddedInThisIterationStep);
        }

        return pass with { Histogram = Histograms.Encode(slower), MeanNs = pass.MeanNs * times };
    }

    private static string Csv(params (string Case, double LowNs, double HighNs)[] rows)
    {
        const string Header = "method,function,payload,payload_bytes,launches,calls,mean_ns,min_ns,p50_ns,p50_low_ns,p50_high_ns,p90_ns,"
            + "p95_ns,p95_low_ns,p95_high_ns,p99_ns,p99_low_ns,p99_high_ns,p999_ns,max_ns,allocated_bytes,cpu_ns,gen0,gen1,gen2,floor_ns,"
            + "warm,status,note";
        return string.Join("\r\n", rows.Select(Row).Prepend(Header)) + "\r\n";

        static string Row((string Case, double LowNs, double HighNs) row) =>
            FormattableString.Invariant($"{row.Case.Replace('/', ',')},1000,6,60000,{row.LowNs},,")
            + FormattableString.Invariant($"{(row.LowNs + row.HighNs) / 2},{row.LowNs},{row.HighNs},,,,,,,,,,40,,,,,25,true,ok,");
    }

    private static async Task RequireRefusedAsync(string error, string before, string after)
    {
        Outcome outcome = await Outcome.OfAsync("compare", before, after);
        Assert.Equal((2, ""), (outcome.Code, outcome.Output));
        Assert.Contains(error, outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }

    private Task<Outcome> CompareAsync() => Outcome.OfAsync("compare", _folder.File("base"), _folder.File("current"));

    private void Save(string name, RunReport report) => ReportFiles.Write(new RunAnalysis(report), _folder.File(name));

    /// <summary>The core methods of the committed baseline: fewer cases to read, and all of them warm.</summary>
    public sealed class CoreBaseline : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public CoreBaseline()
        {
            RunReport baseline = RunReportJson.Read(Path.Combine(SourceState.Root, "artifacts", "baseline", RunReport.FileName));
            HashSet<string> core =
                [.. baseline.Methods.Where(method => method.Tags.Contains(BindingTags.Core)).Select(method => method.Id)];
            Report = baseline with
            {
                Methods = [.. baseline.Methods.Where(method => core.Contains(method.Id))],
                Cases = [.. baseline.Cases.Where(one => core.Contains(one.Method))],
            };
            ReportFiles.Write(new RunAnalysis(Report), Folder);
        }

        public RunReport Report { get; }

        public string Folder => _folder.File("core");

        public void Dispose() => _folder.Dispose();
    }
}
