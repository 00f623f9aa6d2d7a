using System.Diagnostics;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;
using WorkerRpc.Tests.Commands;

namespace WorkerRpc.Tests.Results;

public sealed class InputFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Each command line reads a file at the place of the path.
    public static TheoryData<string> EveryReader =>
    [
        "report --from PATH",
        "report --from PATH --to elsewhere",
        "compare PATH PATH",
        "history PATH",
        "study table --from PATH",
        "study runs --from PATH",
        "--list=flat --payload-file PATH",
        "--list=flat --bindings PATH",
        "measure --bindings PATH",
    ];

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(EveryReader))]
    public async Task Pipe_or_empty_or_missing_file_is_refused_in_one_line(string arguments)
    {
        string pipe = _folder.File("pipe");
        using (Process made = Process.Start("mkfifo", [pipe]))
        {
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        File.WriteAllText(_folder.File("empty"), "");
        foreach (string path in new[] { pipe, "/dev/zero", _folder.File("empty"), _folder.File("missing") })
        {
            Outcome outcome = await Outcome.OfAsync([.. arguments.Split(' ').Select(argument => argument == "PATH" ? path : argument)]);

            Assert.Equal((2, ""), (outcome.Code, outcome.Output));
            Assert.Contains(path, outcome.Error, StringComparison.Ordinal);
            Assert.Equal(2, outcome.Error.Count(c => c == '\n'));
            string expected = path.EndsWith("missing", StringComparison.Ordinal)
                ? "file"
                : "is empty, or no regular file but a pipe or a device";
            Assert.Contains(expected, outcome.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Huge_file_is_refused_by_its_length()
    {
        string path = _folder.File("huge.json");
        using (FileStream file = File.Create(path))
        {
            // Without content it takes no place on the disk.
            file.SetLength(3_000_000_000);
        }

        string message = Assert.Throws<UnusableInputException>(() => RunReportJson.Read(path)).Message;

        Assert.Equal($"'{path}' cannot be read: it has 3000 MB, and a file of measurements has at most 537 MB.", message);
    }

    [Fact]
    public void Folder_without_a_report_is_refused()
    {
        Assert.Equal("some.json", InputFile.InFolder("some.json", "report.json"));
        Assert.Equal(
            $"The folder {_folder.Root} has no report.json.",
            Assert.Throws<UnusableInputException>(() => InputFile.InFolder(_folder.Root, "report.json")).Message);
        Assert.EndsWith(
            "it is a folder. Expected: a file.",
            Assert.Throws<UnusableInputException>(() => InputFile.Open(_folder.Root)).Message,
            StringComparison.Ordinal);
    }
}
