using System.CommandLine;
using WorkerRpc.Benchmarks.Reports;

namespace WorkerRpc.Benchmarks.App;

/// <summary>Makes all tables again from a <c>report.json</c>.</summary>
internal sealed class ReportCommand : ICommand
{
    private readonly Option<string> _from = new("--from") { Description = "The report.json to read", Required = true, HelpName = "FILE" };
    private readonly Option<string?> _to = new("--to") { Description = "The folder to write to. Without it: that of FILE", HelpName = "DIR" };
    private readonly Option<string?> _hgrm = new("--hgrm")
    {
        Description = "A folder for a percentile distribution of each case, all launches together, in ms, as HdrHistogram's plotter reads it",
        HelpName = "DIR",
    };

    private readonly ThresholdOption _threshold = new();
    private readonly Option<string?> _budget = new("--budget-ms")
    {
        Description = "What the p99 of a whole call may take in the recommendation, in place of the limits on overhead",
        HelpName = "MS",
    };

    private readonly Option<string?> _payload = new("--payload") { Description = "The one payload that the recommendation is for, like 1KB. Without it: every one", HelpName = "LABEL" };

    public RootCommand Syntax => new("Makes all tables again from a report.json, and gives its verdict and recommendation.") { _from, _to, _hgrm, _threshold.Option, _budget, _payload };

    public string Examples => """
        Examples:
          dotnet run -c Release --project benchmarks -- report --from artifacts/baseline/report.json
          dotnet run -c Release --project benchmarks -- report --from report.json --to elsewhere --threshold p50=100us
          dotnet run -c Release --project benchmarks -- report --from artifacts/baseline/report.json --to elsewhere --hgrm elsewhere/hgrm
          dotnet run -c Release --project benchmarks -- report --from artifacts/baseline/report.json --to elsewhere --budget-ms 0.5 --payload 10KB
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

        var tables = new Tables(report, Budget.Parse(parsed.GetValue(_budget), parsed.GetValue(_payload), report));
        string? distributions = parsed.GetValue(_hgrm) is { Length: > 0 } hgrm ? Path.GetFullPath(hgrm) : null;
        // Made before anything is written: launches that cannot be merged are a mistake in what was asked for.
        IReadOnlyDictionary<string, byte[]>? files = distributions is null ? null : PercentileDistributions.Of(report);
        string folder = Path.GetFullPath(parsed.GetValue(_to) is { Length: > 0 } to ? to : Path.GetDirectoryName(Path.GetFullPath(from))!);
        ExitCode code = RunOutcome.Tell(tables, folder, output);
        if (distributions is not null)
        {
            RunOutcome.Save("Percentile distributions", distributions, () => ReportFiles.Replace(distributions, files!), output);
        }

        return Task.FromResult(code);
    }
}
