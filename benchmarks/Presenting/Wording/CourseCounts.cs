using System.Text.Json;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting.Wording;

/// <summary>Counts the cases of a warm-up by how their p50 changed.</summary>
internal static class CourseCounts
{
    /// <summary>Returns the counts as text, for example "11 flat, 1 slowed down". Empty in reports of older programs.</summary>
    public static string Of(WarmUpReport warmUp) => string.Join(
        ", ",
        from one in warmUp.Courses ?? []
        group one by one.Course into course
        orderby course.Key
        select FormattableString.Invariant($"{course.Count()} {Words(course.Key)}"));

    // The words are those of the report file.
    private static string Words(WarmUpCourse course) => JsonSerializer.SerializeToElement(course).GetString()!;
}
