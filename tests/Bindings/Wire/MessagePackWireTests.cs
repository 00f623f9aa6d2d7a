using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using MessagePack;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Bindings.Wire;

public class MessagePackWireTests
{
    private static readonly MessagePackWire s_wire = MessagePackWire.Shared;
    private static readonly Function s_echo = FunctionList.Find("echo");
    private static readonly Function s_compute = FunctionList.Find("compute");

    private static readonly byte[] s_request = Bytes(
        new ExecuteRequest("echo", new Payload("data é", new PayloadMetadata(1_700_000_000_000)), 1_700_000_000_001));

    private static readonly byte[] s_response = Bytes(
        new ExecuteResponse<Payload>(new Payload("data", new PayloadMetadata(1)), 2, 0.5), s_echo);

    private static readonly byte[] s_computed = Bytes(
        new ExecuteResponse<ComputeResult>(new ComputeResult(1.5, new Payload("data", new PayloadMetadata(1))), 2, 0.5), s_compute);

    /// <summary>Bodies that differ from a valid request in one respect.</summary>
    public static TheoryData<string> InvalidRequests => new(
        "",
        "C0",
        "93",
        // One member too few or too many, in each of the three arrays.
        "92 A1 78 92 A1 78 91 01",
        "94 A1 78 92 A1 78 91 01 01 01",
        "93 A1 78 91 A1 78 01",
        "93 A1 78 93 A1 78 91 01 01 01",
        "93 A1 78 92 A1 78 90 01",
        "93 A1 78 92 A1 78 92 01 01 01",
        // A nil or a value of another type, for each member.
        "93 C0 92 A1 78 91 01 01",
        "93 A1 78 C0 01",
        "93 A1 78 92 C0 91 01 01",
        "93 A1 78 92 A1 78 C0 01",
        "93 A1 78 92 A1 78 91 C0 01",
        "93 A1 78 92 A1 78 91 01 C0",
        "93 01 92 A1 78 91 01 01",
        "93 C4 01 78 92 A1 78 91 01 01",
        "93 A1 78 92 01 91 01 01",
        "93 A1 78 92 A1 78 91 A1 78 01",
        "93 A1 78 92 A1 78 91 01 CB 3F F0 00 00 00 00 00 00",
        // A map instead of an array, with the same members.
        "83 00 A1 78 01 82 00 A1 78 01 81 00 01 02 01",
        // A timestamp beyond the range of a long.
        "93 A1 78 92 A1 78 91 CF FF FF FF FF FF FF FF FF 01",
        // A valid request with a trailing byte.
        "93 A1 78 92 A1 78 91 01 01 C0",
        // Invalid UTF-8: a truncated character, a surrogate, an overlong form.
        "93 A1 C3 92 A1 78 91 01 01",
        "93 A1 78 92 A3 ED A0 80 91 01 01",
        "93 A1 78 92 A2 C0 80 91 01 01",
        // Lengths and counts beyond the end of the body.
        "DD 7F FF FF FF",
        "DD FF FF FF FF",
        "DF FF FF FF FF",
        "93 DB 7F FF FF FF 78",
        "93 DB FF FF FF FF 78",
        "93 A1 78 92 DB 7F FF FF FF 78",
        // Arrays nested 10 000 levels deep.
        string.Concat(Enumerable.Repeat("91 ", 10_000)),
        "93 A1 78 " + string.Concat(Enumerable.Repeat("92 ", 10_000)));

    [Property(Arbitrary = [typeof(Messages)], MaxTest = 300)]
    public void Messages_round_trip_except_for_lone_surrogates(Message message)
    {
        ExecuteRequest request = message.Request;

        Assert.Equal(WellFormed(request), s_wire.ReadRequest(Bytes(request)));
        var response = new ExecuteResponse<Payload>(request.Payload, message.Number, message.Fraction);
        Assert.Equal(response with { Result = WellFormed(request.Payload) }, s_wire.ReadResponse(Bytes(response, s_echo), s_echo));
        ExecuteResponse<ComputeResult> computed = Computed(message);
        Assert.Equal(
            computed with { Result = computed.Result with { Input = WellFormed(request.Payload) } },
            s_wire.ReadResponse(Bytes(computed, s_compute), s_compute));
    }

    [Property(Arbitrary = [typeof(Messages)], MaxTest = 300)]
    public void Text_round_trips_like_in_JSON(Message message) =>
        Assert.Equal(JsonWire.Shared.ReadRequest(Bytes(message.Request, JsonWire.Shared)), s_wire.ReadRequest(Bytes(message.Request)));

