using System.Text.Json;
using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Measuring.Launches;

/// <summary>Pins the JSON that a launch reads and writes, because its parent may be a build of another commit.</summary>
public class LaunchWireTests
{
    [Fact]
    public void Plan_keeps_its_wire_names()
    {
        LaunchPlan plan = LaunchPlan.Make(2, [CaseId.Parse("direct/echo/1KB")], MadeUp.Settings, "more.dll", "{}", "launches/2") with
        {
            GarbageCollector = "workstation",
            Sabotage = "DropsSlow",
        };

        string line = JsonSerializer.Serialize(plan, LaunchPlanJson.Default.LaunchPlan);

        Assert.Equal(
            """
            {"number":2,"cases":["direct/echo/1KB"],"run":{"profile":"standard","launches":6,"calls":10000,"passLimitSeconds":3,
            "callers":[],"seed":42,"thresholds":[],"benchmarkDotNetArguments":["--job","short"],"callerUrl":null,"payloadFile":null,
            "payloadKind":"text","startedAt":"2026-01-02T03:04:05+00:00","commit":"0123456789abcdef0123456789abcdef01234567","dirty":false},
            "bindingsAssembly":"more.dll","payloadText":"{}","garbageCollector":"workstation","sabotage":"DropsSlow","folder":"launches/2"}
            """.ReplaceLineEndings(""),
            line);
    }

    [Fact]
    public void Plan_of_a_large_run_lets_passes_end_early()
    {
        RunSettings settings = MadeUp.Settings with { PassesMayEndEarly = true };
        LaunchPlan plan = LaunchPlan.Make(2, [CaseId.Parse("direct/echo/1KB")], settings, null, null, "launches/2");

        string line = JsonSerializer.Serialize(plan, LaunchPlanJson.Default.LaunchPlan);

        Assert.Contains("\"passLimitSeconds\":3,\"passesMayEndEarly\":true,", line, StringComparison.Ordinal);
        Assert.True(JsonSerializer.Deserialize(line, LaunchPlanJson.Default.LaunchPlan)!.Run.PassesMayEndEarly);
    }

    public static TheoryData<string> Events =>
    [
        """{"event":"warming-up","method":"direct"}""",
        """{"event":"warmed-up","warmUp":{"method":"","steady":true,"reason":"","curve":[{"seconds":5,"p50Ns":40,"compiledMethods":3}]}}""",
        """
        {"event":"warmed-up","warmUp":{"method":"","steady":true,"reason":"","curve":[],
        "courses":[{"case":"direct/echo/1KB","course":"warmed up","heldSeconds":2.5,"p50Ns":[40,39]}]}}
        """.ReplaceLineEndings(""),
        """{"event":"anchor-measured","case":"direct/echo/1KB","point":{"casesBefore":8,"calls":1000,"p50Ns":141.5}}""",
        """{"event":"case-starting","case":"direct/echo/1KB"}""",
        """{"event":"settling","case":"direct/echo/1KB"}""",
        """{"event":"pass-starting","case":"direct/echo/1KB"}""",
        """{"event":"pass-starting","case":"direct/echo/1KB","expectedSeconds":50.5}""",
        """{"event":"cases-probed","cases":[{"case":"direct/echo/1KB","ns":141.5}]}""",
        """{"event":"pass-ended","case":"direct/echo/1KB"}""",
        """{"event":"callers-starting","case":"direct/echo/1KB","callers":8}""",
        """{"event":"case-failed","case":"direct/echo/1KB","error":"no answer"}""",
        """{"event":"finished"}""",
    ];

    [Theory]
    [MemberData(nameof(Events))]
    public void Event_is_written_as_it_was_read(string line) => Assert.Equal(line, LaunchEventJson.Write(LaunchEventJson.Read(line)));

    [Fact]
    public void Measured_case_keeps_its_wire_names()
    {
        string line = LaunchEventJson.Write(new CaseMeasured("direct/echo/1KB", MadeUp.Pass((1_000, 10))));

        Assert.StartsWith(
            """{"event":"case-measured","case":"direct/echo/1KB","pass":{"launch":1,"calls":10,""",
            line,
            StringComparison.Ordinal);
        Assert.Equal(line, LaunchEventJson.Write(LaunchEventJson.Read(line)));
    }

    [Fact]
    public void First_event_keeps_its_wire_names()
    {
        string line = LaunchEventJson.Write(new Hosted(new ClockFloor(1_000, 1, 20, 40), MadeUp.Environment));

        Assert.StartsWith(
            """{"event":"hosted","clock":{"frequency":1000,"stepNs":1,"readNs":20,"recorderNs":40,"floorNs":20},"environment":{"cpu":""",
            line,
            StringComparison.Ordinal);
        Assert.Equal(line, LaunchEventJson.Write(LaunchEventJson.Read(line)));
    }
}
