using System.CommandLine;
using WorkerRpc.Benchmarks.Regression;
using WorkerRpc.Benchmarks.Reports;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.App;

/// <summary>Holds one run's report against another's.</summary>
internal sealed class CompareCommand : ICommand
{
    private readonly Argument<string> _base = new("BASE") { Description = "A report.json, a folder with one, a percentiles.csv, or BenchmarkDotNet's full JSON" };
    private readonly Argument<string> _current = new("CURRENT") { Description = "What is held against it: of the same kind" };
    private readonly Option<string?> _to = new("--to") { Description = "A folder for compare.md, compare.csv and compare.json. Without it none is written", HelpName = "DIR" };
    private readonly Option<bool> _force = new("--force") { Description = "Show the figures of what cannot be compared too, without an answer" };

    public RootCommand Syntax => new("Compares two reports: which case became slower, faster, or stayed the same.") { _base, _current, _to, _force };

    public string Examples => """
        Examples:
          dotnet run -c Release --project benchmarks -- compare artifacts/baseline artifacts/results
          dotnet run -c Release --project benchmarks -- compare before.csv after.csv --to artifacts/results
        """;

    public Task<ExitCode> RunAsync(ParseResult parsed, TextWriter output, TextWriter error, CancellationToken interrupted)
    {
        var before = ComparedFile.Read(parsed.GetValue(_base)!);
        var after = ComparedFile.Read(parsed.GetValue(_current)!);
        Comparison comparison = Compare(before, after, parsed.GetValue(_force));
        ComparisonFiles.Write(output, comparison);
        if (parsed.GetValue(_to) is { Length: > 0 } to)
        {
            string folder = Path.GetFullPath(to);
            RunOutcome.Save("Comparison", folder, () => ReportFiles.Replace(folder, ComparisonFiles.Of(comparison, "compare")), output);
        }

        return Task.FromResult(comparison.Code);
    }

    private static Comparison Compare(ComparedFile before, ComparedFile after, bool force)
    {
        if (before.GetType() != after.GetType() || before.Kind != after.Kind)
        {
            throw new UnusableInputException($"{before.Path} is a {before.Kind}, {after.Path} a {after.Kind}. Accepted: two of a kind.");
        }

        IEnumerable<string> shared = before.SharedConditions.Keys.Intersect(after.SharedConditions.Keys);
        string[] differences =
        [
            .. Differences(before.Conditions, after.Conditions),
            .. Differences(shared.ToDictionary(name => name, name => before.SharedConditions[name]), shared.ToDictionary(name => name, name => after.SharedConditions[name])),
        ];
        if (differences.Length > 0 && !force)
        {
            throw new UnusableInputException($"The two cannot be compared: {string.Join("; ", differences)}. --force shows their figures, without an answer.");
        }

        string[] cases = [.. before.Cases.Intersect(after.Cases)];
        if (cases.Length == 0)
        {
            throw new UnusableInputException($"The two have no case in common. {before.Path}: {string.Join(", ", before.Cases)}; {after.Path}: {string.Join(", ", after.Cases)}.");
        }

        IReadOnlyList<Answer> answers = before.Compare(after, cases);
        return new Comparison
        {
            Title = "Comparison",
            Base = before.Path,
            Current = after.Path,
            Answers = differences.Length == 0 ? answers
                : [.. answers.Select(answer => answer with { Judgement = Judgement.NotJudged, Low = null, High = null, Visible = null, PairsNeeded = null, Withheld = null })],
            Failures = [.. Of(before, before.Failures), .. Of(after, after.Failures)],
            Basis = [.. before.Basis],
            Warnings =
            [
                .. differences.Select(difference => $"cannot be compared: {difference}"),
                .. Differences(before.Remarks, after.Remarks),
                .. Of(before, before.Warnings), .. Of(after, after.Warnings),
                .. Only(before, before.Cases.Except(cases)), .. Only(after, after.Cases.Except(cases)),
            ],
        };
    }

    private static IEnumerable<string> Differences(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
        from name in before.Keys.Union(after.Keys)
        let was = before.GetValueOrDefault(name, "unknown")
        let now = after.GetValueOrDefault(name, "unknown")
        where was != now
        select $"{name} was {was}, is {now}";

    private static IEnumerable<string> Of(ComparedFile file, IEnumerable<string> lines) => lines.Select(line => $"{file.Path}: {line}");

    private static IEnumerable<string> Only(ComparedFile file, IEnumerable<string> cases) =>
        cases.ToArray() is { Length: > 0 } only ? [$"only {file.Path} has {string.Join(", ", only)}"] : [];
}
