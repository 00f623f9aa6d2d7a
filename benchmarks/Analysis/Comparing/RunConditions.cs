using System.Globalization;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>
/// The conditions of a run: the machine, the runtime and the settings. Two runs are comparable only if all conditions are equal. Tables in
/// CSV and Markdown carry the conditions as one line of text.
/// </summary>
internal static class RunConditions
{
    /// <summary>The condition that a run might lack: only two runs with a payload file must have the same one.</summary>
    public const string PayloadFile = "payload file";

    /// <summary>The name of the CSV column with the conditions.</summary>
    public const string Column = "environment";

    /// <summary>The start of the line with the conditions in Markdown. There, <see cref="Launches"/> is the first of them.</summary>
    public const string LineStart = "Conditions, for `compare`: ";

    /// <summary>The name under which Markdown gives the number of finished launches.</summary>
    public const string Launches = "launches";

    public const string Processor = "processor";
    public const string Cores = "cores";
    public const string OperatingSystem = "operating system";

    public const string Payloads = "payload kind";

    private const string Unknown = "unknown";
    private const string Between = "; ";
    private const string AfterName = ": ";

    // Characters that separate cells in CSV and in Markdown, or conditions in the text, or that Markdown would escape.
    private static readonly char[] s_special = [',', ';', '|', '<', '>', '"', '`', '*', '_', '\\', '&', '[', ']', '\r', '\n', '\t'];

    /// <summary>Returns the conditions of a run. The key is the condition's name.</summary>
    public static IReadOnlyDictionary<string, string> Of(RunReport report) => new Dictionary<string, string>
    {
        [Processor] = report.Environment?.Processor ?? Unknown,
        [Cores] = report.Environment?.Cores.ToString(CultureInfo.InvariantCulture) ?? Unknown,
        [OperatingSystem] = report.Environment?.Os ?? Unknown,
        ["architecture"] = report.Environment?.Architecture ?? Unknown,
        ["runtime"] = report.Environment?.Runtime ?? Unknown,
        ["garbage collector"] = report.Environment?.GarbageCollector ?? Unknown,
        ["tiering"] = report.Environment?.Tiering ?? Unknown,
        ["BenchmarkDotNet"] = report.Environment?.BenchmarkDotNet ?? Unknown,
        ["caller"] = report.Run.CallerUrl is null ? "launches" : "a caller worker of its own",
        [Payloads] = report.Run.PayloadKind.Name(),
        ["profile"] = string.Create(CultureInfo.InvariantCulture, $"{report.Run.Profile}, at most {report.Run.Calls} calls a case"),
    };

    /// <summary>Returns the conditions that a run might lack. The payload file is identified by its content, not by its name.</summary>
    public static IReadOnlyDictionary<string, string> SharedOf(RunReport report) => report.Run.PayloadFile is { } file
        ? new Dictionary<string, string>
        {
            [PayloadFile] = string.Create(CultureInfo.InvariantCulture, $"{file.Bytes} bytes, sha256 {file.Sha256}"),
        }
        : new Dictionary<string, string>();

    /// <summary>Writes all conditions of a run as one line of text: <c>processor: AMD EPYC; cores: 2; …</c>.</summary>
    public static string Write(RunReport report) =>
        string.Join(Between, Of(report).Concat(SharedOf(report)).Select(one => $"{Normal(one.Key)}{AfterName}{Normal(one.Value)}"));

    /// <summary>Writes the line with the conditions in Markdown.</summary>
    public static string WriteLine(RunReport report)
    {
        int finished = report.Launches.Count(launch => launch.Outcome == LaunchOutcome.Finished);
        return string.Create(CultureInfo.InvariantCulture, $"{LineStart}{Launches}{AfterName}{finished}{Between}{Write(report)}");
    }

    /// <summary>Parses the text of <see cref="Write"/>. Returns null if the text is not a list of conditions.</summary>
    public static IReadOnlyDictionary<string, string>? Parse(string text)
    {
        var conditions = new Dictionary<string, string>();
        foreach (string condition in text.Split(Between, StringSplitOptions.RemoveEmptyEntries))
        {
            int end = condition.IndexOf(AfterName, StringComparison.Ordinal);
            if (end <= 0 || !conditions.TryAdd(condition[..end], condition[(end + AfterName.Length)..]))
            {
                return null;
            }
        }

        return conditions.Count > 0 ? conditions : null;
    }

    /// <summary>Returns the value of a condition, or "unknown". Files of older programs name no payload kind: it was letters.</summary>
    public static string ValueOf(IReadOnlyDictionary<string, string> conditions, string name) =>
        conditions.GetValueOrDefault(name, name == Payloads ? PayloadKind.Letters.Name() : Unknown);

    /// <summary>Whether two values of a condition are equal. Tables lack some special characters of a value.</summary>
    public static bool AreEqual(string one, string other) => Normal(one) == Normal(other);

    private static string Normal(string text) =>
        string.Join(' ', text.Split([' ', .. s_special], StringSplitOptions.RemoveEmptyEntries));
}
