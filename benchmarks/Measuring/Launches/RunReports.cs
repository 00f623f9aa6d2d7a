using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Benchmarks.Measuring.Launches;

/// <summary>Merges the launches of a run into one report. The report keeps each launch's histograms separately.</summary>
internal static class RunReports
{
    /// <param name="settings">The run's settings.</param>
    /// <param name="matrix">The matrix that defines the methods, the payload sizes and the order of cases.</param>
    /// <param name="cases">The selected cases.</param>
    /// <param name="launches">The measurements and the outcome of each launch.</param>
    /// <param name="interrupted">Whether the user interrupted the run.</param>
    public static RunReport Merge(
        RunSettings settings,
        Matrix matrix,
        IReadOnlyList<CaseId> cases,
        IReadOnlyList<(LaunchRecord Record, LaunchReport Report)> launches,
        bool interrupted) => new()
        {
            SchemaVersion = RunReport.CurrentSchemaVersion,
            ProgramVersion = RunReport.CurrentProgramVersion,
            Run = settings,
            Interrupted = interrupted,
            Environment = launches.Select(launch => launch.Record.Environment).FirstOrDefault(environment => environment is not null),
            Methods = [.. matrix.Catalog.All.Where(binding => cases.Any(id => id.Method == binding.Id)).Select(Describe)],
            Launches = [.. launches.Select(launch => launch.Report)],
            Cases = [.. matrix.InOrder(cases).Select(id => Case(id, matrix, launches))],
        };

    internal static MethodReport Describe(IBinding binding) => new()
    {
        Id = binding.Id,
        Tags = binding.Tags,
        Settings = binding.Settings,
        Expected = binding.Expected,
        Reach = binding.Channel?.Reach,
        Floor = binding.References?.Transport,
        Serializer = binding.References?.Serializer,
    };

    private static CaseReport Case(CaseId id, Matrix matrix, IReadOnlyList<(LaunchRecord Record, LaunchReport Report)> launches) => new()
    {
        Method = id.Method,
        Function = id.Function,
        Payload = id.Payload,
        PayloadBytes = matrix.PayloadBytes(id.Payload),
        Passes = [.. launches.Select(launch => launch.Record.Passes.GetValueOrDefault(id)).OfType<PassReport>()],
        Failures =
        [
            .. from launch in launches
               where launch.Record.Failures.ContainsKey(id)
               select new CaseFailure(launch.Record.Number, launch.Record.Failures[id]),
        ],
    };
}
