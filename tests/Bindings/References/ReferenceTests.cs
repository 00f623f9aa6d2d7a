using System.Net;
using System.Net.Http.Headers;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.CapnWebNpm;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.References;
using WorkerRpc.Functions;
using WorkerRpc.Tests.CapnWeb.Node;
using WorkerRpc.Tests.RuntimeWorker;

namespace WorkerRpc.Tests.Bindings.References;

/// <summary>The contract of every reference: measured like a method, but not offered as one.</summary>
public class ReferenceTests(LaunchFixture launch) : IClassFixture<LaunchFixture>
{
    private static readonly Matrix s_matrix = new(BindingCatalog.BuiltIn);

    public static TheoryData<string> EveryReference => [.. References];

    public static MatrixTheoryData<string, string> EveryReferenceAndPayload =>
        new(References, [.. PayloadSize.Standard.Select(size => size.Label), PayloadFileReport.Label]);

    public static MatrixTheoryData<string, PayloadKind> EveryReferenceAndKind => new(References, PayloadKinds.All);

    private static IEnumerable<string> References => LaunchFixture.Ids.Except(LaunchFixture.Methods);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(EveryReferenceAndPayload))]
    public async Task Reference_returns_every_payload_repeatedly(string reference, string payload)
    {
        await RequireNodeIfNeededAsync(reference);
        var id = new CaseId(reference, CaseId.NoFunction, payload);
        string[] texts = payload == PayloadFileReport.Label ? ["""{"é": "\ud800 🦔"}"""] : [];
        CaseSetup proved = await CaseConnection.OpenAsync(id, launch.Host, PayloadKind.Letters, texts, Cancellation);

        ExecuteResponse again = await proved.Stub.ExecuteAsync(proved.Request, Cancellation);

        Payload answer = Assert.IsType<ExecuteResponse<Payload>>(again).Result;
        Assert.Equal(proved.Request.Payload, answer);
        Assert.NotSame(proved.Request.Payload.Data, answer.Data);
        // Traffic counts encoded bytes. A hop is the only reference that encodes nothing.
        Traffic traffic = proved.Stub.Traffic;
        Assert.Equal(reference != ReferenceIds.Hop, traffic.SentBytes > 0 && traffic.ReceivedBytes > 0);
    }

    [Theory]
    [MemberData(nameof(EveryReferenceAndKind))]
    public async Task Reference_returns_payloads_of_every_kind(string reference, PayloadKind kind)
    {
        await RequireNodeIfNeededAsync(reference);
        var id = new CaseId(reference, CaseId.NoFunction, "10KB");

        // Opening the case checks the answer.
        CaseSetup proved = await CaseConnection.OpenAsync(id, launch.Host, kind, texts: [], Cancellation);

        // Some remedies measure a letter of their own with every kind.
        var size = new PayloadSize(10_000);
        long created = proved.Request.Payload.Metadata.Timestamp;
        Payload expected = BindingCatalog.BuiltIn.Find(reference).Letter is { } letter
            ? size.CreatePayload(created, letter)
            : size.CreatePayload(created, kind);
        Assert.Equal(expected, proved.Request.Payload);
    }

    [Theory]
    [MemberData(nameof(EveryReference))]
    public async Task Alternating_requests_get_their_own_answers(string reference)
    {
        await RequireNodeIfNeededAsync(reference);
        string[] texts = ["long " + new string('é', 50_000), "", "\0 🦔"];
        ExecuteRequest[] requests = [.. texts.Select(data => new ExecuteRequest("echo", new Payload(data, new PayloadMetadata(1)), 1))];
        await using IRuntimeStub stub = BindingCatalog.BuiltIn.Find(reference).Connect(launch.Host);

        foreach (ExecuteRequest request in requests.Concat(requests).Concat(requests.Reverse()))
        {
            Assert.Equal(request.Payload, ((ExecuteResponse<Payload>)await stub.ExecuteAsync(request, Cancellation)).Result);
        }
    }

    [Theory]
    [MemberData(nameof(EveryReference))]
    public void Reference_has_one_case_per_payload_and_no_verdict(string reference)
    {
        CaseId[] cases = [.. s_matrix.Cases.Where(id => id.Method == reference)];

        Assert.Equal(PayloadSize.Standard.Select(size => new CaseId(reference, "-", size.Label)), cases);
        Assert.All(cases, id => Assert.Equal(
            [reference, BindingTags.Reference, "-", id.Payload],
            s_matrix.Categories(id).Except([BindingTags.Remedy, BindingTags.CapnWeb])));
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
    public void Methods_compare_only_with_references() => Assert.All(
        BindingCatalog.BuiltIn.All.Select(binding => binding.References).OfType<ReferenceRows>(),
        floor => Assert.Empty(new[] { floor.Transport, floor.Serializer }.OfType<string>().Except(References)));

    [Theory]
    [MemberData(nameof(EveryReference))]
    public async Task Caller_worker_offers_no_reference(string reference)
    {
        using HttpClient caller = launch.Host.CreateCallerClient();

        Assert.DoesNotContain($"\"{reference}\"", await caller.GetStringAsync("/methods", Cancellation), StringComparison.Ordinal);
        foreach (string path in new[] { "/execute", "/benchmark" })
        {
            HttpResponseMessage answer = await caller.GetAsync($"{path}?method={reference}", Cancellation);
            string detail = await AnswerAssert.ProblemAsync(HttpStatusCode.BadRequest, answer);
            Assert.StartsWith($"Unknown method '{reference}'.", detail, StringComparison.Ordinal);
            Assert.EndsWith($" Known: {string.Join(", ", LaunchFixture.Methods)}.", detail, StringComparison.Ordinal);
        }
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(EveryReference))]
    public async Task Reference_can_be_disposed_twice(string reference)
    {
        await RequireNodeIfNeededAsync(reference);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        IRuntimeStub stub = BindingCatalog.BuiltIn.Find(reference).Connect(launch.Host);
        await stub.ExecuteAsync(new ExecuteRequest("echo", new Payload("x", new PayloadMetadata(1)), 1), cancellation);

        await stub.DisposeAsync();
        await stub.DisposeAsync();
    }

    [Fact]
    public async Task Http_reference_returns_arbitrary_bytes_unchanged()
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
    public async Task Answer_is_decoded_from_the_returned_bytes()
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

    private static Task RequireNodeIfNeededAsync(string reference) =>
        BindingCatalog.BuiltIn.Find(reference) is NpmRow ? NodePeer.RequireNodeAsync() : Task.CompletedTask;

    /// <summary>Returns the given messages in order, and then the last one repeatedly.</summary>
    private sealed class ScriptedMove(params byte[][] back) : MovingStub
    {
        private int _moves;

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

        protected override ValueTask<ReadOnlyMemory<byte>> MoveAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation) =>
            new(back[Math.Min(_moves++, back.Length - 1)]);
    }
}
