using System.Text.Json.Nodes;
using WorkerRpc.Benchmarks.Analysis.Reading;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Presenting.Files;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Presenting.Files;

public class RunReportJsonTests
{
    // Two launches, since some mistakes show only where figures are added.
    private static readonly RunReport s_small = MadeUp.Report(
        2, MadeUp.Case("direct/echo/1KB", 1_000), MadeUp.Case("service-binding/echo/1KB", 16_000, 17_000))
        .WithCallers((_, _) => [MadeUp.Callers(1, 10_000, (20_000, 1_000)), MadeUp.Callers(8, 30_000, (90_000, 1_000))]);

    private static readonly string s_written = Written(s_small);

    private static readonly string[] s_tables = ["percentiles", "overhead", "callers", "models", "residuals", "crossovers"];

    [Theory]
    [InlineData("")]
    [InlineData("  \n")]
    [InlineData("not JSON")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("42")]
    [InlineData("{}")]
    [InlineData("{\"schemaVersion\": \"1\"}")]
    [InlineData("{\"schemaVersion\": 1}")]
    [InlineData("method,function,payload\r\n")]
    public void Text_that_is_no_report_is_refused(string content) => RequireRefused(content);

    [Fact]
    public void Truncated_report_is_refused()
    {
        for (int part = 1; part < 20; part++)
        {
            RequireRefused(s_written[..(s_written.Length * part / 20)]);
        }
    }

