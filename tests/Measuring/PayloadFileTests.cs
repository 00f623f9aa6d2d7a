using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Measuring;

public sealed class PayloadFileTests : IDisposable
{
    private const int Quote = 6;

    // {"data":"","metadata":{"timestamp":1700000000000}}
    private const int Around = 50;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Texts =>
    [
        """{"orders": [1, 2.50, -3e7], "none": null}""",
        " [ \"tabs\\tand \\\"quotes\\\"\" ]\r\n\n",
        "\"lone \\ud800 surrogate, \\u0000, é, \u2028, 🦔\"",
        "\"" + new string('x', 100) + "\"",
        new string('[', 2_000) + new string(']', 2_000),
    ];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_text_is_taken_as_it_stands_and_its_payload_has_the_size_that_is_told(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);

        PayloadFile payload = Read(bytes);

        Assert.Equal(text, payload.Text);
        Assert.Equal(_folder.File("p.json"), payload.Path);
        int payloadBytes = JsonSerializer.SerializeToUtf8Bytes(new Payload(text, new PayloadMetadata(1_700_000_000_000)), WireJson.Default.Payload).Length;
        Assert.Equal(
            new PayloadFileReport { Name = "p.json", Bytes = bytes.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)), PayloadBytes = payloadBytes },
            payload.Report);
    }

    [Fact]
    public void A_byte_order_mark_is_of_the_file_and_not_of_the_text()
    {
        PayloadFile payload = Read([.. Encoding.UTF8.Preamble, .. "[1, 2, 3, 4, 5]"u8]);

        Assert.Equal("[1, 2, 3, 4, 5]", payload.Text);
        Assert.Equal(18, payload.Report.Bytes);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(1_000_000)]
    public void The_least_and_the_greatest_payload_are_accepted(int bytes) => Assert.Equal(bytes, Read(OfPayload(bytes)).Report.PayloadBytes);

    [Theory]
    [InlineData(63)]
    [InlineData(1_000_001)]
    public void A_payload_beyond_the_bounds_is_refused_with_its_size_and_what_is_accepted(int bytes) =>
        RequireRefused(OfPayload(bytes), $" as a payload's data makes {bytes} bytes of JSON: expected 64 to 1000000.");

    [Fact]
    public void A_text_that_only_its_escapes_make_too_large_is_refused() => RequireRefused(
        Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat("\"\"", 80_000))}]"), $" makes {Around + (80_000 * ((2 * Quote) + 1)) + 1} bytes of JSON");

    [Fact]
    public void A_far_larger_file_is_refused_by_its_length_without_being_read()
    {
        using (FileStream file = File.Create(_folder.File("p.json")))
        {
            file.SetLength(5_000_000_000);
        }

        RequireRefused(" makes at least 5000000000 bytes of JSON: expected 64 to 1000000.");
    }

    [Theory]
    [InlineData("", " is empty. Expected: one JSON value in UTF-8.")]
    [InlineData("EFBBBF", " is empty.")]
    [InlineData("2020", " is no JSON (The input does not contain any JSON tokens", " at line 1, byte ")]
    [InlineData("5B312C0A20205D", " is no JSON (", ") at line 2, byte 3. Expected: one JSON value in UTF-8.")]
    [InlineData("68656C6C6F", " is no JSON ('h' is an invalid start of a value) at line 1, byte 1.")]
    [InlineData("7B7D207B7D", " is no JSON (", " at line 1, byte 4.")]
    [InlineData("5B315D2F2F", " is no JSON (", " at line 1, byte 4.")]
    [InlineData("227B", " is no JSON (Expected end of string", " at line 1, byte ")]
    [InlineData("225C786122", " is no JSON (", " at line 1, byte 3.")]
    [InlineData("5B0A2022FF225D", " is no UTF-8 at line 2, byte 3. Expected: one JSON value in UTF-8.")]
    [InlineData("22EDA08022", " is no UTF-8 at line 1, byte 2.")]
    [InlineData("FFFE5B005D00", " is no UTF-8 at line 1, byte 1.")]
    [InlineData("EFBBBF5BC3", " is no UTF-8 at line 1, byte 2.")]
    public void What_is_no_JSON_in_UTF_8_is_refused_with_the_place(string hex, params string[] said) => RequireRefused(Convert.FromHexString(hex), said);

    [Fact]
    public void What_is_no_file_is_refused()
    {
        Assert.Contains("--payload-file '' is no path. Expected: the path of a file.", Refusal(""), StringComparison.Ordinal);
        Assert.Contains($"--payload-file '{_folder.Root}' is a folder", Refusal(_folder.Root), StringComparison.Ordinal);
        Assert.Contains($"--payload-file '{_folder.File("none.json")}' cannot be read: ", Refusal(_folder.File("none.json")), StringComparison.Ordinal);
        Assert.Contains($"--payload-file '{_folder.File("no/such.json")}' cannot be read: ", Refusal(_folder.File("no/such.json")), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_launch_is_told_the_text_itself_in_one_line(string text)
    {
        LaunchPlan plan = LaunchPlan.Make(1, [CaseId.Parse("direct/echo/file")], MadeUp.Settings, bindingsAssembly: null, text, "folder");

        string line = JsonSerializer.Serialize(plan, LaunchPlanJson.Default.LaunchPlan);

        Assert.DoesNotContain(line, c => c is '\n' or '\r' || !char.IsAscii(c));
        Assert.Equal(text, JsonSerializer.Deserialize(line, LaunchPlanJson.Default.LaunchPlan)!.PayloadText);
    }

    // One JSON string.
    private static byte[] OfPayload(int bytes) => Encoding.UTF8.GetBytes($"\"{new string('x', bytes - Around - (2 * Quote))}\"");

    private static string Refusal(string path) => Assert.Throws<UnusableInputException>(() => PayloadFile.Read(path)).Message;

    private PayloadFile Read(byte[] content)
    {
        File.WriteAllBytes(_folder.File("p.json"), content);
        return PayloadFile.Read(_folder.File("p.json"));
    }

    private void RequireRefused(byte[] content, params string[] said)
    {
        File.WriteAllBytes(_folder.File("p.json"), content);
        RequireRefused(said);
    }

    private void RequireRefused(params string[] said)
    {
        string refusal = Refusal(_folder.File("p.json"));
        Assert.StartsWith($"--payload-file '{_folder.File("p.json")}'", refusal, StringComparison.Ordinal);
        Assert.All(said, part => Assert.Contains(part, refusal, StringComparison.Ordinal));
    }
}
