using System.Text;
using System.Text.Json;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Direct;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Bindings;

/// <summary>The contract of every method for every function: no method may skip, cache or share a call.</summary>
public class BindingContractTests(LaunchFixture launch) : IClassFixture<LaunchFixture>
{
    private const long Now = 1_700_000_000_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static MatrixTheoryData<string, string> EveryMethodAndFunction => new(LaunchFixture.Methods, LaunchFixture.Functions);

    public static MatrixTheoryData<string, string> EveryDelegatingMethodAndFunction =>
        new(LaunchFixture.DelegatingMethods, LaunchFixture.Functions);

    public static MatrixTheoryData<string, string> EveryInlineMethodAndFunction =>
        new(LaunchFixture.InlineMethods, LaunchFixture.Functions);

    public static MatrixTheoryData<string, PayloadKind> EveryMethodAndKind => new(LaunchFixture.Methods, PayloadKinds.All);

    public static TheoryData<string> EveryMethod => [.. LaunchFixture.Methods];

    public static TheoryData<string> EveryDelegatingMethod => [.. LaunchFixture.DelegatingMethods];

    [Theory]
    [MemberData(nameof(EveryMethodAndFunction))]
    public async Task Result_equals_that_of_an_inline_call(string method, string function)
    {
        // 2 000 bytes are enough for the escapes and the envelope around the text.
        int letters = Math.Min(100_000, (BindingCatalog.BuiltIn.Find(method).MaxPayloadBytes ?? int.MaxValue) - 2_000);
        ExecuteRequest request = Request(function, "\" \\ / \0 \u2028 <é> 🦔 " + new string('x', letters));
        ExecuteResponse inline = await FunctionList.Find(function).ExecuteAsync(request.Payload, Cancellation);

        ExecuteResponse delegated = await launch.Host.Stub(method).ExecuteAsync(request, Cancellation);

        // Records are equal if type and members are. Only the two clock readings may differ.
        Assert.Equal(inline with { RuntimeTimestamp = delegated.RuntimeTimestamp, ExecutionTimeMs = delegated.ExecutionTimeMs }, delegated);
        Assert.True(delegated.RuntimeTimestamp > Now);
    }

    [Theory]
    [MemberData(nameof(EveryMethodAndFunction))]
    public async Task Result_equals_that_of_direct_for_every_payload(string method, string function)
    {
        foreach (PayloadSize size in LaunchFixture.SizesOf(method))
        {
            var request = new ExecuteRequest(function, size.CreatePayload(Now), Now);
            ExecuteResponse direct = await launch.Host.Stub(new DirectBinding().Id).ExecuteAsync(request, Cancellation);

            ExecuteResponse delegated = await launch.Host.Stub(method).ExecuteAsync(request, Cancellation);

            ExecuteResponse expected = direct with
            {
                RuntimeTimestamp = delegated.RuntimeTimestamp,
                ExecutionTimeMs = delegated.ExecutionTimeMs,
            };
            Assert.Equal(expected, delegated);
        }
    }

    [Theory]
    [MemberData(nameof(EveryMethodAndKind))]
    public async Task Payload_of_every_kind_and_size_returns_unchanged(string method, PayloadKind kind)
    {
        foreach (PayloadSize size in LaunchFixture.SizesOf(method))
        {
            // Opening the case compares the answer with that of an inline call.
            CaseSetup proved = await CaseConnection.OpenAsync(
                new CaseId(method, "echo", size.Label), launch.Host, kind, texts: [], Cancellation);

            var answer = (ExecuteResponse<Payload>)await proved.Stub.ExecuteAsync(proved.Request, Cancellation);

            Assert.Equal(size.CreatePayload(proved.Request.Payload.Metadata.Timestamp, kind), answer.Result);
        }
    }

    [Theory]
    [MemberData(nameof(EveryDelegatingMethodAndFunction))]
    public async Task Payload_file_reaches_the_runtime_and_returns_unchanged(string method, string function)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("payload.json");
        byte[] file = Encoding.UTF8.GetBytes(
            $"\t{{ \"{Guid.NewGuid()}\" :\r\n [\"\\ud800 \\u0000 \\\" \\/ é € 🦔 \u2028 <&'+>\", 1e3, -0.0, null] }}\n\n");
        await File.WriteAllBytesAsync(path, file, Cancellation);
        string text = LoadedPayloadFile.Read(path).Text!;

        // Opening the case checks the answer. The second call also records the payload that the runtime receives.
        CaseSetup proved = await CaseConnection.OpenAsync(
            new CaseId(method, function, PayloadFileReport.Label), launch.Host, PayloadKind.Letters, [text], Cancellation);
        ExecuteResponse arrived = await proved.Stub.ExecuteAsync(
            proved.Request with { FunctionId = WatchedFunctions.Watched(function) }, Cancellation);

