using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using WorkerRpc.Benchmarks.Commands;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.CallerWorker;
using WorkerRpc.Functions;
using WorkerRpc.RuntimeWorker;
using WorkerRpc.Tests.Commands;
using WorkerRpc.Tests.Injected;

namespace WorkerRpc.Tests.Measuring.Calling;

/// <summary>Tests runs with <c>--caller-url</c>, against real and scripted caller workers.</summary>
public sealed class CallerUrlTests : IDisposable
{
    private const string RawFetch = "raw-fetch/echo/100B";

    private static readonly string[] s_unknownColumns = ["allocated_bytes", "cpu_ns", "gen0", "gen1", "gen2", "moved_bytes"];

    private readonly TemporaryFolder _artifacts = new();

    public static TheoryData<string, string> UnusableAnswers => new()
    {
        { "", "answered what is no JSON: nothing" },
        { "<html>busy\u001b[2J", "answered what is no JSON: '<html>busy [2J'" },
        { "null", "answered 'null' instead of a JSON object" },
        { "{}", "answer has no method" },
        { """{"method":"direct"}""", "answer has method '\"direct\"': expected raw-fetch" },
        { """{"method":"raw-fetch","functionId":"\ud800"}""", "no JSON" },
        { Answer("iterations", "11"), "answer has iterations '11': expected 10" },
        { Answer("payloadSize", "\"100\""), "answer has payloadSize '\"100\"': expected 100" },
        { Answer("rawResults", "[1,2,3]"), "answer has rawResults 3 results: expected 10 results" },
        { Answer("rawResults", "null"), "answer has rawResults 'null': expected 10 results" },
        { Results("null"), "answer has rawResults[0] 'null': expected 0 to 3600000 ms" },
        { Results("-0.1"), "answer has rawResults[0] '-0.1': expected 0 to 3600000 ms" },
        { Results("1e300"), "answer has rawResults[0] '1e300': expected 0 to 3600000 ms" },
        { Results("1e999"), "answer has rawResults[0] '1e999': expected 0 to 3600000 ms" },
        { Results("\"1\""), "answer has rawResults[0] '\"1\"': expected 0 to 3600000 ms" },
        { Results("NaN"), "no JSON" },
        { new string(' ', (4 * 1024 * 1024) + 1), "longer than 4194304 bytes" },
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _artifacts.Dispose();

    [Fact(Timeout = 120_000)]
    public async Task Real_caller_worker_fills_all_columns_it_can_know()
    {
        await using WebApplication runtime = RuntimeApp.Build(["--urls=http://127.0.0.1:0"]);
        await runtime.StartAsync(TestContext.Current.CancellationToken);
        await using WebApplication caller = CallerApp.Build(["--urls=http://127.0.0.1:0", $"--RUNTIME_URL={AddressOf(runtime)}"]);
        await caller.StartAsync(TestContext.Current.CancellationToken);

        string[] thresholds = [.. new[] { "p50", "p95", "p99" }.SelectMany(name => new[] { "--threshold", $"raw-fetch/*:{name}=10s" })];
        Outcome outcome = await RunAsync(AddressOf(caller), ["--filter", RawFetch, .. thresholds, "--seed", "7"]);

        RunReport report = Report();
        Assert.True(outcome.Code is 0 or 4, $"{outcome.Code}: {outcome.Error}{outcome.Output}");
        Assert.Equal(LaunchOutcome.Finished, Assert.Single(report.Launches).Outcome);
        Assert.Equal(["direct/echo/100B", RawFetch], report.Cases.Select(one => one.Id.ToString()));
        Assert.All(report.Cases, one => Assert.Equal((1000, true), (Assert.Single(one.Passes).Calls, one.Passes[0].Process is null)));
        Assert.Equal((AddressOf(caller) + "/", 1, 7), (report.Run.CallerUrl, report.Run.Launches, report.Run.Seed));
        Assert.Null(report.Environment);
        // The caller runs on this machine, so the machine is watched. The workers' own processor time is not known.
        NoiseReport noise = report.Launches[0].Noise!;
        Assert.Equal(Environment.ProcessorCount, noise.AllowedCores);
        Assert.Null(noise.OthersCores);
        string[] row = Row("percentiles.csv", RawFetch);
        string[] header = Csv("percentiles.csv")[0].Split(',');
        Assert.All(s_unknownColumns, column => Assert.Equal("", row[Array.IndexOf(header, column)]));
        Assert.Contains("not known of a caller in another process", row[^1], StringComparison.Ordinal);
        Assert.Contains("delegation not known of a caller in another process", Row("overhead.csv", RawFetch)[^1], StringComparison.Ordinal);
        Assert.Contains($"caller worker at {AddressOf(caller)}/", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Percentiles_are_exact_and_garbage_fails_one_case()
    {
        // 1 to 1000 ns in an order in which each part has the same distribution, so that no drift is reported.
        var callsMade = new Dictionary<BenchmarkRequest, long>();
        await using ScriptedCaller caller = await ScriptedCaller.StartAsync(request =>
        {
            if (request is { Method: "raw-fetch", PayloadBytes: 1_000 })
            {
                return "garbage";
            }

            long before = callsMade.GetValueOrDefault(request with { Calls = 0 });
            callsMade[request with { Calls = 0 }] = before + request.Calls;
            Assert.InRange(request.Calls, 1, 10_000);
            return ScriptedCaller.Answer(request, call => ((before + call) * 377 % 1000) + 1);
        });

        Outcome outcome = await RunAsync(caller.Address, "--filter", RawFetch, "raw-fetch/echo/1KB");

        Assert.Equal(3, outcome.Code);
        Assert.StartsWith(
            "raw-fetch,echo,100B,100,1,1000,500.5,,,1,500,,,900,950,,,990,,,,,,500,950,990,0.02,1000,,,,,,1,true,ok,",
            Csv("percentiles.csv").Single(row => row.StartsWith("raw-fetch,echo,100B", StringComparison.Ordinal)),
            StringComparison.Ordinal);
        Assert.Contains(
            ",failed in launch 1: the caller worker answered what is no JSON: 'garbage'",
            string.Join('\n', Csv("percentiles.csv")),
            StringComparison.Ordinal);
        Assert.Equal("failed", Row("percentiles.csv", "raw-fetch/echo/1KB")[^4]);
        Assert.Equal("ok", Row("percentiles.csv", "direct/echo/1KB")[^4]);
    }

    [Fact]
    public async Task Payload_kind_is_requested_only_if_it_is_given_and_must_be_answered()
    {
        var asked = new List<string?>();
        await using ScriptedCaller foreign = await ScriptedCaller.StartAsync(request =>
        {
            asked.Add(request.PayloadKind);
            return ScriptedCaller.Answer(request, call => call + 1);
        });

        Outcome letters = await RunAsync(foreign.Address, "--filter", RawFetch);
        Assert.All(asked, Assert.Null);
        Assert.NotEmpty(asked);
        Assert.Equal(PayloadKind.Letters, Report().Run.PayloadKind);
        Assert.Contains("payloads: letters (one repeated letter)", letters.Output, StringComparison.Ordinal);

        // The foreign caller worker ignores the kind, so its figures would be those of another payload.
        RequireFailed(await RunAsync(foreign.Address, "--filter", RawFetch, "--payload-kind", "json"));
        Assert.Contains("answer has no payloadKind", Assert.Single(Failures(RawFetch)), StringComparison.Ordinal);

        await using ScriptedCaller own = await ScriptedCaller.StartAsync(request =>
            $"{{\"payloadKind\":\"{request.PayloadKind}\",{ScriptedCaller.Answer(request, call => call + 1)[1..]}");
        await RunAsync(own.Address, "--filter", RawFetch, "--payload-kind", "json");
        Assert.All(Report().Cases, one => Assert.Empty(one.Failures));
        Assert.Equal(PayloadKind.Json, Report().Run.PayloadKind);
    }

    [Fact]
    public async Task Coarse_clock_is_reported_and_decides_no_lower_threshold()
    {
        await using ScriptedCaller caller = await ScriptedCaller.StartAsync(request =>
            ScriptedCaller.Answer(request, call => call % 4 == 0 ? 2_000_000 : 0));

        Outcome outcome = await RunAsync(caller.Address, "--filter", RawFetch, "--threshold", "raw-fetch/*:p50=500us");

        Assert.Equal(4, outcome.Code);
        Assert.Contains("p50 < 2.00 ms, the clock's floor", Row("percentiles.csv", RawFetch)[^1], StringComparison.Ordinal);
        string markdown = File.ReadAllText(Path.Combine(_artifacts.Root, "results", "percentiles.md"));
        Assert.Contains("clock: step 2.00 ms", markdown, StringComparison.Ordinal);
        Assert.Contains("straddles 500 µs", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(UnusableAnswers))]
    public async Task Unusable_answer_fails_the_case_with_an_excerpt(string answer, string expected)
    {
        await using ScriptedCaller caller = await ScriptedCaller.StartAsync(_ => answer);

        Outcome outcome = await RunAsync(caller.Address, "--filter", RawFetch);

        RequireFailed(outcome);
        Assert.Contains(expected, Assert.Single(Failures(RawFetch)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"status":502,"detail":"http://127.0.0.1:1 is unreachable."}""", "answered 502: http://127.0.0.1:1 is unreachable.")]
    [InlineData("at Some.Stack()", "answered 502: 'at Some.Stack()'")]
    public async Task Error_status_fails_the_case_with_its_detail(string body, string expected)
    {
        await using ScriptedCaller caller = await ScriptedCaller.StartAsync((_, context) =>
        {
            context.Response.StatusCode = 502;
            return context.Response.WriteAsync(body);
        });

        RequireFailed(await RunAsync(caller.Address, "--filter", RawFetch));
        Assert.Contains(expected, Assert.Single(Failures(RawFetch)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Timeout_fails_the_launch_and_names_the_option()
    {
        await using ScriptedCaller caller =
            await ScriptedCaller.StartAsync((_, context) => Task.Delay(Timeout.Infinite, context.RequestAborted));

        Outcome outcome = await RunAsync(caller.Address, "--filter", RawFetch, "--timeout", "1");

        RequireFailed(outcome);
        Assert.Contains(
            $"launch 1 failed: The caller worker at {caller.Address}/ gave no answer within 1 s (--timeout), while warming up",
            outcome.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finished_case_is_reported_when_the_caller_worker_disappears()
    {
        // The phases: probe of method A, of B, first visit of A, of B, second visit of A, of B, pass of A, pass of B.
        const int SecondPass = 8;
        string lastMethod = "";
        int phase = 0;
        await using ScriptedCaller caller = await ScriptedCaller.StartAsync((request, context) =>
        {
            phase += request.Method == lastMethod ? 0 : 1;
            lastMethod = request.Method;
            if (phase == SecondPass)
            {
                context.Abort();
                return Task.CompletedTask;
            }

            return context.Response.WriteAsync(ScriptedCaller.Answer(request, call => 1_000 + (call % 2)), context.RequestAborted);
        });

        Outcome outcome = await RunAsync(caller.Address, "--filter", RawFetch);

        RequireFailed(outcome);
        Assert.Contains($"No caller worker answers at {caller.Address}/", Assert.Single(Report().Launches).Error, StringComparison.Ordinal);
        Assert.Equal([0, 1], Report().Cases.Select(one => one.Passes.Count).Order());
        Assert.Contains("launch 1 failed: No caller worker answers at", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_within_a_pass_keeps_the_calls_before_it()
    {
        // The last phase, the pass of the second method, begins with a settling batch. The third batch fails.
        const int SecondPass = 8;
        string lastMethod = "";
        int phase = 0;
        int batches = 0;
        int kept = 0;
        await using ScriptedCaller caller = await ScriptedCaller.StartAsync((request, context) =>
        {
            phase += request.Method == lastMethod ? 0 : 1;
            lastMethod = request.Method;
            batches += phase == SecondPass ? 1 : 0;
            if (batches == 3)
            {
                context.Response.StatusCode = 502;
                return context.Response.WriteAsync("""{"status":502,"detail":"Call 7 by raw-fetch gave a wrong answer."}""");
            }

            kept = batches == 2 ? request.Calls : kept;
            return context.Response.WriteAsync(ScriptedCaller.Answer(request, call => 1_000 + (call % 2)), context.RequestAborted);
        });

        // More calls than one batch can have.
        RequireFailed(await Outcome.OfAsync(Arguments(caller.Address, CallerApp.IterationBounds.Max + 1, "--filter", RawFetch)));

        CaseReport failed = Report().Cases.Single(one => one.Failures.Count > 0);
        Assert.Equal((kept, false), (Assert.Single(failed.Passes).Calls, failed.Passes[0].HitTimeLimit));
        Assert.Equal(
            $"in the pass, after {kept} calls: the caller worker answered 502: Call 7 by raw-fetch gave a wrong answer.",
            failed.Failures[0].Error);
    }

    [Fact]
    public async Task Interrupted_run_writes_a_report_and_exits_130()
    {
        using var interrupted = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await using ScriptedCaller caller = await ScriptedCaller.StartAsync(async (_, context) =>
        {
            await interrupted.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });

        using var output = new StringWriter();
        string[] arguments = ["--caller-url", caller.Address, "--artifacts", _artifacts.Root];
        ProgramExitCode code = await ProgramCommands.RunAsync(arguments, output, TextWriter.Null, interrupted.Token);

        Assert.Equal(ProgramExitCode.Interrupted, code);
        Assert.Contains("launch 1 interrupted: interrupted while warming up", output.ToString(), StringComparison.Ordinal);
        Assert.True(Report().Interrupted);
    }

    [Theory]
    [InlineData(404, "Nothing answers /methods.", "GET /methods is answered with 404, and GET /execute?method=raw-fetch with 400")]
    [InlineData(500, "broken", "GET /methods is answered with 500: 'broken'")]
    [InlineData(200, "hello", "no JSON: 'hello'")]
    [InlineData(200, "{}", "has no methods")]
    [InlineData(200, """{"methods":[1]}""", "methods '[1]': expected a list of names")]
    [InlineData(
        200, """{"methods":["carrier-pigeon"]}""", "offers no method that is known here: 'carrier-pigeon'. Known: direct, service-binding")]
    public async Task Unusable_list_of_methods_is_refused(int status, string methods, string expected)
    {
        await using ScriptedCaller caller = await ScriptedCaller.StartAsync((_, _) => Task.CompletedTask, status, methods);

        RequireRefused(await RunAsync(caller.Address), caller.Address, expected);
    }

    // The caller worker of the project's brief has no /methods, sorts its results, and its clock has steps of 1 ms.
    [Fact]
    public async Task Caller_without_methods_and_with_sorted_results_of_a_coarse_clock_is_measured()
    {
        await using ScriptedCaller caller = await ScriptedCaller.StartAsync(
            async (request, context) =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(request.Calls / 100.0), context.RequestAborted);
                string answer = ScriptedCaller.Answer(request, call => call < request.Calls * 3 / 4 ? 0 : 1_000_000);
                await context.Response.WriteAsync(answer, context.RequestAborted);
            },
            methodsStatus: 404,
            methods: "Not Found",
            executes: ["direct", "service-binding", "raw-fetch"]);

        Outcome outcome = await RunAsync(caller.Address, "--filter", RawFetch, "service-binding/echo/100B");

        Assert.True(outcome.Code is 0 or 4, $"{outcome.Code}: {outcome.Error}{outcome.Output}");
        PassReport[] passes = [.. Report().Cases.Select(one => Assert.Single(one.Passes))];
        Assert.Equal(3, passes.Length);
        Assert.All(passes, pass => Assert.Equal((true, true), (pass.MeanIsFromOutside, pass.ResultsAreSorted)));
        // The delay is 10 µs a call at least. The mean of the results is 250 µs.
        Assert.All(passes, pass => Assert.InRange(pass.MeanNs, 1, 249_000));
        string note = Row("percentiles.csv", RawFetch)[^1];
        Assert.Contains("p50 < 1.00 ms, the clock's floor", note, StringComparison.Ordinal);
        Assert.Contains("mean timed from outside", note, StringComparison.Ordinal);
        Assert.Contains("the caller sorts its results", note, StringComparison.Ordinal);
        Assert.DoesNotContain("p50 changed", note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Caller_without_methods_is_asked_for_the_methods_that_the_user_names()
    {
        await using ScriptedCaller caller = await ScriptedCaller.StartAsync(
            (_, _) => Task.CompletedTask, methodsStatus: 404, methods: "", executes: ["direct", "pipe", "grpc"]);

        Outcome outcome = await RunAsync(caller.Address, "--list", "--filter", "pipe/echo/*");

        Assert.Equal(
            ["direct/echo/100B", "pipe/echo/100B"],
            outcome.Output.Split('\n').Where(line => line.EndsWith("100B", StringComparison.Ordinal)).Order());
        Assert.DoesNotContain("grpc", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filter_without_an_offered_method_is_refused()
    {
        await using ScriptedCaller caller = await ScriptedCaller.StartAsync((_, _) => Task.CompletedTask);

        Outcome refused = await RunAsync(caller.Address, "--filter", "service-binding/*");
        Outcome all = await RunAsync(caller.Address, "--list", "--filter", "*");

        RequireRefused(refused, "'service-binding/*'", "Methods: direct, raw-fetch;");
        Assert.Equal(24, all.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Missing_caller_worker_is_refused_with_the_start_command()
    {
        // Bound but not listening: the port refuses connections, and no other process can take it.
        using var refusing = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        refusing.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        RequireRefused(
            await RunAsync($"http://{refusing.LocalEndPoint}"),
            $"No caller worker answers at http://{refusing.LocalEndPoint}/",
            "To start one: dotnet run -c Release --project workers/CallerWorker");
    }

    [Theory]
    [InlineData("--caller-url ''")]
    [InlineData("--caller-url '127.0.0.1:8787'", "--caller-url", "127.0.0.1:8787")]
    [InlineData(
        "--caller-url 'ftp://127.0.0.1': expected the address of a caller worker, like http://127.0.0.1:8787.",
        "--caller-url",
        "ftp://127.0.0.1")]
    [InlineData("'http://127.0.0.1/?x=1'", "--caller-url", "http://127.0.0.1/?x=1")]
    [InlineData("'http://user:secret@127.0.0.1'", "--caller-url", "http://user:secret@127.0.0.1")]
    [InlineData("--launches 6: expected 1 with --caller-url", "--caller-url", "http://127.0.0.1:1", "--launches", "6")]
    [InlineData(
        "--job is BenchmarkDotNet's, which takes no part with --caller-url", "--caller-url", "http://127.0.0.1:1", "--job", "short")]
    public async Task Invalid_address_or_option_of_launches_is_refused(string expected, params string[] arguments) =>
        RequireRefused(await Outcome.OfAsync(arguments.Length == 0 ? ["--caller-url", ""] : arguments), expected);

    private static string AddressOf(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();

    // The answer to the first request, with one changed member.
    private static string Answer(string member, string value)
    {
        string payloadSize = member == "payloadSize" ? value : "100";
        string iterations = member == "iterations" ? value : "10";
        string results = member == "rawResults" ? value : "[1,1,1,1,1,1,1,1,1,1]";
        string request = $"\"method\":\"raw-fetch\",\"functionId\":\"echo\",\"payloadSize\":{payloadSize},\"iterations\":{iterations}";
        return $"{{{request},\"rawResults\":{results}}}";
    }

    private static string Results(string first) => Answer("rawResults", $"[{first},1,1,1,1,1,1,1,1,1]");

    private static void RequireRefused(Outcome outcome, params string[] expected)
    {
        Assert.Equal((2, ""), (outcome.Code, outcome.Output));
        Assert.All(expected, text => Assert.Contains(text, outcome.Error, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }

    private static void RequireFailed(Outcome outcome)
    {
        Assert.True(outcome.Code == 3, $"{outcome.Code}: {outcome.Error}{outcome.Output}");
        Assert.DoesNotContain("   at ", outcome.Error + outcome.Output, StringComparison.Ordinal);
    }

    private Task<Outcome> RunAsync(string address, params string[] arguments) => Outcome.OfAsync(Arguments(address, 1_000, arguments));

    private string[] Arguments(string address, int calls, params string[] arguments) =>
    [
        "--caller-url", address, "--artifacts", _artifacts.Root, "--iterations", $"{calls}",
        // The assembly shortens the warm-up.
        "--bindings", typeof(InjectedWarmUpAttribute).Assembly.Location, .. arguments,
    ];

    private RunReport Report() => RunReportJson.Read(Path.Combine(_artifacts.Root, "results", RunReport.FileName));

    private IEnumerable<string> Failures(string id) =>
        Report().Cases.Single(one => one.Id.ToString() == id).Failures.Select(failure => failure.Error);

    private string[] Csv(string file) => File.ReadAllText(Path.Combine(_artifacts.Root, "results", file)).Split("\r\n");

    // The note is the last column, and the only one that may contain a comma.
    private string[] Row(string file, string id)
    {
        string[] lines = Csv(file);
        int columns = lines[0].Split(',').Length;
        return lines.Single(row => row.StartsWith(id.Replace('/', ',') + ",", StringComparison.Ordinal)).Split(',', columns);
    }
}
