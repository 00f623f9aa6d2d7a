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

/// <summary>What every method has to do for every function, whoever wrote it: no method may skip, cache or share.</summary>
public class BindingContractTests(LaunchFixture launch) : IClassFixture<LaunchFixture>
{
    private const long Now = 1_700_000_000_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static MatrixTheoryData<string, string> EveryMethodAndFunction => new(LaunchFixture.Methods, LaunchFixture.Functions);

    public static MatrixTheoryData<string, string> EveryDelegatingMethodAndFunction => new(LaunchFixture.DelegatingMethods, LaunchFixture.Functions);

    public static MatrixTheoryData<string, string> EveryInlineMethodAndFunction => new(LaunchFixture.InlineMethods, LaunchFixture.Functions);

    public static TheoryData<string> EveryMethod => [.. LaunchFixture.Methods];

    public static TheoryData<string> EveryDelegatingMethod => [.. LaunchFixture.DelegatingMethods];

    [Theory]
    [MemberData(nameof(EveryMethodAndFunction))]
    public async Task The_result_equals_what_the_function_returns_inline(string method, string function)
    {
        // Twice a KB is room enough for what escapes and the envelope add.
        int letters = Math.Min(100_000, (BindingCatalog.BuiltIn.Find(method).MaxPayloadBytes ?? int.MaxValue) - 2_000);
        ExecuteRequest request = Request(function, "\" \\ / \0 \u2028 <é> 🦔 " + new string('x', letters));
        ExecuteResponse inline = await FunctionList.Find(function).ExecuteAsync(request.Payload, Cancellation);

        ExecuteResponse delegated = await launch.Host.Stub(method).ExecuteAsync(request, Cancellation);

        // Records compare their members, and their own type first; only the two clocks may differ.
        Assert.Equal(inline with { RuntimeTimestamp = delegated.RuntimeTimestamp, ExecutionTimeMs = delegated.ExecutionTimeMs }, delegated);
        Assert.True(delegated.RuntimeTimestamp > Now);
    }

    [Theory]
    [MemberData(nameof(EveryMethodAndFunction))]
    public async Task The_result_equals_that_of_direct_for_every_payload_of_the_matrix(string method, string function)
    {
        foreach (PayloadSize size in LaunchFixture.SizesOf(method))
        {
            var request = new ExecuteRequest(function, size.CreatePayload(Now), Now);
            ExecuteResponse direct = await launch.Host.Stub(new DirectBinding().Id).ExecuteAsync(request, Cancellation);

            ExecuteResponse delegated = await launch.Host.Stub(method).ExecuteAsync(request, Cancellation);

            Assert.Equal(direct with { RuntimeTimestamp = delegated.RuntimeTimestamp, ExecutionTimeMs = delegated.ExecutionTimeMs }, delegated);
        }
    }

    [Theory]
    [MemberData(nameof(EveryDelegatingMethodAndFunction))]
    public async Task The_text_of_a_payload_file_reaches_the_runtime_and_comes_back_byte_for_byte(string method, string function)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("payload.json");
        byte[] file = Encoding.UTF8.GetBytes($"\t{{ \"{Guid.NewGuid()}\" :\r\n [\"\\ud800 \\u0000 \\\" \\/ é € 🦔 \u2028 <&'+>\", 1e3, -0.0, null] }}\n\n");
        await File.WriteAllBytesAsync(path, file, Cancellation);
        string text = PayloadFile.Read(path).Text;

        // The case's own setup proves the answer; its call is watched by the runtime's side here.
        CaseSetup proved = await CaseConnection.OpenAsync(new CaseId(method, function, PayloadFileReport.Label), launch.Host, text, Cancellation);
        ExecuteResponse arrived = await proved.Stub.ExecuteAsync(proved.Request with { FunctionId = WatchedFunctions.Watched(function) }, Cancellation);

