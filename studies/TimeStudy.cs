using System.Globalization;
using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Contracts;
using static WorkerRpc.Studies.StudyCases;

namespace WorkerRpc.Studies;

/// <summary>Runs one launch of a few cases, and shows how long each part of the launch takes.</summary>
internal static class TimeStudy
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(2);
    private static readonly Profile s_profile = Profile.Find(Profile.DefaultName);

    private static readonly IReadOnlyList<CaseId> s_cases =
    [
        .. from method in new[] { "direct", ServiceBinding, RawFetch, Pipe } from size in Sizes select Echo(method, size),
        .. from size in Sizes select Reference(ReferenceIds.Json, size),
    ];

    /// <summary>Measures the cases, and writes a table with a row for each part.</summary>
    /// <returns>Whether the launch finished.</returns>
    public static async Task<bool> RunAsync(TextWriter output, TextWriter progress, CancellationToken interrupted)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("time-study-");
        try
        {
            var parts = new LaunchParts(TimeProvider.System);
            LaunchPlan plan = LaunchPlan.Make(1, s_cases, Settings, bindingsAssembly: null, payloadText: null, folder.FullName);
            progress.WriteLine($"one launch of {s_cases.Count} cases");
            (LaunchRecord record, LaunchReport report) = await LaunchProcess.RunAsync(
                plan, s_timeout, (_, launchEvent) => parts.Add(launchEvent), interrupted);
            parts.End();
            output.WriteLine(parts.Write(s_cases.Count));
            return report.Outcome == LaunchOutcome.Finished && record.Failures.Count == 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static RunSettings Settings => new()
    {
        Profile = s_profile.Name,
        Launches = 1,
        Calls = s_profile.Calls,
        PassLimitSeconds = s_profile.PassLimitSeconds,
        Callers = [],
        Seed = 1,
        Thresholds = [],
        BenchmarkDotNetArguments = [],
        CallerUrl = null,
        PayloadFile = null,
        StartedAt = DateTimeOffset.UtcNow,
        Commit = null,
        Dirty = null,
    };
}

/// <summary>The time that each part of a launch took. A part ends with the launch's event that marks its end.</summary>
internal sealed class LaunchParts(TimeProvider time)
{
    private readonly OrderedDictionary<string, TimeSpan> _parts = [];
    private long _last = time.GetTimestamp();
    private bool _hasCase;

    /// <summary>Adds the time since the last event to the part that this event ends.</summary>
    public void Add(LaunchEvent launchEvent)
    {
        AddTo(launchEvent switch
        {
            Hosted => "process start",
            WarmingUp or WarmedUp => "warm-up",
            CaseStarting => _hasCase ? "BenchmarkDotNet, between cases" : "BenchmarkDotNet, before the first case",
            Settling => "BenchmarkDotNet, iterations of the case",
            PassStarting => "wait for the compiler",
            PassEnded => "timed pass",
            AnchorMeasured => "anchor",
            LaunchFinished => "reports of the launch",
            _ => "histograms of the pass",
        });
        _hasCase |= launchEvent is CaseStarting;
    }

    /// <summary>Adds the time since the last event to the end of the process.</summary>
    public void End() => AddTo("process end");

    /// <summary>Writes the parts as a table.</summary>
    /// <param name="cases">The number of cases of the launch.</param>
    public string Write(int cases)
    {
        double all = _parts.Values.Sum(part => part.TotalSeconds);
        return MarkdownTable.Write(
            [("part of a launch", false), ("s", true), ("ms a case", true), ("share", true)],
            [
                .. _parts.Select(part => Row(part.Key, part.Value.TotalSeconds)),
                Row("whole launch", all),
            ]);

        string[] Row(string name, double seconds) =>
        [
            name,
            seconds.ToString("0.0", CultureInfo.InvariantCulture),
            (1e3 * seconds / cases).ToString("0", CultureInfo.InvariantCulture),
            Format.Percent(seconds / all, "0"),
        ];
    }

    private void AddTo(string part)
    {
        long now = time.GetTimestamp();
        _parts[part] = _parts.GetValueOrDefault(part) + time.GetElapsedTime(_last, now);
        _last = now;
    }
}
