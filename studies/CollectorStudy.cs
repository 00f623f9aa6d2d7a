using System.Globalization;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Contracts;
using static WorkerRpc.Studies.StudyCases;

namespace WorkerRpc.Studies;

/// <summary>Measures the p50 and p99 of calls with the largest payload under several settings of the garbage collector.</summary>
internal static class CollectorStudy
{
    private const int Repetitions = 3;
    private const string DefaultThreshold = "14C08";
    private const string RaisedThreshold = "100000";
    private const string RaisedGen0 = WorkerEnvironment.Gen0Budget;

    // Every entry sets GCgen0size and GCLOHThreshold, because the launch would otherwise use the workers' values. A GCgen0size of 0
    // selects the runtime's default.
    private static readonly IReadOnlyList<(string Name, IReadOnlyList<(string Setting, string Value)> Settings)> s_settings =
    [
        ("the runtime's defaults", With("0", DefaultThreshold)),
        ("large objects from 1 MiB", With("0", RaisedThreshold)),
        ("64 MiB gen 0", With(RaisedGen0, DefaultThreshold)),
        ("both", With(RaisedGen0, RaisedThreshold)),
        ("both, 16 MiB gen 0", With("1000000", RaisedThreshold)),
        ("both, memory kept", With(RaisedGen0, RaisedThreshold, ("GCRetainVM", "1"))),
        ("both, not concurrent", With(RaisedGen0, RaisedThreshold, ("gcConcurrent", "0"))),
        ("not concurrent alone", With("0", DefaultThreshold, ("gcConcurrent", "0"))),
        ("conserve memory 5", With("0", DefaultThreshold, ("GCConserveMemory", "5"))),
        ("server", With("0", DefaultThreshold, ("gcServer", "1"), ("GCDynamicAdaptationMode", "0"))),
        ("server, DATAS", With("0", DefaultThreshold, ("gcServer", "1"), ("GCDynamicAdaptationMode", "1"))),
    ];

    private static readonly IReadOnlyList<CaseId> s_cases =
        [Echo(Pipe, Largest), Reference(ReferenceIds.Json, Largest), Echo(ServiceBinding, Largest), Echo(RawFetch, Largest)];

    // This warm-up is shorter than StudyLaunch.WarmUp, because each method has only one case here.
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(3);

    /// <summary>Measures the cases, and writes a table with a row for each setting.</summary>
    /// <returns>Always true, because this study checks no bounds.</returns>
    public static async Task<bool> RunAsync(TextWriter output, TextWriter progress, CancellationToken interrupted)
    {
        var launches = s_settings.ToDictionary(setting => setting.Name, _ => new List<LaunchFigures>());
        for (int repetition = 1; repetition <= Repetitions; repetition++)
        {
            foreach ((string name, IReadOnlyList<(string Setting, string Value)> settings) in s_settings)
            {
                progress.WriteLine($"repetition {repetition} of {Repetitions}: {name}");
                launches[name].Add(
                    await StudyLaunch.RunAsync(s_cases, concurrent: null, settings, s_warmUp, seed: repetition, interrupted));
            }
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"echo/{Largest}: p50 / p99, medians of {Repetitions} launches of each setting in turn."));
        output.WriteLine();
        output.WriteLine(MarkdownTable.Write(
            [("setting", false), .. s_cases.Select(id => (id.Method, true)), ("peak memory", true)],
            [.. s_settings.Select(setting => RowOf(setting.Name))]));
        return true;

        IReadOnlyList<string> RowOf(string setting) =>
        [
            setting,
            .. s_cases.Select(id =>
                $"{Median(setting, run => run.P50(id), Format.Duration)} / {Median(setting, run => run.P99(id), Format.Duration)}"),
            Median(setting, run => run.PeakMemoryBytes, Format.Bytes),
        ];

        string Median(string setting, Func<LaunchFigures, double> figure, Func<double, string> format) =>
            AcrossLaunches.Median(launches[setting], figure, format);
    }

    private static IReadOnlyList<(string Setting, string Value)> With(
        string gen0, string threshold, params (string Setting, string Value)[] more) =>
        [("GCgen0size", gen0), ("GCLOHThreshold", threshold), .. more];
}
