using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Functions;

public class PayloadKindTests
{
    private const long Now = 1_700_000_000_000;

    public static TheoryData<PayloadKind> EveryKind => [.. PayloadKinds.All];

    [Theory]
    [MemberData(nameof(EveryKind))]
    public void Payload_has_exactly_its_size_for_every_timestamp(PayloadKind kind)
    {
        // All small sizes, because there the rest after the last word, record or group matters most.
        IEnumerable<(int Bytes, long Timestamp)> small =
            from bytes in Enumerable.Range(PayloadSize.MinBytes, 600)
            from timestamp in new[] { 0, Now, long.MinValue }
            select (bytes, timestamp);
        IEnumerable<(int Bytes, long Timestamp)> large =
            from size in PayloadSize.Standard.Append(new PayloadSize(PayloadSize.MaxBytes))
            select (size.Bytes, Now);
        Assert.All(small.Concat(large), one => RequireExact(kind, one.Bytes, one.Timestamp));

        Check.QuickThrowOnFailure(Prop.ForAll(
            Gen.Choose(PayloadSize.MinBytes, 150_000).ToArbitrary(), bytes => RequireExact(kind, bytes, Now)));
    }

    [Theory]
    [MemberData(nameof(EveryKind))]
    public void Payload_is_the_same_in_every_version_of_the_program(PayloadKind kind)
    {
        string expected = kind switch
        {
            PayloadKind.Letters => "e16fcf398fe099f1",
            PayloadKind.Text => "06cbc51bf69a7160",
            PayloadKind.Json => "0681169119d5454e",
            _ => "92e3dc5be692efcc",
        };
        byte[] data = Encoding.UTF8.GetBytes(new PayloadSize(10_000).CreatePayload(Now, kind).Data);

        // Reports of different versions are compared, so a changed text needs a new kind.
        Assert.Equal(expected, Convert.ToHexStringLower(SHA256.HashData(data))[..16]);
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(100_000)]
    [InlineData(1_000_000)]
    public void Text_has_quotes_lines_and_one_percent_of_non_ASCII_characters(int bytes)
    {
        string data = new PayloadSize(bytes).CreatePayload(Now, PayloadKind.Text).Data;

        double nonAscii = data.Count(character => !char.IsAscii(character)) / (double)data.Length;
        Assert.InRange(nonAscii, 0.008, 0.012);
        Assert.InRange(data.Count(character => character == '"') / (double)data.Length, 0.005, 0.03);
        Assert.InRange(data.Length / (double)data.Count(character => character == '\n'), 30, 100);
        // One repeated letter would be 300 times shorter, and English prose is 2 to 3 times shorter.
        Assert.InRange(data.Length / (double)GzipBytes(Encoding.UTF8.GetBytes(data)), 2, 3.5);
    }

    [Fact]
    public void Smallest_standard_text_also_needs_escapes()
    {
        string data = PayloadSize.Standard[0].CreatePayload(Now, PayloadKind.Text).Data;

        Assert.Contains('"', data);
        Assert.Contains('\n', data);
        Assert.Contains(data, character => !char.IsAscii(character));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(100)]
    [InlineData(1_000)]
    [InlineData(100_000)]
    public void Json_is_a_list_with_nested_records(int bytes)
    {
        string data = new PayloadSize(bytes).CreatePayload(Now, PayloadKind.Json).Data;

        JsonElement[] items = [.. JsonElement.Parse(data).EnumerateArray()];
        JsonElement[] records = [.. items.Where(item => item.ValueKind == JsonValueKind.Object)];
        // A record needs at most 200 bytes with its escapes.
        Assert.True(records.Length >= bytes / 200, $"{records.Length} records.");
        Assert.All(records.SkipLast(1), record => Assert.True(record.GetProperty("to").GetProperty("cents").GetInt32() > 0));
        Assert.InRange(items.Length - records.Length, 0, 1);
    }

    [Fact]
    public void Binary_is_base64_of_bytes_that_do_not_compress()
    {
        Assert.All(
            Enumerable.Range(PayloadSize.MinBytes, 600),
            bytes => Convert.FromBase64String(new PayloadSize(bytes).CreatePayload(Now, PayloadKind.Binary).Data));

        byte[] decoded = Convert.FromBase64String(new PayloadSize(100_000).CreatePayload(Now, PayloadKind.Binary).Data);
        Assert.True(GzipBytes(decoded) > decoded.Length);
    }

    [Fact]
    public void Letters_are_one_repeated_letter()
    {
        string data = new PayloadSize(1_000).CreatePayload(Now, PayloadKind.Letters).Data;

        // The envelope has 50 bytes: {"data":"","metadata":{"timestamp":1700000000000}}.
        Assert.Equal(new string('x', 950), data);
    }

    [Fact]
    public void Unknown_kind_is_refused_with_the_known_kinds() => Assert.Equal(
        "Unknown payload kind 'Text'. Did you mean 'text'? Known: text, letters, json, binary.",
        Assert.Throws<UnusableInputException>(() => PayloadKinds.Find("Text")).Message);

    [Theory]
    [MemberData(nameof(EveryKind))]
    public void Name_of_kind_is_its_JSON_form(PayloadKind kind)
    {
        Assert.Equal($"\"{kind.Name()}\"", JsonSerializer.Serialize(kind));
        Assert.Equal(kind, PayloadKinds.Find(kind.Name()));
    }

    private static void RequireExact(PayloadKind kind, int bytes, long timestamp)
    {
        Payload payload = new PayloadSize(bytes).CreatePayload(timestamp, kind);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(payload, WireJson.Default.Payload);

        Assert.Equal(bytes, json.Length);
        Assert.Equal(payload, JsonSerializer.Deserialize(json, WireJson.Default.Payload));
        Assert.Equal(payload, new PayloadSize(bytes).CreatePayload(timestamp, kind));
    }

    private static long GzipBytes(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return compressed.Length;
    }
}