    [Fact]
    public void Older_schema_version_is_refused_with_the_accepted_one()
    {
        string refusal = RequireRefused(Damaged(report => report["schemaVersion"] = 1));

        Assert.Contains("schema version 1. Accepted: 4.", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"0.9.0\"", "written by version 0.9.0 of this program")]
    [InlineData("null", "written by a newer version of this program")]
    [InlineData("9", "written by a newer version of this program")]
    public void Newer_schema_version_is_refused_with_the_version_that_reads_it(string programVersion, string writer)
    {
        string refusal = RequireRefused(Damaged(report =>
        {
            report["schemaVersion"] = RunReport.CurrentSchemaVersion + 1;
            report["programVersion"] = JsonNode.Parse(programVersion);
            // A newer schema version may lack members of this version.
            report.AsObject().Remove("run");
        }));

        Assert.Contains("schema version 5. It was " + writer + ", which can read it.", refusal, StringComparison.Ordinal);
        Assert.EndsWith(
            $"This is version {RunReport.CurrentProgramVersion}, which reads schema version 4.", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Earlier_report_is_read_although_later_members_are_missing()
    {
        using var folder = new TemporaryFolder();
        JsonNode earlier = JsonNode.Parse(File.ReadAllText(
            Path.Combine(SourceState.Root, "artifacts", "baseline", RunReport.FileName)))!;
        earlier.AsObject().Remove("programVersion");
        earlier["run"]!.AsObject().Remove("passesMayEndEarly");
        earlier["launches"]!.AsArray().ToList().ForEach(launch => launch!.AsObject().Remove("anchor"));
        File.WriteAllText(folder.File(RunReport.FileName), earlier.ToJsonString());

        RunReport read = RunReportConsistency.Read(folder.File(RunReport.FileName));

        Assert.NotEmpty(read.Cases);
        Assert.Null(read.ProgramVersion);
        Assert.All(read.Launches, launch => Assert.Null(launch.Anchor));
    }

    [Fact]
    public void Members_of_a_later_program_are_skipped()
    {
        string later = Damaged(report =>
        {
            foreach (JsonNode place in new[] { report, report["run"]!, report["launches"]![0]!, report["cases"]![1]!["passes"]![0]! })
            {
                place["later"] = JsonNode.Parse("""{ "figures": [1, 2] }""");
            }
        });

        Assert.Equal(s_written, Written(Read(later)));
    }

    [Fact]
    public void Optional_member_may_be_missing()
    {
        RunReport earlier = Read(Damaged(report => Assert.True(report.AsObject().Remove("programVersion"))));

        Assert.Null(earlier.ProgramVersion);
        Assert.Equal(s_written, Written(earlier with { ProgramVersion = s_small.ProgramVersion }));
    }

    [Fact]
    public void Duplicate_case_is_refused_by_name() => Assert.Contains(
        "service-binding/echo/1KB more than once",
        RequireRefused(Damaged(report => report["cases"]!.AsArray().Add(report["cases"]![1]!.DeepClone()))),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("cases", "null", " or a damaged one: cases has a value that does not belong there.")]
    [InlineData("run", "{}", " or a damaged one: run lacks 'profile', ")]
    [InlineData("run", "[]", " or a damaged one: run has a value that does not belong there.")]
    [InlineData("cases", "[]", " is damaged: it has no case.")]
    [InlineData("methods", "[]", " is damaged: it has no method.")]
    public void Damaged_member_is_named_in_plain_words(string member, string value, string expected)
    {
        string refusal = RequireRefused(Damaged(report => report[member] = JsonNode.Parse(value)));

        Assert.Contains(expected, refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("WorkerRpc.", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Duplicate_pass_or_launch_is_refused()
    {
        RequireRefused(Damaged(report => report["cases"]![1]!["passes"]!.AsArray().Add(report["cases"]![1]!["passes"]![0]!.DeepClone())));
        RequireRefused(Damaged(report => report["launches"]!.AsArray().Add(report["launches"]![0]!.DeepClone())));
    }

    [Theory]
    [InlineData("meanNs", "-1")]
    [InlineData("minNs", "-0.5")]
    [InlineData("maxNs", "NaN")]
    [InlineData("wallNs", "\"NaN\"")]
    [InlineData("movedBytes", "-1")]
    [InlineData("process.cpuNs", "1e999")]
    [InlineData("process.pausedNs", "Infinity")]
    [InlineData("process.allocatedBytes", "-1")]
    [InlineData("firstThirdP50Ns", "-1")]
    [InlineData("lastThirdP50Ns", "null")]
    [InlineData("calls", "0")]
    [InlineData("calls", "999")]
    [InlineData("calls", "1000.5")]
    [InlineData("launch", "3")]
    [InlineData("process.collections", "[1, 2]")]
    [InlineData("histogram", "\"\"")]
    [InlineData("histogram", "\"no base64\"")]
    [InlineData("histogram", "\"AAAA\"")]
    [InlineData("delegationHistogram", "\"HISTFAAAAAB4nAMAAAAAAQ==\"")]
    public void Pass_with_impossible_figure_is_refused(string member, string value)
    {
        const string Placeholder = "in place of this";
        string[] steps = member.Split('.');
        string damaged = Damaged(report =>
        {
            JsonNode pass = report["cases"]![1]!["passes"]![1]!;
            steps.SkipLast(1).Aggregate(pass, (place, step) => place[step]!)[steps[^1]] = Placeholder;
        });

        RequireRefused(damaged.Replace($"\"{Placeholder}\"", value, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("callers", "9")]
    [InlineData("calls", "0")]
    [InlineData("calls", "999")]
    [InlineData("wallNs", "0")]
    [InlineData("wallNs", "-1")]
    [InlineData("wallNs", "5e-324")]
    [InlineData("maxNs", "-1")]
    [InlineData("cpuNs", "1e300")]
    [InlineData("allocatedBytes", "-1")]
    [InlineData("histogram", "\"AAAA\"")]
    public void Callers_with_impossible_figure_are_refused(string member, string value) =>
        RequireRefused(Damaged(report => report["cases"]![1]!["passes"]![1]!["callers"]![1]![member] = JsonNode.Parse(value)));

    [Theory]
    [InlineData("[]")]
    [InlineData("[1]")]
    [InlineData("[8, 1]")]
    [InlineData("[1, 8, 8]")]
    [InlineData("[0, 1, 8]")]
    [InlineData("[1, 8, 1025]")]
    [InlineData("[1, 2, 3, 4, 5, 6, 7, 8, 9]")]
    public void Impossible_caller_counts_are_refused(string asked) =>
        RequireRefused(Damaged(report => report["run"]!["callers"] = JsonNode.Parse(asked)));

    [Theory]
    [InlineData("run.payloadFile.name", "\"\"")]
    [InlineData("run.payloadFile.bytes", "0")]
    [InlineData("run.payloadFile.bytes", "1.5")]
    [InlineData("run.payloadFile.sha256", "\"abc\"")]
    [InlineData("run.payloadFile.sha256", "null")]
    [InlineData("run.payloadFile.payloadBytes", "63")]
    [InlineData("run.payloadFile.payloadBytes", "1000001")]
    [InlineData("run.payloadFile.payloadBytes", "6401")]
    [InlineData("run.payloadFile", "null")]
    [InlineData("run.payloadFile", "{}")]
    [InlineData("run.payloadFile", "\"orders.json\"")]
    [InlineData("cases.3.payloadBytes", "6401")]
    public void Impossible_payload_file_is_refused(string member, string value)
    {
        string[] steps = member.Split('.');
        JsonNode report = JsonNode.Parse(Written(MadeUp.WithFile(MadeUp.File)))!;
        JsonNode parent = steps.SkipLast(1)
            .Aggregate(report, (place, step) => int.TryParse(step, out int index) ? place[index]! : place[step]!);
        parent[steps[^1]] = JsonNode.Parse(value);

        RequireRefused(report.ToJsonString());
    }

    [Theory]
    [InlineData("\"prose\"")]
    [InlineData("4")]
    [InlineData("null")]
    public void Impossible_payload_kind_is_refused(string kind) =>
        RequireRefused(Damaged(report => report["run"]!["payloadKind"] = JsonNode.Parse(kind)));

    [Theory]
    [InlineData("loadBefore", "-1")]
    [InlineData("othersBeforeCores", "-0.1")]
    [InlineData("othersCores", "-0.1")]
    [InlineData("stealCores", "1e300")]
    [InlineData("throttledMs", "-1")]
    [InlineData("governor", "1")]
    [InlineData("longestStallMs", "null")]
    [InlineData("longestStallMs", "-1")]
    [InlineData("stalls", "-1")]
    [InlineData("parentCores", "-1")]
    public void Noise_with_impossible_figure_is_refused(string member, string value) =>
        RequireRefused(Damaged(report => report["launches"]![0]!["noise"]![member] = JsonNode.Parse(value)));

    [Fact]
    public void Report_of_remote_caller_may_lack_process_figures()
    {
        using var folder = new TemporaryFolder();
        ReportFiles.Write(new RunAnalysis(MadeUp.OfCaller(s_small)), folder.Root);

        PassReport pass = RunReportConsistency.Read(folder.File(RunReport.FileName)).Cases[1].Passes[1];

        Assert.Null(pass.Process ?? (object?)pass.DelegationHistogram ?? pass.WallNs);
    }

    [Fact]
    public void Path_without_a_file_is_refused()
    {
        using var folder = new TemporaryFolder();

        Assert.All(
            new[] { folder.File("missing.json"), folder.File("no/such/folder/report.json"), folder.Root, "" },
            path => Assert.Contains(
                path, Assert.Throws<UnusableInputException>(() => RunReportConsistency.Read(path)).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Damaged_value_is_refused_or_can_be_written()
    {
        using var folder = new TemporaryFolder();
        int places = Places(JsonNode.Parse(s_written)!).Count();
        int refused = 0;
        for (int place = 0; place < places; place++)
        {
            foreach (string? damage in Damages(Places(JsonNode.Parse(s_written)!).ElementAt(place)))
            {
                JsonNode report = JsonNode.Parse(s_written)!;
                Damage(Places(report).ElementAt(place), damage);
                File.WriteAllText(folder.File(RunReport.FileName), report.ToJsonString());
                try
                {
                    ReportFiles.Write(new RunAnalysis(RunReportConsistency.Read(folder.File(RunReport.FileName))), folder.Root);
                }
                catch (UnusableInputException e)
                {
                    Assert.Contains(folder.Root, e.Message, StringComparison.Ordinal);
                    refused++;
                }
                catch (Exception e) when (e is not Xunit.Sdk.XunitException)
                {
                    Assert.Fail($"{damage ?? "removed"} in place of {Places(JsonNode.Parse(s_written)!).ElementAt(place).GetPath()}: {e}");
                }
            }
        }

        Assert.True(refused > places);
    }

    // The JSON texts that replace a value; null removes the member or item.
    private static string?[] Damages(JsonNode place) => place.GetValueKind() == System.Text.Json.JsonValueKind.Number
        ? ["null", "-1", "0", "2147483647", "1e308", null]
        : ["null", "{}", "[null]", "\"x\"", null];

    // Every member, and the first item of every array. The tables are left out: reading a report ignores them.
    private static IEnumerable<JsonNode> Places(JsonNode node) => node switch
    {
        JsonObject members => members
            .Where(member => member.Value is not null && !(node.Parent is null && s_tables.Contains(member.Key)))
            .SelectMany(member => Places(member.Value!).Prepend(member.Value!)),
        JsonArray items => items.Take(1).SelectMany(item => Places(item!).Prepend(item!)),
        _ => [],
    };

    private static void Damage(JsonNode place, string? damage)
    {
        if (damage is not null)
        {
            JsonNode? instead = JsonNode.Parse(damage);
            if (place.Parent is JsonObject parent)
            {
                parent[place.GetPropertyName()] = instead;
            }
            else
            {
                place.Parent!.AsArray()[place.GetElementIndex()] = instead;
            }
        }
        else if (place.Parent is JsonObject parent)
        {
            parent.Remove(place.GetPropertyName());
        }
        else
        {
            place.Parent!.AsArray().RemoveAt(place.GetElementIndex());
        }
    }

    private static string Damaged(Action<JsonNode> damage)
    {
        JsonNode report = JsonNode.Parse(s_written)!;
        damage(report);
        return report.ToJsonString();
    }

    private static RunReport Read(string content)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File(RunReport.FileName), content);
        return RunReportConsistency.Read(folder.File(RunReport.FileName));
    }

    private static string RequireRefused(string content)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("damaged.json");
        File.WriteAllText(path, content);
        string message = Assert.Throws<UnusableInputException>(() => RunReportConsistency.Read(path)).Message;
        Assert.Contains(path, message, StringComparison.Ordinal);
        return message;
    }

    private static string Written(RunReport report)
    {
        using var folder = new TemporaryFolder();
        ReportFiles.Write(new RunAnalysis(report), folder.Root);
        return File.ReadAllText(folder.File(RunReport.FileName));
    }
}