        Assert.Equal(file, Encoding.UTF8.GetBytes(WatchedFunctions.RuntimeSideOf(text).Received.Data));
        Assert.Equal(file, Encoding.UTF8.GetBytes(DataOf(arrived)));
    }

    [Theory]
    [MemberData(nameof(EveryDelegatingMethod))]
    public async Task Largest_payload_file_is_delegated(string method)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("payload.json");
        // A quote and an é take 6 bytes each as JSON escapes, so an item takes 19. Brackets and the envelope take 52.
        string items = string.Concat(Enumerable.Repeat("\"é\",", 999_800 / 19));
        await File.WriteAllTextAsync(path, $"[{items}{new string('1', 999_948 - (items.Length / 4 * 19))}]", Cancellation);
        LoadedPayloadFile largest = LoadedPayloadFile.Read(path);
        Assert.Equal(PayloadSize.Bounds.Max, largest.Report.PayloadBytes);

        // Opening the case checks the answer. The answer of compute is the longest.
        await CaseConnection.OpenAsync(
            new CaseId(method, "compute", PayloadFileReport.Label), launch.Host, PayloadKind.Letters, [largest.Text!], Cancellation);
    }

    [Theory]
    [MemberData(nameof(EveryDelegatingMethodAndFunction))]
    public async Task Delegating_method_shares_no_object_with_the_runtime(string method, string function)
    {
        ExecuteRequest request = Request(WatchedFunctions.Watched(function), UniqueText());

        ExecuteResponse arrived = await launch.Host.Stub(method).ExecuteAsync(request, Cancellation);

        WatchedFunctions.RuntimeSide runtime = WatchedFunctions.RuntimeSideOf(request.Payload.Data);
        Assert.Equal(request.Payload, runtime.Received);
        Assert.NotSame(request.Payload, runtime.Received);
        Assert.NotSame(request.Payload.Data, runtime.Received.Data);
        Assert.Equal(runtime.Returned, arrived);
        Assert.NotSame(runtime.Returned, arrived);
        Assert.NotSame(DataOf(runtime.Returned), DataOf(arrived));
        Assert.NotSame(request.Payload.Data, DataOf(arrived));
    }

    [Theory]
    [MemberData(nameof(EveryInlineMethodAndFunction))]
    public async Task Inline_method_passes_references_and_moves_no_bytes(string method, string function)
    {
        IRuntimeStub stub = launch.Host.Stub(method);
        ExecuteRequest request = Request(WatchedFunctions.Watched(function), UniqueText());

        ExecuteResponse arrived = await stub.ExecuteAsync(request, Cancellation);

        WatchedFunctions.RuntimeSide runtime = WatchedFunctions.RuntimeSideOf(request.Payload.Data);
        Assert.Same(request.Payload, runtime.Received);
        Assert.Same(runtime.Returned, arrived);
        Assert.Equal(default, stub.Traffic);
    }

    [Theory]
    [MemberData(nameof(EveryDelegatingMethodAndFunction))]
    public async Task Call_moves_at_least_the_encoded_messages(string method, string function)
    {
        await using IRuntimeStub stub = BindingCatalog.BuiltIn.Find(method).Connect(launch.Host);
        Assert.Equal(default, stub.Traffic);
        ExecuteRequest request = Request(function, new string('é', 5_000));

        ExecuteResponse response = await stub.ExecuteAsync(request, Cancellation);
        Traffic once = stub.Traffic;
        Assert.True(once.SentBytes >= EncodedBytes(method, request), $"{once} for {EncodedBytes(method, request)} bytes sent.");
        Assert.True(once.ReceivedBytes >= EncodedBytes(method, response), $"{once} for {EncodedBytes(method, response)} bytes received.");

        await stub.ExecuteAsync(request, Cancellation);
        Traffic again = new(stub.Traffic.SentBytes - once.SentBytes, stub.Traffic.ReceivedBytes - once.ReceivedBytes);
        // Only the digits of the two clock readings may differ between calls.
        Assert.True(again.SentBytes >= once.SentBytes - 32 && again.ReceivedBytes >= once.ReceivedBytes - 32, $"{once}, then {again}.");
    }

    [Theory]
    [MemberData(nameof(EveryMethod))]
    public async Task Concurrent_calls_get_their_own_answers(string method)
    {
        IRuntimeStub stub = launch.Host.Stub(method);
        ExecuteRequest[] requests =
            [.. Enumerable.Range(0, 64).Select(i => Request("echo", $"{i} " + new string((char)('a' + (i % 26)), i * 400)))];

        ExecuteResponse[] responses = await Task.WhenAll(requests.Select(request => stub.ExecuteAsync(request, Cancellation).AsTask()));

        Assert.Equal(
            requests.Select(request => request.Payload),
            responses.Select(response => ((ExecuteResponse<Payload>)response).Result));
    }

    [Theory]
    [MemberData(nameof(EveryMethod))]
    public async Task Unknown_function_error_names_the_known_functions(string method)
    {
        IRuntimeStub stub = launch.Host.Stub(method);

        Exception error = await Assert.ThrowsAsync<UnknownFunctionException>(
            () => stub.ExecuteAsync(Request("nothing", "x"), Cancellation).AsTask());

        Assert.EndsWith($"Known: {string.Join(", ", LaunchFixture.Functions)}.", error.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(EveryMethod))]
    public async Task Cancelled_call_cancels_the_function_and_allows_more_calls(string method)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        IRuntimeStub stub = launch.Host.Stub(method);
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        ExecuteRequest request = Request(WatchedFunctions.Held, UniqueText());
        WatchedFunctions.HeldCall held = WatchedFunctions.CallOf(request.Payload.Data);
        Task<ExecuteResponse> call = stub.ExecuteAsync(request, caller.Token).AsTask();
        await held.Arrived.WaitAsync(cancellation);

        await caller.CancelAsync();

        await held.Cancelled.WaitAsync(cancellation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        ExecuteRequest next = Request("echo", "next");
        Assert.Equal(next.Payload, ((ExecuteResponse<Payload>)await stub.ExecuteAsync(next, cancellation)).Result);
    }

    [Fact]
    public void Only_remedies_without_references_are_exempt()
    {
        string[] ids = [.. LaunchFixture.Methods.Except(LaunchFixture.DelegatingMethods).Except(LaunchFixture.InlineMethods)];
        IBinding[] exempt = [.. BindingCatalog.BuiltIn.All.Where(binding => ids.Contains(binding.Id))];

        Assert.All(exempt, binding => Assert.Equal([BindingTags.Remedy], binding.Tags));
        Assert.All(exempt, binding => Assert.Null(binding.References));
        Assert.Equal([new DirectBinding().Id], LaunchFixture.InlineMethods);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(EveryMethod))]
    public async Task Call_past_its_deadline_times_out_and_cancels_the_function(string method)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        IRuntimeStub stub = launch.Host.Stub(method);
        // A first call opens the connection, so that the call with a short deadline reaches the runtime.
        Assert.NotNull(await stub.ExecuteAsync(Request("echo", "in time"), TimeSpan.FromSeconds(20), cancellation));
        ExecuteRequest request = Request(WatchedFunctions.Held, UniqueText());
        WatchedFunctions.HeldCall held = WatchedFunctions.CallOf(request.Payload.Data);

        TimeoutException error = await Assert.ThrowsAsync<TimeoutException>(
            () => stub.ExecuteAsync(request, TimeSpan.FromMilliseconds(100), cancellation).AsTask());

        Assert.Equal("No answer from the runtime within 0.1 s.", error.Message);
        await held.Cancelled.WaitAsync(cancellation);
    }

    [Theory]
    [MemberData(nameof(EveryDelegatingMethod))]
    public async Task Throwing_function_gives_500_and_later_calls_work(string method)
    {
        IRuntimeStub stub = launch.Host.Stub(method);
        ExecuteRequest request = Request(WatchedFunctions.Scripted, UniqueText());
        WatchedFunctions.Script(request.Payload.Data, _ => throw new InvalidOperationException("The function's own words."));

        RuntimeErrorException error = await Assert.ThrowsAsync<RuntimeErrorException>(
            () => stub.ExecuteAsync(request, Cancellation).AsTask());

        Assert.Equal((500, "The function's own words."), (error.Status, error.Detail));
        ExecuteRequest next = Request("echo", "next");
        Assert.Equal(next.Payload, ((ExecuteResponse<Payload>)await stub.ExecuteAsync(next, Cancellation)).Result);
    }

    private static ExecuteRequest Request(string function, string data) => new(function, new Payload(data, new PayloadMetadata(Now)), Now);

    private static string UniqueText() => $"{Guid.NewGuid()} é";

    private static string DataOf(ExecuteResponse response) => response switch
    {
        ExecuteResponse<Payload> { Result: var payload } => payload.Data,
        ExecuteResponse<ComputeResult> { Result.Input: var payload } => payload.Data,
        _ => throw new InvalidOperationException($"Add the member of {response.GetType()} that contains the payload's text."),
    };

    // A lower bound: the JSON form for methods whose settings name JSON, and the text alone for other encodings.
    private static int EncodedBytes(string method, object message)
    {
        bool json = BindingCatalog.BuiltIn.Find(method).Settings.Contains("JSON", StringComparison.Ordinal);
        return json
            ? JsonSerializer.SerializeToUtf8Bytes(message, message.GetType(), WireJson.Default).Length
            : Encoding.UTF8.GetByteCount(
                message is ExecuteRequest request ? request.FunctionId + request.Payload.Data : DataOf((ExecuteResponse)message));
    }
}
