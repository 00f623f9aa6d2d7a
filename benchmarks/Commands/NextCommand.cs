using WorkerRpc.Benchmarks.Analysis.Advice;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Folders;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>The options of the command that made a report. The next command repeats them.</summary>
/// <param name="Folder">The folder of the report, or null for the default folder.</param>
internal sealed record ReportOrigin(string? Folder)
{
    /// <summary>The name of the report's file.</summary>
    public string FileName { get; init; } = RunReport.FileName;

    /// <summary>The name that the user gave to the run, or null.</summary>
    public string? RunName { get; init; }

    /// <summary>The assembly of the user's bindings, or null.</summary>
    public string? Bindings { get; init; }

    /// <summary>The assembly of the user's functions, or null.</summary>
    public string? Functions { get; init; }

    /// <summary>The folder of <c>--artifacts</c>. Null for the default folder, and if the user moved the report.</summary>
    public string? Artifacts => Folder is not null && Path.GetFileName(Folder) == ResultsFolder.DefaultName
        ? Path.GetDirectoryName(Folder)
        : null;

    /// <summary>Whether the run can be resumed. Otherwise the user moved its report.</summary>
    public bool IsResumable => Folder is null || Artifacts is not null;
}

/// <summary>Suggests the command to type after a run. The suggestion depends on the run's outcome.</summary>
internal static class NextCommand
{
    /// <summary>Returns the command line to type after a run.</summary>
    public static string After(RunAnalysis analysis, ReportOrigin origin) => ProgramName.Typed + Arguments(analysis, origin);

    /// <summary>
    /// Returns the command line that measures the remaining launches of a run. Returns null if the run cannot be resumed, because the user
    /// moved its report.
    /// </summary>
    public static string? ToComplete(ReportOrigin origin) => origin.IsResumable ? ProgramName.Typed + Resume(origin) : null;

    private static string Arguments(RunAnalysis analysis, ReportOrigin origin)
    {
        RunReport report = analysis.Report;
        string from = origin.Folder is { } folder ? $" --from {Quoted(Path.Combine(folder, origin.FileName))}" : "";
        string open = $"report{from} --open";
        // Suggests only the page of the report. A new run would need the caller worker's address or the payload file's path.
        if (report.Run.CallerUrl is not null || report.Run.PayloadFile is not null)
        {
            return open;
        }

        return report.Interrupted && origin.IsResumable ? Resume(origin)
            : analysis.Cases.FirstOrDefault(one => one.Failed) is { } failed && MeasureAgain(failed, "quick", report, origin) is { } again
                ? again
            : analysis.Verdict.Run == Viability.NotViable && analysis.Remedies.Count == 0 && HaveRemedies(analysis.Verdict)
                ? RemedyAdvice.HowToMeasure + Repeated(report, origin with { Bindings = null, Functions = null }, CoreAndRemedies())
            : NotKnown(analysis, origin) ?? open;
    }

    // The resumed run's plan has all other options.
    private static string Resume(ReportOrigin origin) =>
        "--resume"
        + (origin.RunName is { } name ? $" --name {name}" : "")
        + (origin.Artifacts is { } artifacts ? $" --artifacts {Quoted(artifacts)}" : "");

    // Suggests more launches and calls. They make intervals narrower, and give quantiles for which there were too few calls.
    private static string? NotKnown(RunAnalysis analysis, ReportOrigin origin)
    {
        CaseVerdict? undecided = analysis.Verdict.Run == Viability.NotKnown
            ? analysis.Verdict.Deciding.First(verdict => verdict.Viability == Viability.NotKnown)
            : null;
        RunReport report = analysis.Report;
        string profile = report.FinishedLaunches < Widening.MaxLaunches || report.Run.Profile != "standard" ? "standard" : "full";
        return undecided is null ? null : MeasureAgain(undecided.Case, profile, report, origin);
    }

    // Returns null for a method or function of the user's own assembly if the assembly is unknown. Also returns null if a shell would
    // expand characters of the case's name.
    private static string? MeasureAgain(CaseSummary one, string profile, RunReport report, ReportOrigin origin)
    {
        bool isBuiltIn = BindingCatalog.BuiltIn.All.Any(binding => binding.Id == one.Id.Method);
        bool hasFunction = one.Id.IsReference
            || origin.Functions is not null
            || FunctionList.All.Any(function => function.Id == one.Id.Function);
        return (isBuiltIn || origin.Bindings is not null) && hasFunction && IsPlain(one.Id.ToString())
            ? $"--profile {profile} --filter {one.Id}{Repeated(report, origin, [one.Id])}"
            : null;
    }

    // The options that decided the answer, for a new run of some cases. A threshold that matches none of them would be refused.
    private static string Repeated(RunReport report, ReportOrigin origin, IReadOnlyList<CaseId> cases)
    {
        string kind = report.Run.PayloadKind == PayloadKinds.OfRuns ? "" : $" --payload-kind {report.Run.PayloadKind.Name()}";
        string[] thresholds = [.. report.Run.Thresholds.Where(text => cases.Any(Threshold.Parse(text).Holds)).Select(Quoted)];
        return kind
            + (thresholds.Length > 0 ? " --threshold " + string.Join(' ', thresholds) : "")
            + (origin.Bindings is { } bindings ? $" --bindings {Quoted(bindings)}" : "")
            + (origin.Functions is { } functions ? $" --functions {Quoted(functions)}" : "")
            + (origin.Artifacts is { } artifacts ? $" --artifacts {Quoted(artifacts)}" : "");
    }

    // Whether a remedy is known for a method that is not viable.
    private static bool HaveRemedies(RunVerdict verdict) => verdict.Deciding.Any(one =>
        one.Viability == Viability.NotViable && RemedyAdvice.All.Any(remedy => remedy.Without == one.Case.Id.Method));

    private static CaseId[] CoreAndRemedies()
    {
        var matrix = new Matrix(BindingCatalog.BuiltIn);
        return
        [
            .. matrix.Cases.Where(id => id.Method != BaselineMethod.Id && !id.IsReference
                && matrix.Categories(id).Any(category => category is BindingTags.Core or BindingTags.Remedy)),
        ];
    }

    private static bool IsPlain(string text) =>
        text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '_' or '.' or ':' or '=');

    private static string Quoted(string path) => IsPlain(path) ? path : $"'{path.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
