using WorkerRpc.Benchmarks.Presenting.Wording;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Tests.Presenting.Wording;

public class CourseCountsTests
{
    [Fact]
    public void Cases_are_counted_by_course()
    {
        WarmUpCourse[] courses = [WarmUpCourse.SlowedDown, WarmUpCourse.Flat, WarmUpCourse.NoSteadyState, WarmUpCourse.Flat];
        var warmUp = new WarmUpReport("direct", Steady: true, "", [])
        {
            Courses = [.. courses.Select((course, index) => new CaseWarmUp($"direct/f{index}/1KB", course, 3, []))],
        };

        Assert.Equal("2 flat, 1 slowed down, 1 no steady state", CourseCounts.Of(warmUp));
        Assert.Equal("", CourseCounts.Of(warmUp with { Courses = null }));
    }
}
