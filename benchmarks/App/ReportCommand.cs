using System.CommandLine;
using WorkerRpc.Benchmarks.Reports;

namespace WorkerRpc.Benchmarks.App;

/// <summary>Makes all tables again from a <c>report.json</c>.</summary>
internal sealed class ReportCommand : ICommand
{
    private readonly Option<string> _from = new("--from") { Description = "The report.json to read", Required = true, HelpName = "FILE" };
    private readonly Option<string?> _to = new("--to") { Description = "The folder to write to. Without it: that of FILE", HelpName = "DIR" };
    private readonly ThresholdOption _threshold = new();

    public RootCommand Syntax => new("Makes all tables again from a report.json, and gives its verdict.") { _from, _to, _threshold.Option };

    public string Examples => """
        Examples:
          dotnet run -c Release --project benchmarks -- report --from artifacts/baseline/report.json
          dotnet run -c Release --project benchmarks -- report --from report.json --to elsewhere --threshold p50=100us
        """;

    public Task<ExitCode> RunAsync(ParseResult parsed, TextWriter output, TextWriter error, CancellationToken interrupted)
    {
        string from = parsed.GetValue(_from)!;
        RunReport report = RunReportJson.Read(from);
        IReadOnlyList<string> thresholds = _threshold.Values(parsed);
        if (thresholds.Count > 0)
        {
            report = report with { Run = report.Run with { Thresholds = thresholds } };
            ThresholdOption.RequireMatches(thresholds, report.Cases.Select(one => one.Id));
        }

        string folder = Path.GetFullPath(parsed.GetValue(_to) is { Length: > 0 } to ? to : Path.GetDirectoryName(Path.GetFullPath(from))!);
        return Task.FromResult(RunOutcome.Tell(report, folder, output));
    }
}
