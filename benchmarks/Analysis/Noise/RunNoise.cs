using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Analysis.Noise;

/// <summary>The noise of a run: the grade of the run and of its launches.</summary>
/// <param name="Launches">The launches whose noise was recorded.</param>
/// <param name="OthersKnown">Whether at least one launch recorded the processor use of other processes.</param>
internal sealed record RunNoise(IReadOnlyList<LaunchNoise> Launches, bool OthersKnown)
{
    /// <summary>
    /// The noise grade of the run: the median of the launches' grades, because each figure is also a median of the launches. Of two middle
    /// grades, the worse one counts. Null if the noise of no launch was recorded.
    /// </summary>
    public NoiseGrade? Grade =>
        Launches.Count == 0 ? null : Launches.Select(launch => launch.Grade).Order().ElementAt(Launches.Count / 2);

    /// <summary>The launches whose grade is worse than the grade of the run.</summary>
    public IEnumerable<LaunchNoise> Worse => Launches.Where(launch => launch.Grade > Grade);

    /// <summary>One line for reports: the grade of the run, the grades of its launches, and the reasons for these grades.</summary>
    public string Line
    {
        get
        {
            if (Grade is not { } grade)
            {
                return "noise: not recorded";
            }

            LaunchNoise[] alike = [.. Launches.Where(launch => launch.Grade == grade)];
            // Give one reason for each quantity: that of the launch with the greatest value.
            IEnumerable<string> reasons = alike
                .SelectMany(launch => launch.Reasons)
                .Where(reason => reason.Grade == grade)
                .GroupBy(reason => reason.What)
                .Select(group => group.MaxBy(reason => reason.Value)!.Words);
            IEnumerable<string> worse = Worse
                .GroupBy(launch => launch.Grade)
                .OrderBy(group => group.Key)
                .Select(group => $"; {Named([.. group])} {Name(group.Key)}");
            return $"noise: {Name(grade)}"
                + (grade == NoiseGrade.Quiet ? "" : $" ({Named(alike)}): {string.Join("; ", reasons)}")
                + string.Concat(worse)
                + (OthersKnown ? "" : "; what other processes did is not known");
        }
    }

    /// <summary>Grades the noise of a run.</summary>
    public static RunNoise Of(RunReport report) => new(
        [
            .. from launch in report.Launches
               where launch.Noise is not null
               let cores = launch.Noise!.AllowedCores ?? report.Environment?.Cores ?? 1
               select LaunchNoise.Of(launch.Number, launch.Noise!, launch.Seconds, cores),
        ],
        report.Launches.Any(launch => launch.Noise?.OthersCores is not null));

    /// <summary>The grade's name as reports write it.</summary>
    public static string Name(NoiseGrade grade) => grade.ToString().ToLowerInvariant();

    private static string Named(LaunchNoise[] launches) =>
        $"launch{(launches.Length == 1 ? "" : "es")} {string.Join(", ", launches.Select(launch => launch.Number))}";
}
