using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Bindings.Wire;

/// <summary>The encodings of the remedies. Each differs from its standard encoding only in the measured property.</summary>
public class VariantWireTests
{
    // Members of a request with their names, in hexadecimal MessagePack.
    private const string TimestampHex = "A9 54696D657374616D70 01";
    private const string FunctionIdHex = "AA 46756E6374696F6E4964 A1 66";
    private const string MetadataHex = "A8 4D65746164617461 81 A9 54696D657374616D70 02";
    private const string PayloadHex = "A7 5061796C6F6164 82" + MetadataHex + "A4 44617461 A1 78";
    private const string PayloadWithoutDataHex = "A7 5061796C6F6164 82" + MetadataHex + "A4 44617461 C0";
    private const string ArrayWithoutNamesHex = "93 A1 78 92 A1 78 91 01 01";

    private static readonly Function s_echo = FunctionList.Find("echo");
    private static readonly ExecuteRequest s_request = Request(new string('x', 1_000));
    private static readonly ExecuteRequest s_greek = Request(new string('λ', 1_000));

    public static TheoryData<string> Variants => ["reflection", "relaxed", "keys", "names", "lz4"];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Messages_round_trip_and_damaged_ones_are_refused(string variant)
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
    public void Relaxed_escaping_saves_four_bytes_per_Greek_letter()
    {
        Assert.Equal(4_000, Bytes(JsonWire.Shared, s_greek).Length - Bytes(JsonVariantWire.Relaxed(), s_greek).Length);
        Assert.Equal(Bytes(JsonWire.Shared, s_request), Bytes(JsonVariantWire.Relaxed(), s_request));
        // The standard format reads relaxed escaping too.
        Assert.Equal(s_greek, JsonWire.Shared.ReadRequest(Bytes(JsonVariantWire.Relaxed(), s_greek)));
    }

    [Fact]
    public void Library_writes_the_same_bytes_as_hand_written_formatters()
    {
        var response = new ExecuteResponse<Payload>(s_greek.Payload, 7, 0.5);

        Assert.Equal(Bytes(MessagePackWire.Shared, s_greek), Bytes(MessagePackKeysWire.Shared, s_greek));
        Assert.Equal(Bytes(MessagePackWire.Shared, response), Bytes(MessagePackKeysWire.Shared, response));
        // A request and a payload without their last member.
        Assert.Throws<UnusableInputException>(() => MessagePackKeysWire.Shared.ReadRequest(Convert.FromHexString("91A166")));
        Assert.Throws<UnusableInputException>(() => MessagePackKeysWire.Shared.ReadRequest(Convert.FromHexString("93A16691A17801")));
    }

    [Fact]
    public void Member_names_add_their_letters_and_one_byte_each()
    {
        // Lengths with one byte for the head: functionId, payload, data, metadata, and timestamp twice.
        int names = 11 + 8 + 5 + 9 + 10 + 10;

        Assert.Equal(names, Bytes(MessagePackVariantWire.Names, s_request).Length - Bytes(MessagePackWire.Shared, s_request).Length);
    }

    [Theory]
    [InlineData("83" + TimestampHex + PayloadHex + FunctionIdHex, true)]
    [InlineData("83" + TimestampHex + PayloadHex + PayloadHex, false)]
    [InlineData("81" + FunctionIdHex, false)]
    [InlineData("83" + TimestampHex + PayloadWithoutDataHex + FunctionIdHex, false)]
    [InlineData(ArrayWithoutNamesHex, false)]
    public void Named_members_are_required_once_in_any_order(string hex, bool isRequest)
    {
        byte[] body = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        if (isRequest)
        {
            var expected = new ExecuteRequest("f", new Payload("x", new PayloadMetadata(2)), 1);
            Assert.Equal(expected, MessagePackVariantWire.Names.ReadRequest(body));
        }
        else
        {
            Assert.Throws<UnusableInputException>(() => MessagePackVariantWire.Names.ReadRequest(body));
        }
    }

    [Fact]
    public void Lz4_shrinks_repetitive_text() => Assert.True(Bytes(MessagePackVariantWire.Lz4, s_request).Length < 200);

    private static WireFormat Wire(string variant) => variant switch
    {
        "reflection" => JsonVariantWire.ByReflection(),
        "relaxed" => JsonVariantWire.Relaxed(),
        "keys" => MessagePackKeysWire.Shared,
        "names" => MessagePackVariantWire.Names,
        _ => MessagePackVariantWire.Lz4,
    };

    private static ExecuteRequest Request(string data) =>
        new("echo", new Payload(data, new PayloadMetadata(1_700_000_000_000)), 1_700_000_000_001);

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
