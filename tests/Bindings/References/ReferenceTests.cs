using System.Net;
using System.Net.Http.Headers;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.CapnWebNpm;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.References;
using WorkerRpc.Functions;
using WorkerRpc.Tests.CapnWeb.Node;
using WorkerRpc.Tests.RuntimeWorker;

namespace WorkerRpc.Tests.Bindings.References;

/// <summary>What every reference row has to do: it is measured like a method, and is none.</summary>
public class ReferenceTests(LaunchFixture launch) : IClassFixture<LaunchFixture>
{
    private static readonly Matrix s_matrix = new(BindingCatalog.BuiltIn);

    public static TheoryData<string> EveryReference => [.. References];

    public static MatrixTheoryData<string, string> EveryReferenceAndPayload => new(References, [.. PayloadSize.Standard.Select(size => size.Label), PayloadFileReport.Label]);

    private static IEnumerable<string> References => LaunchFixture.Ids.Except(LaunchFixture.Methods);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(EveryReferenceAndPayload))]
    public async Task A_reference_proves_its_answer_for_every_payload_and_gives_it_again(string reference, string payload)
    {
        await RequireWhatItRunsOnAsync(reference);
        CaseSetup proved = await CaseConnection.OpenAsync(new CaseId(reference, CaseId.NoFunction, payload), launch.Host, fileText: """{"é": "\ud800 🦔"}""", Cancellation);

        ExecuteResponse again = await proved.Stub.ExecuteAsync(proved.Request, Cancellation);

        Payload answer = Assert.IsType<ExecuteResponse<Payload>>(again).Result;
        Assert.Equal(proved.Request.Payload, answer);
        Assert.NotSame(proved.Request.Payload.Data, answer.Data);
        // What is encoded counts, moved or not; a hop encodes nothing.
        Traffic traffic = proved.Stub.Traffic;
        Assert.Equal(reference != ReferenceIds.Hop, traffic.SentBytes > 0 && traffic.ReceivedBytes > 0);
    }

    [Theory]
    [MemberData(nameof(EveryReference))]
    public async Task Requests_in_turns_each_get_their_own_answer(string reference)
    {
        await RequireWhatItRunsOnAsync(reference);
        ExecuteRequest[] requests = [.. new[] { "long " + new string('é', 50_000), "", "\0 🦔" }.Select(data => new ExecuteRequest("echo", new Payload(data, new PayloadMetadata(1)), 1))];
        await using IRuntimeStub stub = BindingCatalog.BuiltIn.Find(reference).Connect(launch.Host);

        foreach (ExecuteRequest request in requests.Concat(requests).Concat(requests.Reverse()))
        {
            Assert.Equal(request.Payload, ((ExecuteResponse<Payload>)await stub.ExecuteAsync(request, Cancellation)).Result);
        }
    }

    [Theory]
    [MemberData(nameof(EveryReference))]
    public void A_reference_has_a_case_for_every_payload_without_a_function_and_is_in_no_verdict(string reference)
    {
        CaseId[] cases = [.. s_matrix.Cases.Where(id => id.Method == reference)];

        Assert.Equal(PayloadSize.Standard.Select(size => new CaseId(reference, "-", size.Label)), cases);
        Assert.All(cases, id => Assert.Equal([reference, BindingTags.Reference, "-", id.Payload], s_matrix.Categories(id).Except([BindingTags.Remedy, BindingTags.CapnWeb])));
    }

    [Theory]
    [InlineData(ReferenceIds.MemoryCopy)]
    [InlineData(ReferenceIds.Hop)]
    [InlineData(ReferenceIds.Pipe)]
    public async Task Repeated_call_in_memory_allocates_nothing(string reference)
    {
        ExecuteRequest request = new("echo", PayloadSize.Standard[^1].CreatePayload(1), 1);
        await using IRuntimeStub stub = BindingCatalog.BuiltIn.Find(reference).Connect(launch.Host);
        await stub.ExecuteAsync(request, Cancellation);
        await stub.ExecuteAsync(request, Cancellation);

        long before = GC.GetAllocatedBytesForCurrentThread();
        ValueTask<ExecuteResponse> call = stub.ExecuteAsync(request, Cancellation);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(call.IsCompletedSuccessfully);
        await call;
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void What_a_method_names_as_its_floor_is_a_reference() => Assert.All(
        BindingCatalog.BuiltIn.All.Select(binding => binding.References).OfType<ReferenceRows>(),
        floor => Assert.Empty(new[] { floor.Transport, floor.Serializer }.OfType<string>().Except(References)));

    [Theory]
    [MemberData(nameof(EveryReference))]
    public async Task The_caller_worker_offers_no_reference(string reference)
    {
        using HttpClient caller = launch.Host.CreateCallerClient();

        Assert.DoesNotContain($"\"{reference}\"", await caller.GetStringAsync("/methods", Cancellation), StringComparison.Ordinal);
        foreach (string path in new[] { "/execute", "/benchmark" })
        {
            string detail = await AnswerAssert.ProblemAsync(HttpStatusCode.BadRequest, await caller.GetAsync($"{path}?method={reference}", Cancellation));
            Assert.Equal($"Unknown method '{reference}'. Known: {string.Join(", ", LaunchFixture.Methods)}.", detail);
        }
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(EveryReference))]
    public async Task A_reference_can_be_disposed_of_twice(string reference)
    {
        await RequireWhatItRunsOnAsync(reference);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        IRuntimeStub stub = BindingCatalog.BuiltIn.Find(reference).Connect(launch.Host);
        await stub.ExecuteAsync(new ExecuteRequest("echo", new Payload("x", new PayloadMetadata(1)), 1), cancellation);

        await stub.DisposeAsync();
        await stub.DisposeAsync();
    }

    [Fact]
    public async Task The_http_floor_gives_back_bytes_that_are_no_request_as_they_are()
    {
        byte[] bytes = [0, 0xFF, 0x7B, 0xC3];
        using var client = new HttpClient { BaseAddress = launch.Host.Open(HttpChannels.Loopback) };
        using var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/json");

        using HttpResponseMessage answer = await client.PostAsync("/floor", content, Cancellation);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(bytes.Length, answer.Content.Headers.ContentLength);
        Assert.Equal(bytes, await answer.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Fact]
    public async Task What_comes_back_is_what_is_answered()
    {
        var request = new ExecuteRequest("echo", new Payload("there", new PayloadMetadata(1)), 1);
        byte[] other = LengthPrefixed.Of(request with { Payload = request.Payload with { Data = "where" } });
        byte[] message = LengthPrefixed.Of(request);

        await using var changing = new ScriptedMove(other);
        Assert.Equal("where", ((ExecuteResponse<Payload>)await changing.ExecuteAsync(request, Cancellation)).Result.Data);
        await using var cut = new ScriptedMove(message, message, message[..^1]);
        await cut.ExecuteAsync(request, Cancellation);
        await Assert.ThrowsAsync<RuntimeUnreachableException>(() => cut.ExecuteAsync(request, Cancellation).AsTask());
        await using var garbled = new ScriptedMove(new byte[message.Length]);
        await Assert.ThrowsAsync<UnusableInputException>(() => garbled.ExecuteAsync(request, Cancellation).AsTask());
    }

    private static Task RequireWhatItRunsOnAsync(string reference) =>
        BindingCatalog.BuiltIn.Find(reference) is NpmRow ? NodePeer.RequireNodeAsync() : Task.CompletedTask;

    /// <summary>Gives back what a test says, the last of it from then on.</summary>
    private sealed class ScriptedMove(params byte[][] back) : MovingStub
    {
        private int _moves;

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

        protected override ValueTask<ReadOnlyMemory<byte>> MoveAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation) =>
            new(back[Math.Min(_moves++, back.Length - 1)]);
    }
}
