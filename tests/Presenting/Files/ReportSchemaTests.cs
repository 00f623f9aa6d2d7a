using System.Text.Json.Nodes;
using NJsonSchema;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Presenting.Files;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Tests.Presenting.Files;

public class ReportSchemaTests
{
    // Reports of the first programs lack these members, so they are optional.
    private static readonly string[] s_membersOfLaterPrograms =
    [
        "programVersion", "endedEarly", "cpuVersion", "courses", "payloadKind", "anchor", "passesMayEndEarly", "selectedMethods",
        "leastCalls", "checkingNs", "failedCalls", "changes", "heap", "allowedCores", "p999_low_ns", "p999_high_ns", "beyond_p99_share",
        "meanIsFromOutside", "resultsAreSorted", "reach", "files",
    ];

    private static readonly string s_path = Path.Combine(SourceState.Root, "benchmarks", "Results", "report.schema.json");

    [Fact]
    public void Schema_file_equals_the_generated_schema() =>
        Golden.RequireSame("../benchmarks/Results/report.schema.json", ReportSchema.Text());

    [Fact]
    public async Task Written_report_is_valid() => Assert.Empty(await ErrorsAsync(_ => { }));

    [Fact]
    public async Task Committed_baseline_is_valid()
    {
        string baseline = Path.Combine(SourceState.Root, "artifacts", "baseline", RunReport.FileName);
        JsonSchema schema = await JsonSchema.FromFileAsync(s_path, TestContext.Current.CancellationToken);

        Assert.Empty(schema.Validate(await File.ReadAllTextAsync(baseline, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Report_of_failed_run_is_valid()
    {
        RunReport nothing = MadeUp.Report(1, MadeUp.Case("service-binding/echo/1KB"));
        nothing = nothing with
        {
            Environment = null,
            Launches = [nothing.Launches[0] with { Outcome = LaunchOutcome.Failed, Error = "died", Clock = null, WarmUps = [] }],
            Run = nothing.Run with { Commit = null, Dirty = null },
        };

        Assert.Empty(await ErrorsAsync(_ => { }, nothing));
    }

    [Fact]
    public async Task Report_of_remote_caller_is_valid() =>
        Assert.Empty(await ErrorsAsync(_ => { }, MadeUp.OfCaller(MadeUpRun.Report)));

    [Fact]
    public async Task Report_with_callers_is_valid() => Assert.Empty(await ErrorsAsync(_ => { }, MadeUpRun.WithCallers));

    [Fact]
    public async Task Report_with_payload_file_is_valid() =>
        Assert.Empty(await ErrorsAsync(_ => { }, MadeUp.WithFile(MadeUp.File)));

    [Theory]
    [InlineData("run", "payloadFile", null)]
    [InlineData("run", "payloadFile", "\"orders.json\"")]
    [InlineData("run.payloadFile", "name", "\"\"")]
    [InlineData("run.payloadFile", "bytes", "0")]
    [InlineData("run.payloadFile", "sha256", "\"ABC\"")]
    [InlineData("run.payloadFile", "payloadBytes", "63")]
    [InlineData("run.payloadFile", "path", "\"orders.json\"")]
    public async Task Damaged_payload_file_is_invalid(string where, string member, string? value) => Assert.NotEmpty(await ErrorsAsync(
        report => Damage(report, where, member, value), MadeUp.WithFile(MadeUp.File)));

    [Theory]
    [InlineData("", "run", null)]
    [InlineData("", "schemaVersion", "1")]
    [InlineData("", "extra", "1")]
    [InlineData("", "methods", "[]")]
    [InlineData("", "cases", "[]")]
    [InlineData("run", "dirty", "\"no\"")]
    [InlineData("run", "startedAt", "\"yesterday\"")]
    [InlineData("environment", "cores", "\"2\"")]
    [InlineData("launches.0", "outcome", "\"gone\"")]
    [InlineData("launches.0.clock", "stepNs", null)]
    [InlineData("launches.0", "noise", null)]
    [InlineData("launches.0.noise", "othersCores", null)]
    [InlineData("launches.0.noise", "stealCores", "-1")]
    [InlineData("launches.0.noise", "longestStallMs", "null")]
    [InlineData("launches.0.clock", "frequency", "0")]
    [InlineData("cases.1.passes.0", "histogram", "\"\"")]
    [InlineData("cases.1.passes.0", "meanNs", "-1")]
    [InlineData("cases.1.passes.0", "movedBytes", null)]
    [InlineData("cases.1.passes.0", "tail", "{}")]
    [InlineData("cases.1.passes.0", "process", null)]
    [InlineData("cases.1.passes.0.process", "collections", "[1, 2]")]
    [InlineData("", "callers", null)]
    [InlineData("run", "callers", "[0]")]
    [InlineData("run", "callers", "[1025]")]
    [InlineData("run", "callers", "[1, 1]")]
    [InlineData("run", "callers", "[1, 2, 3, 4, 5, 6, 7, 8, 9]")]
    [InlineData("methods.0", "floor", null)]
    [InlineData("methods.0", "serializer", "1")]
    [InlineData("cases.1.passes.0", "callers", null)]
    [InlineData("cases.1.passes.0.callers.0", "wallNs", "0")]
    [InlineData("cases.1.passes.0.callers.0", "histogram", null)]
    [InlineData("callers.0", "calls_per_second", "\"many\"")]
    [InlineData("callers.0", "note", null)]
    [InlineData("percentiles.0", "p50_ns", "\"20\"")]
    [InlineData("overhead.0", "verdict", "\"perhaps\"")]
    [InlineData("overhead.0", "p99_overhead_ns", null)]
    public async Task Damaged_report_is_invalid(string where, string member, string? value) => Assert.NotEmpty(await ErrorsAsync(
        report => Damage(report, where, member, value), MadeUpRun.WithCallers));

    [Fact]
    public async Task Report_with_crossover_is_valid() => Assert.Empty(await ErrorsAsync(_ => { }, MadeUp.Lines));

    [Theory]
    [InlineData("", "models", null)]
    [InlineData("models.0", "fixed_ns", null)]
    [InlineData("models.0", "r_squared", "\"good\"")]
    [InlineData("residuals.0", "residual", "null")]
    [InlineData("crossovers.0", "payload_bytes", "-1")]
    public async Task Damaged_cost_model_is_invalid(string where, string member, string? value) => Assert.NotEmpty(await ErrorsAsync(
        report => Damage(report, where, member, value), MadeUp.Lines));

    [Fact]
    public void Schema_is_closed_and_describes_members_with_units()
    {
        JsonObject[] objects = [.. Objects(JsonNode.Parse(File.ReadAllText(s_path))!)];

        Assert.True(objects.Length > 10);
        Assert.All(objects, one =>
        {
            JsonObject members = one["properties"]!.AsObject();
            Assert.False((bool)one["additionalProperties"]!);
            Assert.Equal(
                members.Select(member => member.Key).Except(s_membersOfLaterPrograms),
                one["required"]!.AsArray().Select(name => (string)name!));
            Assert.All(members, member =>
            {
                string description = (string)member.Value!["description"]!;
                Assert.NotEmpty(description);
                Assert.True(!IsIn("Ns", "_ns") || description.Contains("in ns", StringComparison.Ordinal), member.Key);
                Assert.True(!IsIn("Ms") || description.Contains("in ms", StringComparison.Ordinal), member.Key);
                Assert.True(!IsIn("econds") || description.Contains("in seconds", StringComparison.Ordinal), member.Key);
                Assert.True(!IsIn("Bytes", "_bytes") || description.Contains("ytes", StringComparison.Ordinal), member.Key);

                bool IsIn(params string[] endings) => endings.Any(ending => member.Key.EndsWith(ending, StringComparison.Ordinal));
            });
        });
    }

    private static void Damage(JsonNode report, string where, string member, string? value)
    {
        JsonNode place = report;
        foreach (string step in where.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            place = (int.TryParse(step, out int index) ? place[index] : place[step])!;
        }

        if (value is null)
        {
            Assert.True(place.AsObject().Remove(member));
        }
        else
        {
            place[member] = JsonNode.Parse(value);
        }
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
    {
        JsonObject one => one.SelectMany(member => Objects(member.Value))
            .Concat(one["properties"] is JsonObject && one["required"] is JsonArray ? [one] : Array.Empty<JsonObject>()),
        JsonArray items => items.SelectMany(Objects),
        _ => [],
    };

    private static async Task<IEnumerable<object>> ErrorsAsync(Action<JsonNode> damage, RunReport? report = null)
    {
        using var folder = new TemporaryFolder();
        ReportFiles.Write(new RunAnalysis(report ?? MadeUpRun.Report), folder.Root);
        JsonNode json =
            JsonNode.Parse(await File.ReadAllTextAsync(folder.File(RunReport.FileName), TestContext.Current.CancellationToken))!;
        damage(json);
        JsonSchema schema = await JsonSchema.FromFileAsync(s_path, TestContext.Current.CancellationToken);
        return schema.Validate(json.ToJsonString());
    }
}
