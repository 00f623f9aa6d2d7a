using System.Globalization;
using WorkerRpc.Benchmarks.Analysis;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Benchmarks.Presenting;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Floors;
using static WorkerRpc.Benchmarks.Commands.Speed.SpeedCells;

namespace WorkerRpc.Benchmarks.Commands.Speed;

/// <summary>What the collector's settings do to the largest payload's tail: launches of each setting in turn.</summary>
internal static class CollectorStudy
{
    private const int Repetitions = 3;
    private const string DefaultThreshold = "14C08";
    private const string RaisedThreshold = "100000";
    private const string RaisedGen0 = WorkerEnvironment.Gen0Budget;

    private static readonly IReadOnlyList<(string Name, IReadOnlyList<(string Setting, string Value)> Settings)> s_settings =
    [
        // 0 is the runtime's own choice; both stand here because the workers' own settings are others.
        ("the runtime's defaults", [("GCgen0size", "0"), ("GCLOHThreshold", DefaultThreshold)]),
        ("large objects from 1 MiB", [("GCgen0size", "0"), ("GCLOHThreshold", RaisedThreshold)]),
        ("64 MiB gen 0", [("GCgen0size", RaisedGen0), ("GCLOHThreshold", DefaultThreshold)]),
        ("both", [("GCgen0size", RaisedGen0), ("GCLOHThreshold", RaisedThreshold)]),
        ("both, 16 MiB gen 0", [("GCgen0size", "1000000"), ("GCLOHThreshold", RaisedThreshold)]),
        ("both, memory kept", [("GCgen0size", RaisedGen0), ("GCLOHThreshold", RaisedThreshold), ("GCRetainVM", "1")]),
        ("both, not concurrent", [("GCgen0size", RaisedGen0), ("GCLOHThreshold", RaisedThreshold), ("gcConcurrent", "0")]),
        ("not concurrent alone", [("GCgen0size", "0"), ("GCLOHThreshold", DefaultThreshold), ("gcConcurrent", "0")]),
        ("conserve memory 5", [("GCgen0size", "0"), ("GCLOHThreshold", DefaultThreshold), ("GCConserveMemory", "5")]),
        ("server", [("GCgen0size", "0"), ("GCLOHThreshold", DefaultThreshold), ("gcServer", "1"), ("GCDynamicAdaptationMode", "0")]),
        ("server, DATAS", [("GCgen0size", "0"), ("GCLOHThreshold", DefaultThreshold), ("gcServer", "1"), ("GCDynamicAdaptationMode", "1")]),
    ];

    private static readonly IReadOnlyList<CaseId> s_cells =
        [Echo(Pipe, Largest), Row(JsonFloor.ReferenceId, Largest), Echo(ServiceBinding, Largest), Echo(RawFetch, Largest)];

    // A method's one cell is warm sooner than a method whose every size and function is measured.
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(3);

    /// <summary>Measures, and tells a row a setting.</summary>
    public static async Task RunAsync(TextWriter output, TextWriter progress, CancellationToken interrupted)
    {
        var launches = s_settings.ToDictionary(setting => setting.Name, _ => new List<SpeedFigures>());
        for (int repetition = 1; repetition <= Repetitions; repetition++)
        {
            foreach ((string name, IReadOnlyList<(string Setting, string Value)> settings) in s_settings)
            {
                progress.WriteLine($"repetition {repetition} of {Repetitions}: {name}");
                launches[name].Add(await SpeedLaunch.RunAsync(s_cells, crowded: null, settings, s_warmUp, seed: repetition, interrupted));
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"echo/{Largest}: p50 / p99, medians of {Repetitions} launches of each setting in turn."));
        output.WriteLine();
        output.WriteLine(MarkdownTable.Write(
            [("setting", false), .. s_cells.Select(cell => (cell.Method, true)), ("peak memory", true)],
            [.. s_settings.Select(setting => (IReadOnlyList<string>)
            [
                setting.Name,
                .. s_cells.Select(cell => $"{Median(setting.Name, run => run.P50(cell), Format.Duration)} / {Median(setting.Name, run => run.P99(cell), Format.Duration)}"),
                Median(setting.Name, run => run.PeakMemoryBytes, Format.Bytes),
            ])]));

        string Median(string setting, Func<SpeedFigures, double> figure, Func<double, string> format) =>
            OverLaunches.Median(launches[setting], figure, format);
    }
}
