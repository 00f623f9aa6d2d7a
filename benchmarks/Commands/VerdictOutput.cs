using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Analysis.History;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Presenting.Terminal;
using WorkerRpc.Benchmarks.Presenting.Wording;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>The options <c>--quiet</c> and <c>--json</c>, which shorten what a command with a verdict prints.</summary>
internal sealed class VerdictOptions
{
    private readonly Option<bool> _quiet = new("--quiet")
    {
        Description = "Prints the verdict and the path of the reports alone, and no progress",
    };

    private readonly Option<bool> _json = new("--json")
    {
        Description = "Prints the verdict as one JSON object, for scripts. Progress and errors stay on standard error",
    };

    public IEnumerable<Option> All => [_quiet, _json];

    /// <summary>Throws if one of the options is given where there is no verdict.</summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="mode">The option that has no verdict, such as <c>--list</c>.</param>
    /// <exception cref="UnusableInputException">One of the options is given.</exception>
    public void Refuse(ParseResult parsed, string mode)
    {
        if (All.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } given)
        {
            throw new UnusableInputException($"{given.Name} takes no part in {mode}, which has no verdict.");
        }
    }

    public VerdictOutput Output(ParseResult parsed, TextWriter output) =>
        new(output, parsed.GetValue(_json) ? VerdictForm.Json : parsed.GetValue(_quiet) ? VerdictForm.Quiet : VerdictForm.Screen);

    /// <summary>The writer for progress: that of errors, or none with <c>--quiet</c>.</summary>
    public TextWriter Progress(ParseResult parsed, TextWriter error) => parsed.GetValue(_quiet) ? TextWriter.Null : error;
}

/// <summary>What a command with a verdict prints.</summary>
internal enum VerdictForm
{
    Screen,
    Quiet,
    Json,
}

/// <summary>The result of a command with a verdict.</summary>
/// <param name="Verdict">The verdict in two words at most, for scripts: <c>not viable</c>.</param>
/// <param name="Sentence">The verdict as a sentence, as the screen shows it.</param>
/// <param name="Code">The exit code of the command.</param>
internal sealed record Conclusion(string Verdict, string Sentence, ProgramExitCode Code)
{
    /// <summary>The folder with the files that the command wrote, or null if it wrote none.</summary>
    public string? Folder { get; init; }

    /// <summary>What failed, each with its error message.</summary>
    public IReadOnlyList<string> Failures { get; init; } = [];

    /// <summary>The cases that decided the verdict, each with its own verdict and the reason. Empty for a comparison.</summary>
    public IReadOnlyList<(string Case, string Verdict, string Reason)> Cases { get; init; } = [];
}

/// <summary>Makes the conclusions of analyses.</summary>
internal static class Conclusions
{
    /// <summary>Returns the conclusion of a comparison.</summary>
    public static Conclusion Conclude(this Comparison comparison) => new(
        comparison.Outcome switch
        {
            ComparisonOutcome.Failed => "failed",
            ComparisonOutcome.Slower => "slower",
            ComparisonOutcome.NotKnown => "not known",
            _ => "nothing slower",
        },
        ComparisonScreen.Sentence(comparison),
        comparison.Outcome.ToExitCode())
    {
        Failures = comparison.Failures,
    };

    /// <summary>Returns the conclusion of a history.</summary>
    public static Conclusion Conclude(this ReportHistory history) => new(
        history.Outcome switch
        {
            HistoryOutcome.Slower => "slower",
            HistoryOutcome.NotKnown => "not known",
            _ => "nothing slower",
        },
        HistoryScreen.Sentence(history),
        history.Outcome.ToExitCode());
}

/// <summary>Prints the result of a command on the screen, or shortened.</summary>
/// <param name="output">Standard output.</param>
/// <param name="form">What is printed.</param>
internal sealed class VerdictOutput(TextWriter output, VerdictForm form)
{
    // A terminal shows the object too: it is no part of a page, so a "<" needs no escape.
    private static readonly JsonWriterOptions s_json = JsonTable.Options with { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Receives everything that only the screen shows.</summary>
    public TextWriter Details { get; } = form == VerdictForm.Screen ? output : TextWriter.Null;

    /// <summary>
    /// Prints the verdict if nothing else is printed. The command calls it before it writes files, so that the verdict is shown even if
    /// they cannot be written.
    /// </summary>
    public void Begin(string sentence)
    {
        if (form == VerdictForm.Quiet)
        {
            output.WriteLine(Printable.Of(sentence));
        }
    }

    /// <summary>Prints the end of the output: the verdict once more as the last line, the path of the files, or the JSON object.</summary>
    /// <param name="conclusion">The result.</param>
    /// <param name="isLast">Whether the verdict is already the last line on the screen.</param>
    /// <returns>The exit code of the command.</returns>
    public ProgramExitCode End(Conclusion conclusion, bool isLast = false)
    {
        switch (form)
        {
            case VerdictForm.Json:
                output.WriteLine(Json(conclusion));
                break;
            case VerdictForm.Quiet when conclusion.Folder is { } folder:
                output.WriteLine($"Reports: {folder}");
                break;
            case VerdictForm.Screen when !isLast:
                output.WriteLine(Printable.Of(conclusion.Sentence));
                break;
            default:
                break;
        }

        return conclusion.Code;
    }

    private static string Json(Conclusion conclusion)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, s_json))
        {
            json.WriteStartObject();
            json.WriteString("verdict", conclusion.Verdict);
            json.WriteNumber("exitCode", (int)conclusion.Code);
            json.WriteString("sentence", conclusion.Sentence);
            json.WriteString("folder", conclusion.Folder);
            json.WriteStartArray("failures");
            foreach (string failure in conclusion.Failures)
            {
                json.WriteStringValue(failure);
            }

            json.WriteEndArray();
            json.WriteStartArray("cases");
            foreach ((string name, string verdict, string reason) in conclusion.Cases)
            {
                json.WriteStartObject();
                json.WriteString("case", name);
                json.WriteString("verdict", verdict);
                json.WriteString("reason", reason);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