    [Property(Arbitrary = [typeof(Messages)], MaxTest = 300)]
    public void Bytes_equal_those_of_the_MessagePack_library(Message message)
    {
        (string function, Payload payload, long timestamp) = message.Request;
        var twin = new TwinPayload { Data = payload.Data, Metadata = new TwinMetadata { Timestamp = payload.Metadata.Timestamp } };

        Assert.Equal(
            MessagePackSerializer.Serialize(
                new TwinRequest { FunctionId = function, Payload = twin, Timestamp = timestamp }, MessagePackSerializerOptions.Standard),
            Bytes(message.Request));
        Assert.Equal(
            MessagePackSerializer.Serialize(
                new TwinResponse { Result = twin, RuntimeTimestamp = message.Number, ExecutionTimeMs = message.Fraction },
                MessagePackSerializerOptions.Standard),
            Bytes(new ExecuteResponse<Payload>(payload, message.Number, message.Fraction), s_echo));
        Assert.Equal(
            MessagePackSerializer.Serialize(
                new TwinComputed
                {
                    Result = new TwinComputeResult { Result = message.Fraction, Input = twin },
                    RuntimeTimestamp = message.Number,
                    ExecutionTimeMs = message.Fraction,
                },
                MessagePackSerializerOptions.Standard),
            Bytes(Computed(message), s_compute));
    }

    [Property(Arbitrary = [typeof(Messages)], MaxTest = 300)]
    public void No_message_exceeds_its_size_estimate(Message message)
    {
        var response = new ExecuteResponse<Payload>(message.Request.Payload, message.Number, message.Fraction);
        ExecuteResponse<ComputeResult> computed = Computed(message);

        Assert.InRange(Bytes(message.Request).Length, 1, MessagePackWire.MaxBytes(message.Request));
        Assert.InRange(Bytes(response, s_echo).Length, 1, MessagePackWire.MaxBytes(response, s_echo));
        Assert.InRange(Bytes(computed, s_compute).Length, 1, MessagePackWire.MaxBytes(computed, s_compute));
    }

