using System.Diagnostics;
using System.Globalization;
using SharpFuzz;
using WorkerRpc.Functions;
using WorkerRpc.Hostile.Mutating;
using WorkerRpc.Hostile.Targets;

namespace WorkerRpc.Hostile.Fuzzing;

/// <summary>Fuzzes one target by AFL++. The folder keeps the corpus, the counts and the failures, so that a later run goes on.</summary>
/// <param name="target">The name of the target.</param>
/// <param name="root">The folder that has a folder for each target.</param>
internal sealed class FuzzRun(string target, string root)
{
    private const string AflFuzz = "afl-fuzz";

    // AFL++ ends the process after this time. The targets find slow inputs themselves, and earlier.
    private const int ExecutionTimeoutMs = 60_000;

    // Stands before the message of a failure in the output of a replay.
    private const string Marker = $": {FuzzWorker.Failed}";

    private const int MaxInputBytes = 16 << 10;

    // More memory than any input may take. With this limit, an input that takes too much fails and does not harm the machine.
    private const string MaxHeapBytes = "0x80000000";

    private static readonly string[] s_instrumented = ["WorkerRpc.CapnWeb.dll", "WorkerRpc.CapnWeb.AspNetCore.dll"];

    private readonly string _folder = Path.Combine(root, target);

    private string Stats => Path.Combine(_folder, "out", "default", "fuzzer_stats");

    private string SeedEdges => Path.Combine(_folder, "seed-edges");

    /// <summary>Runs the seeds, then fuzzes.</summary>
    /// <param name="seconds">The time to fuzz. It is ignored if <paramref name="executions"/> is given.</param>
    /// <param name="executions">The number of inputs after which to stop, with those of earlier runs. It may be null.</param>
    /// <param name="isBytesOnly">Whether the mutator of messages takes no part, for comparison.</param>
    /// <param name="output">Receives the result.</param>
    /// <returns>Whether no input failed.</returns>
    public bool Run(int seconds, long? executions, bool isBytesOnly, TextWriter output)
    {
        RequireFuzzer();
        DateTimeOffset start = DateTimeOffset.UtcNow;
        var failures = new Failures(target, _folder);
        string seeds = Path.Combine(_folder, "seeds");
        if (Directory.Exists(seeds))
        {
            Directory.Delete(seeds, recursive: true);
        }

        Directory.CreateDirectory(seeds);
        IFuzzTarget attacked = FuzzTargets.Create(target);
        string[] plain = [.. WritePlainSeeds(seeds, attacked)];
        string[] recipes = isBytesOnly ? [] : [.. WriteRecipes(seeds)];
        ReplaySeeds([.. plain, .. recipes], failures);
        if (attacked.NeedsRecipes && !isBytesOnly)
        {
            Array.ForEach(plain, File.Delete);
        }

        using var counts = new Counts(_folder);
        long before = counts.Executions;
        if (executions is null || executions > before)
        {
            string[] limit = executions is null
                ? ["-V", seconds.ToString(CultureInfo.InvariantCulture)]
                : ["-E", (Stat("execs_done") + executions.Value - before).ToString(CultureInfo.InvariantCulture)];
            Fuzz(seeds, isBytesOnly, limit);
        }

        KeepInputsOfDeaths(start, failures);
        return Report(counts, before, failures.Since(start), failures, output);
    }

