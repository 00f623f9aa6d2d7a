using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Bindings.Wire;

/// <summary>The encodings that remedies compare: each differs from its counterpart in what it is measured for, and in nothing else.</summary>
public class VariantWireTests
{
    private static readonly Function s_echo = FunctionList.Find("echo");
    private static readonly ExecuteRequest s_request = Request(new string('x', 1_000));
    private static readonly ExecuteRequest s_greek = Request(new string('λ', 1_000));

    public static TheoryData<string> Variants => ["reflection", "relaxed", "names", "lz4"];

    [Theory]
    [MemberData(nameof(Variants))]
    public void What_is_written_is_read_back_and_what_is_cut_or_goes_on_is_refused(string variant)
    {
        WireFormat wire = Wire(variant);
        foreach (ExecuteRequest request in new[] { s_request, s_greek, Request("\" \\ \0 <é> 🦔") })
        {
            var response = new ExecuteResponse<Payload>(request.Payload, 7, 0.5);
            byte[] sent = Bytes(wire, request);
            byte[] answered = Bytes(wire, response);

            Assert.Equal(request, wire.ReadRequest(sent));
            Assert.Equal(response, wire.ReadResponse(answered, s_echo));
            Assert.Throws<UnusableInputException>(() => wire.ReadRequest(sent.AsMemory(..^1)));
            Assert.Throws<RuntimeUnreachableException>(() => wire.ReadResponse(answered.AsMemory(..^1), s_echo));
            Assert.Throws<UnusableInputException>(() => wire.ReadRequest((byte[])[.. sent, (byte)'1']));
            Assert.Throws<RuntimeUnreachableException>(() => wire.ReadResponse((byte[])[.. answered, (byte)'1'], s_echo));
        }
    }

    [Fact]
    public void Reflection_writes_the_same_bytes_as_generated_code()
    {
        Assert.Equal(Bytes(JsonWire.Shared, s_greek), Bytes(JsonVariantWire.ByReflection(), s_greek));
        Assert.Throws<UnusableInputException>(() => JsonVariantWire.ByReflection().ReadRequest("{}"u8.ToArray()));
    }

    [Fact]
    public void Relaxed_escaping_leaves_Greek_at_two_bytes_a_letter_where_the_default_takes_six()
    {
        Assert.Equal(4_000, Bytes(JsonWire.Shared, s_greek).Length - Bytes(JsonVariantWire.Relaxed(), s_greek).Length);
        Assert.Equal(Bytes(JsonWire.Shared, s_request), Bytes(JsonVariantWire.Relaxed(), s_request));
        // Either reads what the other writes.
        Assert.Equal(s_greek, JsonWire.Shared.ReadRequest(Bytes(JsonVariantWire.Relaxed(), s_greek)));
    }

    [Fact]
    public void Names_take_their_letters_and_a_byte_each()
    {
        // functionId, payload, data, metadata, timestamp twice.
        int names = 11 + 8 + 5 + 9 + 10 + 10;

        Assert.Equal(names, Bytes(MessagePackVariantWire.Names, s_request).Length - Bytes(MessagePackWire.Shared, s_request).Length);
    }

    [Theory]
    // timestamp, payload, functionId: any order will do.
    [InlineData("83 A9 54696D657374616D70 01 A7 5061796C6F6164 82 A8 4D65746164617461 81 A9 54696D657374616D70 02 A4 44617461 A1 78 AA 46756E6374696F6E4964 A1 66", true)]
    // payload twice, functionId never.
    [InlineData("83 A9 54696D657374616D70 01 A7 5061796C6F6164 82 A8 4D65746164617461 81 A9 54696D657374616D70 02 A4 44617461 A1 78 A7 5061796C6F6164 82 A8 4D65746164617461 81 A9 54696D657374616D70 02 A4 44617461 A1 78", false)]
    // functionId alone.
    [InlineData("81 AA 46756E6374696F6E4964 A1 66", false)]
    // data is nil.
    [InlineData("83 A9 54696D657374616D70 01 A7 5061796C6F6164 82 A8 4D65746164617461 81 A9 54696D657374616D70 02 A4 44617461 C0 AA 46756E6374696F6E4964 A1 66", false)]
    // An array, as without names.
    [InlineData("93 A1 78 92 A1 78 91 01 01", false)]
    public void Named_members_may_come_in_any_order_and_each_has_to_come_once(string hex, bool isRequest)
    {
        byte[] body = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        if (isRequest)
        {
            Assert.Equal(new ExecuteRequest("f", new Payload("x", new PayloadMetadata(2)), 1), MessagePackVariantWire.Names.ReadRequest(body));
        }
        else
        {
            Assert.Throws<UnusableInputException>(() => MessagePackVariantWire.Names.ReadRequest(body));
        }
    }

    [Fact]
    public void Lz4_makes_a_repeating_text_small() => Assert.True(Bytes(MessagePackVariantWire.Lz4, s_request).Length < 200);

    private static WireFormat Wire(string variant) => variant switch
    {
        "reflection" => JsonVariantWire.ByReflection(),
        "relaxed" => JsonVariantWire.Relaxed(),
        "names" => MessagePackVariantWire.Names,
        _ => MessagePackVariantWire.Lz4,
    };

    private static ExecuteRequest Request(string data) => new("echo", new Payload(data, new PayloadMetadata(1_700_000_000_000)), 1_700_000_000_001);

    private static byte[] Bytes(WireFormat wire, ExecuteRequest request)
    {
        using ByteBuffer buffer = ByteBuffer.Rent();
        wire.WriteRequest(buffer, request);
        return buffer.Written.ToArray();
    }

    private static byte[] Bytes(WireFormat wire, ExecuteResponse response)
    {
        using ByteBuffer buffer = ByteBuffer.Rent();
        wire.WriteResponse(buffer, response, s_echo);
        return buffer.Written.ToArray();
    }
}
