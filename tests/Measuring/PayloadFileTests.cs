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
    // The JSON encoder writes a quote as \u0022.
    private const int EscapedQuote = 6;

    // The length of {"data":"","metadata":{"timestamp":1700000000000}}.
    private const int EmptyPayload = 50;

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
    public void Text_is_unchanged_and_the_reported_size_is_right(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);

        LoadedPayloadFile payload = Read(bytes);

        Assert.Equal(text, payload.Text);
        Assert.Equal(_folder.File("p.json"), payload.Path);
        var sent = new Payload(text, new PayloadMetadata(1_700_000_000_000));
        var expected = new PayloadFileReport
        {
            Name = "p.json",
            Bytes = bytes.Length,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)),
            PayloadBytes = JsonSerializer.SerializeToUtf8Bytes(sent, WireJson.Default.Payload).Length,
        };
        Assert.Equal(expected, payload.Report);
    }

    [Fact]
    public void Byte_order_mark_is_not_part_of_the_text()
    {
        LoadedPayloadFile payload = Read([.. Encoding.UTF8.Preamble, .. "[1, 2, 3, 4, 5]"u8]);

        Assert.Equal("[1, 2, 3, 4, 5]", payload.Text);
        Assert.Equal(18, payload.Report.Bytes);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(1_000_000)]
    public void Smallest_and_largest_payload_are_accepted(int bytes) =>
        Assert.Equal(bytes, Read(OfPayload(bytes)).Report.PayloadBytes);

    [Theory]
    [InlineData(63)]
    [InlineData(1_000_001)]
    public void Payload_outside_the_bounds_is_refused_with_its_size(int bytes) =>
        RequireRefused(OfPayload(bytes), $" as a payload's data makes {bytes} bytes of JSON: expected 64 to 1000000.");

    [Fact]
    public void Text_that_is_too_large_after_escaping_is_refused()
    {
        const int Strings = 80_000;
        byte[] file = Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat("\"\"", Strings))}]");

        RequireRefused(file, $" makes {EmptyPayload + (Strings * ((2 * EscapedQuote) + 1)) + 1} bytes of JSON");
    }

    [Fact]
    public void Huge_file_is_refused_by_its_length()
    {
        using (FileStream file = File.Create(_folder.File("p.json")))
        {
            file.SetLength(5_000_000_000);
        }

        RequireRefused(" makes at least 5000000000 bytes of JSON: expected 64 to 1000000.");
    }

    [Theory]
    [InlineData("", " is empty, or no regular file but a pipe or a device. Expected: one JSON value in UTF-8.")]
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
    public void Invalid_JSON_or_UTF8_is_refused_with_position(string hex, params string[] expected) =>
        RequireRefused(Convert.FromHexString(hex), expected);

    [Fact]
    public void Path_that_is_not_a_file_is_refused()
    {
        string missing = _folder.File("none.json");
        string missingFolder = _folder.File("no/such.json");

        Assert.Contains("--payload-file '' is no path. Expected: the path of a file or folder.", Refusal(""), StringComparison.Ordinal);
        Assert.Contains(
            $"--payload-file '{_folder.Root}' is a folder with 0 files *.json. ", Refusal(_folder.Root), StringComparison.Ordinal);
        Assert.Contains($"--payload-file '{missing}' cannot be read: ", Refusal(missing), StringComparison.Ordinal);
        Assert.Contains($"--payload-file '{missingFolder}' cannot be read: ", Refusal(missingFolder), StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_is_a_mix_and_each_of_its_files()
    {
        string[] texts = [Encoding.UTF8.GetString(OfPayload(1_000)), Encoding.UTF8.GetString(OfPayload(100))];
        File.WriteAllText(_folder.File("Order list.json"), texts[0]);
        File.WriteAllText(_folder.File("b.json"), texts[1]);
        File.WriteAllText(_folder.File("notes.txt"), "no JSON");

        LoadedPayloadFile folder = LoadedPayloadFile.Read(_folder.Root);
        PayloadFileReport report = folder.Report;
        LaunchPlan plan = LaunchPlan.Make(
            1, [], MadeUp.Settings with { PayloadFile = report }, bindingsAssembly: null, folder.Text, "folder") with
        {
            PayloadTexts = folder.Texts,
        };

        Assert.Equal(["file", "file-Order-list", "file-b"], report.Labels);
        Assert.Equal((550, 1_000), (report.PayloadBytes, report.LargestPayloadBytesOf("file")));
        Assert.Equal(new FileInfo(_folder.File("b.json")).Length, report.Files![1].Bytes);
        Assert.Equal([.. texts], plan.TextsOf("file"));
        Assert.Equal([texts[1]], plan.TextsOf("file-b"));
        Assert.Empty(plan.TextsOf("1KB"));
        Assert.Equal(report, LoadedPayloadFile.Read(_folder.Root).Report);
        File.WriteAllText(_folder.File("b.json"), texts[1].Replace('x', 'y'));
        Assert.NotEqual(report, LoadedPayloadFile.Read(_folder.Root).Report);
    }

    [Fact]
    public void Folder_with_equal_labels_or_too_many_files_is_refused()
    {
        File.WriteAllBytes(_folder.File("a b.json"), OfPayload(100));
        File.WriteAllBytes(_folder.File("a-B.json"), OfPayload(100));
        Assert.Contains("files with the same label file-a-", Refusal(_folder.Root), StringComparison.Ordinal);

        for (int number = 0; number <= LoadedPayloadFile.MaxFiles; number++)
        {
            File.WriteAllBytes(_folder.File($"{number}.json"), OfPayload(100));
        }

        Assert.Contains(
            "is a folder with 103 files *.json. Expected: a file, or a folder with 1 to 100 of them.",
            Refusal(_folder.Root),
            StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void Launch_plan_carries_the_text_in_one_line(string text)
    {
        LaunchPlan plan = LaunchPlan.Make(1, [CaseId.Parse("direct/echo/file")], MadeUp.Settings, bindingsAssembly: null, text, "folder");

        string line = JsonSerializer.Serialize(plan, LaunchPlanJson.Default.LaunchPlan);

        Assert.DoesNotContain(line, c => c is '\n' or '\r' || !char.IsAscii(c));
        Assert.Equal(text, JsonSerializer.Deserialize(line, LaunchPlanJson.Default.LaunchPlan)!.PayloadText);
    }

    // A file with one JSON string, whose payload has the given size.
    private static byte[] OfPayload(int bytes) =>
        Encoding.UTF8.GetBytes($"\"{new string('x', bytes - EmptyPayload - (2 * EscapedQuote))}\"");

    private static string Refusal(string path) => Assert.Throws<UnusableInputException>(() => LoadedPayloadFile.Read(path)).Message;

    private LoadedPayloadFile Read(byte[] content)
    {
        File.WriteAllBytes(_folder.File("p.json"), content);
        return LoadedPayloadFile.Read(_folder.File("p.json"));
    }

    private void RequireRefused(byte[] content, params string[] expected)
    {
        File.WriteAllBytes(_folder.File("p.json"), content);
        RequireRefused(expected);
    }

    private void RequireRefused(params string[] expected)
    {
        string refusal = Refusal(_folder.File("p.json"));
        Assert.StartsWith($"--payload-file '{_folder.File("p.json")}'", refusal, StringComparison.Ordinal);
        Assert.All(expected, part => Assert.Contains(part, refusal, StringComparison.Ordinal));
    }
}