    private static void RequireFuzzer()
    {
        bool isThere = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, AflFuzz)));
        if (!isThere)
        {
            throw new UnusableInputException($"{AflFuzz} is not installed: expected AFL++ (on Debian and Ubuntu: apt-get install afl++).");
        }
    }

    private static IEnumerable<string> WritePlainSeeds(string folder, IFuzzTarget attacked)
    {
        foreach ((string name, byte[] input) in attacked.Seeds)
        {
            string path = Path.Combine(folder, name.Replace('/', '-'));
            File.WriteAllBytes(path, input);
            yield return path;
        }
    }

    private static IEnumerable<string> WriteRecipes(string folder)
    {
        for (int i = 0; i < Inputs.Parsed.Count; i++)
        {
            string path = Path.Combine(folder, FormattableString.Invariant($"recipe-{i}"));
            File.WriteAllBytes(path, Recipe.Of(i));
            yield return path;
            path += "-mutated";
            File.WriteAllBytes(path, Recipe.Of(i, new Random(i)));
            yield return path;
        }
    }

    // Runs the seeds without instrumentation, in a process that may die. AFL++ could not begin with those that fail.
    private void ReplaySeeds(string[] seeds, Failures failures)
    {
        var left = new Queue<string>(seeds);
        while (left.Count > 0)
        {
            var start = new ProcessStartInfo("dotnet", [typeof(FuzzRun).Assembly.Location, "replay", target, .. left])
            {
                RedirectStandardOutput = true,
                // The stack of a process that dies is long.
                RedirectStandardError = true,
            };
            start.Environment["DOTNET_GCHeapHardLimit"] = MaxHeapBytes;
            using Process process = Process.Start(start)!;
            process.BeginErrorReadLine();
            string? last = null;
            while (process.StandardOutput.ReadLine() is { } line)
            {
                last = left.Dequeue();
                string name = Path.GetFileName(last);
                int end = line.IndexOf(Marker, StringComparison.Ordinal);
                if (end > 0)
                {
                    byte[] messages = File.ReadAllBytes(last + FuzzWorker.MessagesExtension);
                    failures.Add(
                        File.ReadAllBytes(last), new FuzzFailureException($"{line[(end + Marker.Length)..]}\nSeed {name}", messages));
                    File.Delete(last + FuzzWorker.MessagesExtension);
                    File.Delete(last);
                }
                else if (!line.EndsWith("lived", StringComparison.Ordinal) && !line.EndsWith("ended", StringComparison.Ordinal))
                {
                    failures.AddFile(last, $"Seed {name} ended the process.");
                    File.Delete(last);
                }
            }

            process.WaitForExit();
            if (last is null)
            {
                throw new UnusableInputException($"The replay of the seeds did not start: exit code {process.ExitCode}.");
            }
        }
    }

    private void Fuzz(string seeds, bool isBytesOnly, string[] limit)
    {
        string build = Instrument();
        var start = new ProcessStartInfo(AflFuzz, [
            "-i", seeds, "-o", Path.Combine(_folder, "out"), "-t", ExecutionTimeoutMs.ToString(CultureInfo.InvariantCulture),
            "-G", MaxInputBytes.ToString(CultureInfo.InvariantCulture), .. limit,
            "--", "dotnet", Path.Combine(build, Path.GetFileName(typeof(FuzzRun).Assembly.Location)),
            "serve", target, _folder, isBytesOnly ? "bytes" : "recipes",
        ])
        {
            RedirectStandardOutput = true,
            Environment =
            {
                ["AFL_AUTORESUME"] = "1",
                ["AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES"] = "1",
                ["AFL_NO_AFFINITY"] = "1",
                ["AFL_NO_UI"] = "1",
                ["AFL_SKIP_BIN_CHECK"] = "1",
                ["AFL_SKIP_CPUFREQ"] = "1",
                ["AFL_SKIP_CRASHES"] = "1",
                ["DOTNET_GCHeapHardLimit"] = MaxHeapBytes,
            },
        };
        using Process process = Process.Start(start)!;
        File.WriteAllText(Path.Combine(_folder, "afl.log"), process.StandardOutput.ReadToEnd());
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new UnusableInputException($"{AflFuzz} ended with exit code {process.ExitCode}: see {Path.Combine(_folder, "afl.log")}.");
        }

        if (!File.Exists(SeedEdges))
        {
            // The first line after the heading was written when AFL++ had run the seeds once.
            string[] first = File.ReadLines(Path.Combine(_folder, "out", "default", "plot_data")).Skip(1).First().Split(',');
            File.WriteAllText(SeedEdges, first[^1].Trim());
        }
    }

    private string Instrument()
    {
        string build = Path.Combine(_folder, "build");
        if (Directory.Exists(build))
        {
            Directory.Delete(build, recursive: true);
        }

        foreach (string path in Directory.EnumerateFiles(AppContext.BaseDirectory, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(build, Path.GetRelativePath(AppContext.BaseDirectory, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }

        foreach (string assembly in s_instrumented)
        {
            Fuzzer.Instrument(Path.Combine(build, assembly), type => true, Options.Value);
        }

        return build;
    }

    private void KeepInputsOfDeaths(DateTimeOffset start, Failures failures)
    {
        foreach ((string kind, string message) in new[] { ("crashes", "The process died."), ("hangs", "The input took too long.") })
        {
            string folder = Path.Combine(_folder, "out", "default", kind);
            foreach (string path in Directory.Exists(folder) ? Directory.GetFiles(folder, "id:*") : [])
            {
                if (File.GetLastWriteTimeUtc(path) >= start.UtcDateTime)
                {
                    failures.AddFile(path, message);
                }
            }
        }
    }

    private bool Report(Counts counts, long before, IReadOnlyList<string> failed, Failures failures, TextWriter output)
    {
        string edges = File.Exists(SeedEdges) ? File.ReadAllText(SeedEdges) : "0";
        string sum = string.Create(
            CultureInfo.InvariantCulture,
            $"{target}: {counts.Executions - before} inputs now, {counts.Executions} in all; {counts.Messages} messages; "
                + $"{100.0 * counts.Lived / Math.Max(counts.Executions, 1):F1} % lived; "
                + $"edges {edges} by the seeds, {Stat("edges_found")} now; {failed.Count} failures");
        output.WriteLine(sum);
        foreach (string path in failed)
        {
            output.WriteLine($"  {Failures.MessageOf(path)}");
            output.WriteLine($"    {failures.ReplayCommand(path)}");
        }

        return failed.Count == 0;
    }

    // A number of AFL++'s statistics; 0 before its first run.
    private long Stat(string name) => !File.Exists(Stats) ? 0 : File.ReadLines(Stats)
        .Where(line => line.StartsWith(name, StringComparison.Ordinal))
        .Select(line => long.Parse(line.Split(':')[1].Trim(), CultureInfo.InvariantCulture))
        .FirstOrDefault();
}
