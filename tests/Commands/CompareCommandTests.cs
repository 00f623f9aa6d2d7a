using System.Text.Json.Nodes;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Presenting.Files;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;
using WorkerRpc.Tests.Analysis.Comparing;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Commands;

public sealed class CompareCommandTests(CompareCommandTests.CoreBaseline core)
    : IClassFixture<CompareCommandTests.CoreBaseline>, IDisposable
{
    private static readonly string[] s_forms = ["report.json", "percentiles.csv", "percentiles.md"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Baseline_is_the_same_as_itself()
    {
        SaveRuns(new MadeUpRuns(1).Record(core.Report));

        Outcome outcome = await CompareAsync(core.Folder, Path.Combine(core.Folder, "report.json"), "--to", _folder.Root);

        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.Contains(
            "Verdict: nothing slower: p50, p95, mean same within ±50 % in 36 of 36 cases; ", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("allocated same within ±5 % in 36 of 36 cases; not decided: p99 in ", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(
            ["compare.csv", "compare.html", "compare.json", "compare.md", RunPool.FileName],
            Directory.GetFiles(_folder.Root).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Verdict_is_the_last_line_or_all_that_is_printed()
    {
        Save("base", MadeUp.Report(6, MadeUp.Flat("direct/echo/1KB", 1_000)));
        string[] both = ["compare", _folder.File("base"), _folder.File("base")];

        string[] lines = (await Outcome.OfAsync([.. both, "--to", _folder.File("to")])).Output.TrimEnd().Split('\n');
        Outcome quiet = await Outcome.OfAsync([.. both, "--to", _folder.File("to"), "--quiet"]);
        Outcome json = await Outcome.OfAsync([.. both, "--json"]);

        Assert.StartsWith("Verdict: not known", lines[^1], StringComparison.Ordinal);
        Assert.Equal($"{lines[^1]}\nReports: {_folder.File("to")}\n", quiet.Output);
        JsonNode read = JsonNode.Parse(json.Output)!;
        Assert.Equal(("not known", 4, lines[^1]), ((string)read["verdict"]!, (int)read["exitCode"]!, (string)read["sentence"]!));
        Assert.Null(read["folder"]);
    }

    // By the runs of this repository, which were recorded on the machine of the baseline or on another.
    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    public async Task Baseline_with_all_times_multiplied_is_slower(double times)
    {
        Save("slower", Slower(core.Report, times, _ => true));

        foreach (string form in s_forms)
        {
            Outcome outcome = await Outcome.OfAsync("compare", Path.Combine(core.Folder, form), _folder.File($"slower/{form}"));

            Assert.Equal((1, ""), (outcome.Code, outcome.Error));
            Assert.Contains("Verdict: slower: direct/echo/100B p50 +", outcome.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(1.02, 0)]
    [InlineData(2, 1)]
    [InlineData(10, 1)]
    public async Task All_forms_of_two_runs_get_the_same_answers(double times, int code)
    {
        RunReport report = MadeUp.Report(6, MadeUp.Flat("direct/echo/1KB", 1_000), MadeUp.Flat("raw-fetch/echo/1KB", 90_000));
        Save("base", report);
        Save("current", Slower(report, times, _ => true));
        SaveRuns("direct/echo/1KB", "raw-fetch/echo/1KB");

        foreach ((string before, string after) in from before in s_forms from after in s_forms select (before, after))
        {
            Outcome outcome = await CompareAsync(_folder.File($"base/{before}"), _folder.File($"current/{after}"), "--to", _folder.Root);

            Assert.Equal((code, ""), (outcome.Code, outcome.Error));
            string answer = code == 1 ? "slower" : "same within ±50 %";
            string[] expected =
            [
                .. from name in new[] { "direct", "raw-fetch" }
                   from figure in new[] { "p50", "p95", "p99", "mean" }
                   // The random p99s of the recorded runs differ more than the others.
                   where figure is not ("p95" or "p99") || times == 10
                   select $"{name}/echo/1KB {figure} {answer}",
            ];
            HashSet<string> answers =
            [
                .. JsonNode.Parse(File.ReadAllText(_folder.File("compare.json")))!["answers"]!.AsArray()
                    .Select(one => $"{one!["case"]} {one["figure"]} {one["answer"]}"),
            ];
            Assert.All(expected, one => Assert.Contains(one, answers));
            Assert.Contains("direct/echo/1KB allocated same within ±5 %", answers);
        }
    }

    [Fact]
    public async Task Method_slowed_in_every_launch_is_the_only_slower_one()
    {
        SaveRuns(new MadeUpRuns(1).Record(core.Report));
        Save("slower", Slower(core.Report, 2, one => one.Method == "service-binding"));

        Outcome outcome = await CompareAsync(core.Folder, _folder.File("slower"), "--to", _folder.Root);

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
            Text(answer, "case").StartsWith("service-binding/", StringComparison.Ordinal) ? "slower" : "same within ±50 %",
            Text(answer, "answer")));

        static string Text(JsonNode answer, string member) => answer[member]!.GetValue<string>();
    }

    [Fact]
    public async Task P99_is_shown_with_its_range_in_all_forms()
    {
        const string Name = "direct/echo/1KB";
        Save("base", MadeUp.Report(6, MadeUp.Case(Name, 1_000, 1_000, 1_000, 1_000, 1_000, 30_000)));
        Save("current", MadeUp.Report(6, MadeUp.Case(Name, 900, 2_000, 2_000, 2_000, 2_000, 2_000)));

        foreach (string form in s_forms)
        {
            await CompareAsync(_folder.File($"base/{form}"), _folder.File($"current/{form}"), "--to", _folder.Root);

            string[] rows =
            [
                .. File.ReadLines(_folder.File("compare.md"))
                    .Where(line => line.Contains(Name, StringComparison.Ordinal))
                    .Select(line => string.Join('|', line.Split('|').Select(cell => cell.Trim()))),
            ];
            Assert.Contains(rows, row => row.StartsWith($"|{Name}|p50|1.00 µs|2.00 µs|", StringComparison.Ordinal));
            Assert.Contains(
                rows, row => row.StartsWith($"|{Name}|p99|1.00 µs [1.00 – 30.0]|2.00 µs [0.900 – 2.00]|", StringComparison.Ordinal));
            JsonNode p99 = JsonNode.Parse(File.ReadAllText(_folder.File("compare.json")))!["answers"]!.AsArray()
                .Single(answer => answer!["figure"]!.GetValue<string>() == "p99")!;
            Assert.Equal(
                [1_000, 1_000, 30_000, 2_000, 900, 2_000],
                new[] { "base", "base_low", "base_high", "current", "current_low", "current_high" }
                    .Select(member => Math.Round(p99[member]!.GetValue<double>() / 100) * 100));
        }
    }

    [Fact]
    public async Task Too_few_launches_are_refused_in_all_forms()
    {
        Save("base", MadeUp.Report(6, MadeUp.Flat("direct/echo/1KB", 1_000)));
        Save("current", MadeUp.Report(2, MadeUp.Case("direct/echo/1KB", 9_000, 9_000)));

        foreach (string form in s_forms)
        {
            string path = _folder.File($"current/{form}");
            await RequireRefusedAsync(
                $"{path} has 2 of the 6 launches that this takes (--resume completes a run that ended early, --profile standard",
                _folder.File("base"),
                path);
            await RequireRefusedAsync("has 2 of the 6 launches", path, _folder.File("base"));
        }
    }

    [Fact]
    public async Task Nothing_is_the_same_on_a_machine_without_recorded_runs()
    {
        Save("base", MadeUp.Report(6, MadeUp.Flat("direct/echo/1KB", 1_000)));

        Outcome outcome = await Outcome.OfAsync("compare", _folder.File("base"), _folder.File("base"));

        Assert.Equal(4, outcome.Code);
        Assert.Contains("the spread between runs is not known here: ", outcome.Output, StringComparison.Ordinal);
        Assert.Contains(
            "Verdict: not known: nothing slower was found; not decided: p50 in 1 (direct/echo/1KB), ", outcome.Output,
            StringComparison.Ordinal);
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
        SaveRuns("direct/echo/1KB");

        Outcome outcome = await CompareAsync();

        // A process with another case has other figures, so the recorded spread does not hold.
        Assert.Equal(4, outcome.Code);
        string other = $"{_folder.File("base/report.json")} has 2 cases, not the 1 recorded ones";
        Assert.Contains(other, outcome.Output, StringComparison.Ordinal);
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
    public async Task Different_condition_is_refused_in_all_forms_unless_forced(string member, string error)
    {
        RunReport report = MadeUp.Report(6, MadeUp.Case("direct/echo/1KB", [.. Enumerable.Repeat(1_000L, 6)]));
        Save("base", report);
        JsonNode json = JsonNode.Parse(RunReportJson.Write(report))!;
        json["environment"]![member] = member == "cores" ? 64 : "other";
        File.WriteAllText(_folder.File("changed.json"), json.ToJsonString());
        Save("current", RunReportJson.Read(_folder.File("changed.json")));

        foreach ((string before, string after) in from before in s_forms from after in s_forms select (before, after))
        {
            string[] both = [_folder.File($"base/{before}"), _folder.File($"current/{after}")];
            await RequireRefusedAsync(error, both);

            Outcome forced = await Outcome.OfAsync(["compare", .. both, "--force"]);
            Assert.Equal(4, forced.Code);
            Assert.Contains("Verdict: not judged.", forced.Output, StringComparison.Ordinal);
            Assert.Contains($"cannot be compared: {error}", forced.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Table_without_its_environment_is_refused_unless_forced()
    {
        Save("base", MadeUp.Report(6, MadeUp.Flat("direct/echo/1KB", 1_000)));
        string csv = File.ReadAllText(_folder.File("base/percentiles.csv")).Replace(",environment,", ",setting,", StringComparison.Ordinal);
        File.WriteAllText(_folder.File("old.csv"), csv);
        string markdown = File.ReadAllText(_folder.File("base/percentiles.md")).Replace("Conditions", "Words", StringComparison.Ordinal);
        File.WriteAllText(_folder.File("old.md"), markdown);

        foreach (string old in new[] { _folder.File("old.csv"), _folder.File("old.md") })
        {
            await RequireRefusedAsync($"{old} does not name its processor, runtime and settings", _folder.File("base"), old);
            Outcome forced = await Outcome.OfAsync("compare", old, old, "--force");
            Assert.Equal(4, forced.Code);
            Assert.Matches(@"\| direct/echo/1KB \| p50 +\| +1\.00 µs \| +1\.00 µs \|", forced.Output);
        }
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

        SaveRuns("direct/echo/1KB");
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
    public async Task Different_payload_kind_is_refused_with_both_names()
    {
        RunReport text = MadeUp.WithFile(MadeUp.File);
        Save("base", text with { Run = text.Run with { PayloadKind = PayloadKind.Letters } });
        Save("current", text);

        await RequireRefusedAsync("payload kind was letters, is text", _folder.File("base"), _folder.File("current"));

        // A report of an older program has no payload kind, and its payloads were letters.
        string path = _folder.File("base/report.json");
        JsonNode old = JsonNode.Parse(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken))!;
        Assert.True(old["run"]!.AsObject().Remove("payloadKind"));
        await File.WriteAllTextAsync(path, old.ToJsonString(), TestContext.Current.CancellationToken);
        await RequireRefusedAsync("payload kind was letters, is text", _folder.File("base"), _folder.File("current"));
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

        SaveRuns("direct/echo/1KB", "direct/echo/file", "service-binding/echo/1KB", "service-binding/echo/file");
        Save("current", MadeUp.WithFile(MadeUp.File with { Name = "renamed.json" }));
        Assert.Equal(0, (await CompareAsync()).Code);

        CaseReport[] casesWithoutFile = [.. report.Cases.Where(one => one.Payload != "file")];
        Save("current", report with { Run = report.Run with { PayloadFile = null }, Cases = casesWithoutFile });
        Outcome without = await CompareAsync();
        Assert.Equal(4, without.Code);
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
    [InlineData("| a | b |\n|---|---|\n| 1 | 2 |\n", "has no table with the columns method, function, payload, p50")]
    [InlineData("| Call p50 |\n|---|\n| 2 ns |\n", "its header lacks Binding, Function, Payload")]
    [InlineData("| method | function | payload | p50 |\n|--|--|--|--|\n| a | b | c | 1.0 h |\n", "line 3, p50 '1.0 h': expected a figure")]
    [InlineData("| method | function | payload | p50 |\n|--|--|--|--|\n", "has a header and no case")]
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
        await RequireRefusedAsync("has none of report.json, percentiles.csv, percentiles.md", core.Folder, _folder.Root);
        File.WriteAllText(_folder.File("full.json"), """{"HostEnvironmentInfo":{},"Benchmarks":[{"FullName":"A.B"}]}""");
        await RequireRefusedAsync("Accepted: two of a kind", core.Folder, _folder.File("full.json"));
    }

    [Theory]
    [InlineData("NaN", "expected a number of 0 or more")]
    [InlineData("-5", "expected a number of 0 or more")]
    [InlineData("1e400", "expected a number of 0 or more")]
    [InlineData("twelve", "line 2, p50_ns 'twelve'")]
    [InlineData("1,2", "expected 39 cells, found 40")]
    [InlineData("\"1", "damaged")]
    public async Task Table_with_a_field_that_is_no_figure_is_refused(string field, string error)
    {
        Save("base", MadeUp.Report(6, MadeUp.Flat("direct/echo/1KB", 1_050)));
        string[] lines = File.ReadAllText(_folder.File("base/percentiles.csv")).Split("\r\n");
        string[] cells = lines[1].Split(',');
        cells[Array.IndexOf(lines[0].Split(','), "p50_ns")] = field;
        File.WriteAllText(_folder.File("bad.csv"), string.Join("\r\n", lines[0], string.Join(',', cells)));

        await RequireRefusedAsync(error, _folder.File("base/percentiles.csv"), _folder.File("bad.csv"));
    }

    [Fact]
    public async Task Table_with_a_case_twice_or_of_two_runs_is_refused()
    {
        Save("base", MadeUp.Report(6, MadeUp.Flat("direct/echo/1KB", 1_050), MadeUp.Flat("direct/echo/10KB", 1_050)));
        string csv = File.ReadAllText(_folder.File("base/percentiles.csv"));
        string[] lines = csv.Split("\r\n");
        File.WriteAllText(_folder.File("twice.csv"), string.Join("\r\n", lines[0], lines[1], lines[1]));
        string other = lines[2].Replace("cores: 2", "cores: 4", StringComparison.Ordinal);
        File.WriteAllText(_folder.File("two.csv"), string.Join("\r\n", lines[0], lines[1], other));
        File.WriteAllText(_folder.File("none.csv"), lines[0]);

        await RequireRefusedAsync("direct/echo/1KB stands there more than once", _folder.File("twice.csv"), _folder.File("twice.csv"));
        await RequireRefusedAsync("A file has the cases of one run", _folder.File("two.csv"), _folder.File("two.csv"));
        await RequireRefusedAsync("has a header and no case", _folder.File("none.csv"), _folder.File("none.csv"));
    }

    [Fact]
    public async Task Tables_of_BenchmarkDotNet_are_shown_but_not_judged()
    {
        File.WriteAllText(_folder.File("base.csv"), """
            Method,Job,Binding,Function,Payload,Mean,Note,Call p50,Call p95,Call p99,Allocated
            Call,Job-A,direct,echo,1KB,"3,388.8 ns",,"2,385.00 ns","3,385.00 ns","3,607.00 ns",2 KB
            """);
        File.WriteAllText(_folder.File("current.md"), """
            ```
            BenchmarkDotNet v0.15.8, Linux
            ```
            | Method   | Binding    | Function | Payload | Mean       | Note     | Call p50   | Call p95   | Call p99   | Allocated |
            |--------- |----------- |--------- |-------- |-----------:|--------- |-----------:|-----------:|-----------:|----------:|
            | **Call** | **direct** | **echo** | **1KB** | **4.1 μs** | **a\|b** | **2.9 μs** | **3.5 μs** | **9.9 μs** |  **4 KB** |
            """);

        await RequireRefusedAsync("current.md does not name its processor", _folder.File("base.csv"), _folder.File("current.md"));
        Outcome forced = await Outcome.OfAsync(
            "compare", _folder.File("base.csv"), _folder.File("current.md"), "--force", "--to", _folder.Root);

        Assert.Equal(4, forced.Code);
        string csv = File.ReadAllText(_folder.File("compare.csv"));
        Assert.Contains("direct/echo/1KB,p50,ns,2385,,,2900,,,", csv, StringComparison.Ordinal);
        Assert.Contains("direct/echo/1KB,p99,ns,3607,,,9900,,,", csv, StringComparison.Ordinal);
        Assert.Contains("direct/echo/1KB,mean,ns,3388.8,,,4100,,,", csv, StringComparison.Ordinal);
        Assert.Contains("direct/echo/1KB,allocated,B,2048,,,4096,,,", csv, StringComparison.Ordinal);
        Assert.DoesNotContain("slower", csv, StringComparison.Ordinal);
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

        await RequireRefusedAsync("has 1 of the 6 launches that this takes", _folder.File("base.json"), _folder.File("current.json"));
        Outcome outcome = await Outcome.OfAsync(
            "compare", _folder.File("base.json"), _folder.File("current.json"), "--force", "--to", _folder.Root);

        Assert.Equal(4, outcome.Code);
        string csv = File.ReadAllText(_folder.File("compare.csv"));
        Assert.Contains("A.B(x: 1),mean,ns,100,,,150,,,50,,,not judged", csv, StringComparison.Ordinal);
        Assert.Contains("A.B(x: 1),allocated,B,40,,,40,,,0,,,not judged", csv, StringComparison.Ordinal);
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

    private static async Task RequireRefusedAsync(string error, params string[] files)
    {
        Outcome outcome = await Outcome.OfAsync(["compare", .. files]);
        Assert.Equal((2, ""), (outcome.Code, outcome.Output));
        Assert.Contains(error, outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }

    private static RunReport Slower(RunReport report, double times, Func<CaseReport, bool> isSlower) => report with
    {
        Cases =
        [
            .. report.Cases.Select(one => isSlower(one)
                ? one with { Passes = [.. one.Passes.Select(pass => Slower(pass, times))] }
                : one),
        ],
    };

    private Task<Outcome> CompareAsync() => CompareAsync(_folder.File("base"), _folder.File("current"));

    // Compares by the runs that SaveRuns saved; without them by those of the repository.
    private Task<Outcome> CompareAsync(params string[] arguments)
    {
        string runs = _folder.File(RunPool.FileName);
        return Outcome.OfAsync(["compare", .. arguments, .. File.Exists(runs) ? ["--runs", runs] : Array.Empty<string>()]);
    }

    private void SaveRuns(params string[] cases) => SaveRuns(new MadeUpRuns(1).Record(cases));

    private void SaveRuns(RunPool runs) => File.WriteAllBytes(_folder.File(RunPool.FileName), runs.ToBytes());

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
