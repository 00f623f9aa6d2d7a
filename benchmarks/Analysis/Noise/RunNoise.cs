using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Analysis.Noise;

/// <summary>The noise of a run.</summary>
/// <param name="Launches">The launches that were watched.</param>
/// <param name="OthersKnown">Whether the use of processors by other processes is known of any launch.</param>
internal sealed record RunNoise(IReadOnlyList<LaunchNoise> Launches, bool OthersKnown)
{
    /// <summary>
    /// The upper median of the launches' grades, since every figure is a median of the launches; null where no launch was watched.
    /// </summary>
    public NoiseGrade? Grade =>
        Launches.Count == 0 ? null : Launches.Select(launch => launch.Grade).Order().ElementAt(Launches.Count / 2);

    /// <summary>The launches whose grade is worse than the run's.</summary>
    public IEnumerable<LaunchNoise> Worse => Launches.Where(launch => launch.Grade > Grade);

    /// <summary>The run's grade with its launches and reasons, in one line.</summary>
    public string Line
    {
        get
        {
            if (Grade is not { } grade)
            {
                return "noise: not recorded";
            }

            LaunchNoise[] alike = [.. Launches.Where(launch => launch.Grade == grade)];
            // For each quantity, the worst launch of that grade.
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

    /// <summary>Grades a run.</summary>
    public static RunNoise Of(RunReport report) => new(
        [
            .. from launch in report.Launches
               where launch.Noise is not null
               select LaunchNoise.Of(launch.Number, launch.Noise!, launch.Seconds, report.Environment?.Cores ?? 1),
        ],
        report.Launches.Any(launch => launch.Noise?.OthersCores is not null));

    /// <summary>A grade as reports write it.</summary>
    public static string Name(NoiseGrade grade) => grade.ToString().ToLowerInvariant();

    private static string Named(LaunchNoise[] launches) =>
        $"launch{(launches.Length == 1 ? "" : "es")} {string.Join(", ", launches.Select(launch => launch.Number))}";
}
