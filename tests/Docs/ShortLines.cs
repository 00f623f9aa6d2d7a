using WorkerRpc.Benchmarks.Commands;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Docs;

/// <summary>Finds the documented lines that are short enough to run in tests: their plans expect less than a minute.</summary>
internal static class ShortLines
{
    // Limit for one line. All lines together have five minutes, including the build of the program.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    /// <summary>The lines of README, CONTRIBUTING and the pages that build, or measure or report for less than a minute.</summary>
    public static async Task<IReadOnlyList<DocumentedLine>> FindAsync()
    {
        string before = Directory.GetCurrentDirectory();
        using var folder = new TemporaryFolder();
        // A line that reads an earlier run's report fails its check here, so it is not run.
        var check = new CommandCheck(ReaderFiles.MakeIn(folder.Root));
        var found = new List<DocumentedLine>();
        try
        {
            HashSet<string> pages = [.. MarkdownPage.Documentation.Select(page => page.Path)];
            foreach (DocumentedLine line in DocumentedCommands.InPages.Where(line => pages.Contains(line.Source)))
            {
                if (await IsShortAsync(line.Line, check))
                {
                    found.Add(line);
                }
            }
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
        }

        // The same command on several pages runs once.
        return [.. found.DistinctBy(line => line.Line.Text)];
    }

    /// <summary>How long the lines usually take together.</summary>
    public static async Task<TimeSpan> ExpectedLengthAsync(IEnumerable<DocumentedLine> lines, CommandCheck check)
    {
        TimeSpan sum = TimeSpan.Zero;
        foreach (DocumentedLine line in lines)
        {
            sum += (await check.PlanAsync(line.Line)).Aggregate(TimeSpan.Zero, (length, plan) => length + plan.ExpectedLength!.Value);
        }

        return sum;
    }

    private static async Task<bool> IsShortAsync(ShellLine line, CommandCheck check)
    {
        // Skips lines that start a worker, or a program of others such as curl.
        ShellCommand[] others = [.. line.Commands.Where(command => !IsRunOrBuild(command) && command.Words[0].Text != "cd")];
        if (others.Length > 0 || line.Text.Contains("--project workers/", StringComparison.Ordinal))
        {
            return false;
        }

        try
        {
            IReadOnlyList<CommandPlan> plans = await check.PlanAsync(line);
            return plans.All(plan => plan.ExpectedLength <= s_limit);
        }
        catch (UnusableInputException)
        {
            return false;
        }
    }

    private static bool IsRunOrBuild(ShellCommand command) =>
        command.Words is [{ Text: "dotnet" }, { Text: "run" or "build" }, ..];
}