    [Theory]
    [MemberData(nameof(InvalidRequests))]
    public void Invalid_request_error_names_the_expected_form(string hex)
    {
        byte[] body = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

        string message = Assert.Throws<UnusableInputException>(() => s_wire.ReadRequest(body)).Message;

        Assert.StartsWith("The body is no request { functionId, payload, timestamp }: ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Truncated_or_extended_message_is_refused()
    {
        for (int bytes = 0; bytes < s_request.Length; bytes++)
        {
            Assert.Throws<UnusableInputException>(() => s_wire.ReadRequest(s_request.AsMemory(0, bytes)));
        }

        foreach ((byte[] valid, Function function) in new[] { (s_response, s_echo), (s_computed, s_compute) })
        {
            for (int bytes = 0; bytes < valid.Length; bytes++)
            {
                Assert.Throws<RuntimeUnreachableException>(() => s_wire.ReadResponse(valid.AsMemory(0, bytes), function));
            }

            Assert.Throws<RuntimeUnreachableException>(() => s_wire.ReadResponse((byte[])[.. valid, 0xC0], function));
        }
    }

    [Fact]
    public void Answer_of_another_function_names_the_called_one()
    {
        Assert.StartsWith(
            "The runtime's answer is no response of 'compute': ",
            Assert.Throws<RuntimeUnreachableException>(() => s_wire.ReadResponse(s_response, s_compute)).Message,
            StringComparison.Ordinal);
        Assert.Throws<RuntimeUnreachableException>(() => s_wire.ReadResponse(s_computed, s_echo));
    }

    [Property(MaxTest = 2_000)]
    public void Mutated_bytes_are_a_message_or_refused(NonNegativeInt where, byte[] inserted, PositiveInt omitted)
    {
        AssertReads<UnusableInputException>(s_request, body => s_wire.ReadRequest(body));
        AssertReads<RuntimeUnreachableException>(s_response, body => s_wire.ReadResponse(body, s_echo));
        AssertReads<RuntimeUnreachableException>(s_computed, body => s_wire.ReadResponse(body, s_compute));

        void AssertReads<TRefused>(byte[] valid, Func<ReadOnlyMemory<byte>, object> read)
            where TRefused : Exception
        {
            int at = where.Get % valid.Length;
            try
            {
                Assert.NotNull(read((byte[])[.. valid[..at], .. inserted, .. valid[Math.Min(valid.Length, at + (omitted.Get % 4))..]]));
            }
            // Mutated bytes may also be refused with this error.
            catch (TRefused)
            {
            }
        }
    }

    [Fact]
    public void Any_single_byte_change_is_a_message_or_refused()
    {
        for (int at = 0; at < s_request.Length; at++)
        {
            byte[] changed = [.. s_request];
            for (int value = 0; value <= byte.MaxValue; value++)
            {
                changed[at] = (byte)value;
                try
                {
                    Assert.NotNull(s_wire.ReadRequest(changed).Payload.Metadata);
                }
                // A changed byte may also make the request invalid.
                catch (UnusableInputException)
                {
                }
            }
        }
    }

    private static ExecuteResponse<ComputeResult> Computed(Message message) =>
        new(new ComputeResult(message.Fraction, message.Request.Payload), message.Number, message.Fraction);

    private static byte[] Bytes(ExecuteRequest request, WireFormat? format = null)
    {
        using ByteBuffer body = ByteBuffer.Rent();
        (format ?? s_wire).WriteRequest(body, request);
        return body.Written.ToArray();
    }

    private static byte[] Bytes(ExecuteResponse response, Function function)
    {
        using ByteBuffer body = ByteBuffer.Rent();
        s_wire.WriteResponse(body, response, function);
        return body.Written.ToArray();
    }

    private static ExecuteRequest WellFormed(ExecuteRequest request) =>
        request with { FunctionId = WellFormed(request.FunctionId), Payload = WellFormed(request.Payload) };

    private static Payload WellFormed(Payload payload) => payload with { Data = WellFormed(payload.Data) };

    // The expected text: each lone surrogate becomes U+FFFD.
    private static string WellFormed(string text)
    {
        char[] chars = text.ToCharArray();
        for (int i = 0; i < chars.Length; i++)
        {
            if (i + 1 < chars.Length && char.IsSurrogatePair(chars[i], chars[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(chars[i]))
            {
                chars[i] = '\uFFFD';
            }
        }

        return new string(chars);
    }

    /// <summary>Generated content for a request and its responses.</summary>
    public sealed record Message(ExecuteRequest Request, long Number, double Fraction)
    {
        public override string ToString() => $"{JsonSerializer.Serialize(Request)} {Number} {Fraction:R}";
    }

    public static class Messages
    {
        public static Arbitrary<Message> All()
        {
            // Includes the lengths at which the head of a MessagePack string grows.
            Gen<int> chars = Gen.Frequency(
                (6, Gen.Choose(0, 12)), (3, Gen.Elements(31, 32, 85, 86, 255, 256)), (1, Gen.Elements(21_845, 21_846, 65_535, 65_536)));
            Gen<char> anyChar = Gen.Frequency(
                (4, Gen.Choose(' ', '~')),
                (2, Gen.Elements<int>('\0', '\n', '\u007F', '\u0080', '\u07FF', '\u0800', '\uFEFF', '\uFFFD', '\uFFFF')),
                // Surrogates: two in a row sometimes form a valid pair.
                (2, Gen.Choose(0xD800, 0xDFFF))).Select(code => (char)code);
            Gen<string> text = from length in chars from any in Gen.ArrayOf(anyChar, Math.Min(length, 64)) select Repeated(any, length);
            Gen<long> number = Gen.OneOf(
                Gen.Elements(
                    0L, 127, 128, -32, -33, 65_535, 65_536, int.MaxValue, uint.MaxValue, 1L + uint.MaxValue, long.MinValue, long.MaxValue),
                ArbMap.Default.GeneratorFor<long>());
            Gen<double> fraction = Gen.OneOf(
                Gen.Elements(0.0, -0.0, 1, double.NaN, double.Epsilon, double.PositiveInfinity, double.MinValue),
                ArbMap.Default.GeneratorFor<double>());
            return Arb.From(
                from function in text
                from data in text
                from madeAt in number
                from timestamp in number
                from other in number
                from part in fraction
                select new Message(new ExecuteRequest(function, new Payload(data, new PayloadMetadata(madeAt)), timestamp), other, part));
        }

        private static string Repeated(char[] some, int length) =>
            length == 0 ? "" : string.Create(length, some, (text, of) =>
            {
                for (int i = 0; i < text.Length; i++)
                {
                    text[i] = of[i % of.Length];
                }
            });
    }

    [MessagePackObject]
    public sealed class TwinMetadata
    {
        [Key(0)]
        public long Timestamp { get; set; }
    }

    [MessagePackObject]
    public sealed class TwinPayload
    {
        [Key(0)]
        public string Data { get; set; } = "";

        [Key(1)]
        public TwinMetadata Metadata { get; set; } = new();
    }

    [MessagePackObject]
    public sealed class TwinRequest
    {
        [Key(0)]
        public string FunctionId { get; set; } = "";

        [Key(1)]
        public TwinPayload Payload { get; set; } = new();

        [Key(2)]
        public long Timestamp { get; set; }
    }

    [MessagePackObject]
    public sealed class TwinResponse
    {
        [Key(0)]
        public TwinPayload Result { get; set; } = new();

        [Key(1)]
        public long RuntimeTimestamp { get; set; }

        [Key(2)]
        public double ExecutionTimeMs { get; set; }
    }

    [MessagePackObject]
    public sealed class TwinComputeResult
    {
        [Key(0)]
        public double Result { get; set; }

        [Key(1)]
        public TwinPayload Input { get; set; } = new();
    }

    [MessagePackObject]
    public sealed class TwinComputed
    {
        [Key(0)]
        public TwinComputeResult Result { get; set; } = new();

        [Key(1)]
        public long RuntimeTimestamp { get; set; }

        [Key(2)]
        public double ExecutionTimeMs { get; set; }
    }
}