        Assert.Equal(file, Encoding.UTF8.GetBytes(WatchedFunctions.RuntimeSideOf(text).Received.Data));
        Assert.Equal(file, Encoding.UTF8.GetBytes(DataOf(arrived)));
    }

    [Theory]
    [MemberData(nameof(EveryDelegatingMethod))]
    public async Task The_largest_payload_file_goes_through(string method)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("payload.json");
        // In the payload's JSON each quote and é is 6 bytes, so an item 19; brackets and all around are 52.
        string items = string.Concat(Enumerable.Repeat("\"é\",", 999_800 / 19));
        await File.WriteAllTextAsync(path, $"[{items}{new string('1', 999_948 - (items.Length / 4 * 19))}]", Cancellation);
        PayloadFile largest = PayloadFile.Read(path);
        Assert.Equal(PayloadSize.Bounds.Max, largest.Report.PayloadBytes);

        // It proves the answer, which is compute's for being the longest.
        await CaseConnection.OpenAsync(new CaseId(method, "compute", PayloadFileReport.Label), launch.Host, largest.Text, Cancellation);
    }

    [Theory]
    [MemberData(nameof(EveryDelegatingMethodAndFunction))]
    public async Task No_string_that_arrives_is_the_one_that_was_sent_on_either_side(string method, string function)
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
    public async Task A_method_that_stays_in_the_caller_hands_over_references_and_moves_no_bytes(string method, string function)
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
    public async Task A_call_moves_at_least_the_encoded_request_and_response(string method, string function)
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
        // The digits of the two clocks may differ from call to call, and nothing else may.
        Assert.True(again.SentBytes >= once.SentBytes - 32 && again.ReceivedBytes >= once.ReceivedBytes - 32, $"{once}, then {again}.");
    }

    [Theory]
    [MemberData(nameof(EveryMethod))]
    public async Task Calls_at_once_each_get_their_own_answer(string method)
    {
        IRuntimeStub stub = launch.Host.Stub(method);
        ExecuteRequest[] requests = [.. Enumerable.Range(0, 64).Select(i => Request("echo", $"{i} " + new string((char)('a' + (i % 26)), i * 400)))];

        ExecuteResponse[] responses = await Task.WhenAll(requests.Select(request => stub.ExecuteAsync(request, Cancellation).AsTask()));

        Assert.Equal(requests.Select(request => request.Payload), responses.Select(response => ((ExecuteResponse<Payload>)response).Result));
    }

    [Theory]
    [MemberData(nameof(EveryMethod))]
    public async Task An_unknown_function_is_an_error_that_names_the_known_ones(string method)
    {
        IRuntimeStub stub = launch.Host.Stub(method);

        Exception error = await Assert.ThrowsAsync<UnknownFunctionException>(() => stub.ExecuteAsync(Request("nothing", "x"), Cancellation).AsTask());

        Assert.EndsWith($"Known: {string.Join(", ", LaunchFixture.Functions)}.", error.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(EveryMethod))]
    public async Task A_caller_that_gives_up_cancels_the_work_of_the_runtime_and_can_call_again(string method)
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
    public void Only_remedies_that_stand_on_no_floor_are_held_to_less()
    {
        IBinding[] exempt = [.. BindingCatalog.BuiltIn.All.Where(binding => LaunchFixture.Methods.Except(LaunchFixture.DelegatingMethods).Except(LaunchFixture.InlineMethods).Contains(binding.Id))];

        Assert.All(exempt, binding => Assert.Equal([BindingTags.Remedy], binding.Tags));
        Assert.All(exempt, binding => Assert.Null(binding.References));
        Assert.Equal([new DirectBinding().Id], LaunchFixture.InlineMethods);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(EveryMethod))]
    public async Task A_call_whose_deadline_passes_is_a_timeout_and_cancels_the_work_of_the_runtime(string method)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        IRuntimeStub stub = launch.Host.Stub(method);
        // Before the one that is too short: the connection is there, so that the call arrives.
        Assert.NotNull(await stub.ExecuteAsync(Request("echo", "in time"), TimeSpan.FromSeconds(20), cancellation));
        ExecuteRequest request = Request(WatchedFunctions.Held, UniqueText());
        WatchedFunctions.HeldCall held = WatchedFunctions.CallOf(request.Payload.Data);

        TimeoutException error = await Assert.ThrowsAsync<TimeoutException>(() => stub.ExecuteAsync(request, TimeSpan.FromMilliseconds(100), cancellation).AsTask());

        Assert.Equal("No answer from the runtime within 0.1 s.", error.Message);
        await held.Cancelled.WaitAsync(cancellation);
    }

    [Theory]
    [MemberData(nameof(EveryDelegatingMethod))]
    public async Task A_function_that_throws_is_500_in_its_own_words_and_the_next_call_is_answered(string method)
    {
        IRuntimeStub stub = launch.Host.Stub(method);
        ExecuteRequest request = Request(WatchedFunctions.Scripted, UniqueText());
        WatchedFunctions.Script(request.Payload.Data, _ => throw new InvalidOperationException("The function's own words."));

        RuntimeErrorException heard = await Assert.ThrowsAsync<RuntimeErrorException>(() => stub.ExecuteAsync(request, Cancellation).AsTask());

        Assert.Equal((500, "The function's own words."), (heard.Status, heard.Detail));
        ExecuteRequest next = Request("echo", "next");
        Assert.Equal(next.Payload, ((ExecuteResponse<Payload>)await stub.ExecuteAsync(next, Cancellation)).Result);
    }

    private static ExecuteRequest Request(string function, string data) => new(function, new Payload(data, new PayloadMetadata(Now)), Now);

    private static string UniqueText() => $"{Guid.NewGuid()} é";

    private static string DataOf(ExecuteResponse response) => response switch
    {
        ExecuteResponse<Payload> { Result: var payload } => payload.Data,
        ExecuteResponse<ComputeResult> { Result.Input: var payload } => payload.Data,
        _ => throw new InvalidOperationException($"Say here where {response.GetType()} holds the text that was sent."),
    };

    // A method that says that it speaks JSON sends the JSON form; any other encoding carries at least the text.
    private static int EncodedBytes(string method, object message)
    {
        bool json = BindingCatalog.BuiltIn.Find(method).Settings.Contains("JSON", StringComparison.Ordinal);
        return json
            ? JsonSerializer.SerializeToUtf8Bytes(message, message.GetType(), WireJson.Default).Length
            : Encoding.UTF8.GetByteCount(message is ExecuteRequest request ? request.FunctionId + request.Payload.Data : DataOf((ExecuteResponse)message));
    }
}
