using System.Reflection;
using BenchmarkDotNet.ConsoleArguments;
using BenchmarkDotNet.Loggers;
using CommandLine;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Adapter;

/// <summary>Checks command-line options that belong to BenchmarkDotNet. Options without an effect in a launch are refused.</summary>
internal static class ForwardedArguments
{
    // The accepted options. They work for in-process benchmarks and do not affect the latency pass.
    private static readonly string[] s_honoured =
    [
        "job", "exporters", "memory", "threading", "exceptions", "hide", "allStats", "maxWidth", "stopOnFirstError", "inProcess",
        "warmupCount", "minWarmupCount", "maxWarmupCount", "iterationTime", "iterationCount", "minIterationCount", "maxIterationCount",
        "invocationCount", "unrollFactor", "strategy", "runOncePerIteration", "noForcedGCs", "noOverheadEvaluation",
    ];

    /// <summary>The options that the program passes on to BenchmarkDotNet.</summary>
    public static IEnumerable<string> Honoured => s_honoured.Select(name => "--" + name);

    /// <summary>Checks the arguments and returns them unchanged.</summary>
    /// <exception cref="UnusableInputException">
    /// An option is unknown, has no effect in a launch, or has a value that BenchmarkDotNet refuses.
    /// </exception>
    public static IReadOnlyList<string> Check(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0)
        {
            return [];
        }

        if (!arguments[0].StartsWith('-'))
        {
            throw new UnusableInputException(
                $"Unexpected argument '{arguments[0]}'. Expected an option.");
        }

        foreach (string argument in arguments.Where(argument => argument.StartsWith('-')))
        {
            RequireHonoured(argument);
        }

        var log = new AccumulationLogger();
        return BenchmarkRun.ParseArguments(arguments, log) is not null
            ? arguments
            : throw new UnusableInputException($"BenchmarkDotNet does not take {string.Join(' ', arguments)}: {Reason(log.GetLog())}");
    }

    /// <summary>Whether BenchmarkDotNet has an option, which need not be one of <see cref="Honoured"/>.</summary>
    /// <param name="argument">The option with its dashes; a value may follow after an equals sign.</param>
    public static bool IsKnown(string argument) => Find(argument) is not null;

    private static OptionAttribute? Find(string argument)
    {
        string given = argument.TrimStart('-').Split('=')[0];
        return typeof(CommandLineOptions).GetProperties()
            .Select(property => property.GetCustomAttribute<OptionAttribute>()).OfType<OptionAttribute>()
            .FirstOrDefault(option => argument.StartsWith("--", StringComparison.Ordinal)
                ? option.LongName.Equals(given, StringComparison.OrdinalIgnoreCase)
                : option.ShortName == given);
    }

    private static void RequireHonoured(string argument)
    {
        OptionAttribute option = Find(argument) ?? throw new UnusableInputException($"Unknown option '{argument}'.");
        if (!s_honoured.Contains(option.LongName))
        {
            throw new UnusableInputException(
                $"--{option.LongName} is BenchmarkDotNet's, and a launch measures in process, where it cannot be honoured. "
                + $"Passed on to it: {string.Join(", ", Honoured)}.");
        }
    }

    private static string Reason(string log) =>
        string.Join(" ", log.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .SkipWhile(line => !line.StartsWith("ERROR", StringComparison.Ordinal))
            .Skip(1)
            .TakeWhile(line => !line.StartsWith('-'))
            .DefaultIfEmpty(log.Trim()));
}
