using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Tests.Presenting.Page;

/// <summary>Reports that pages are made from: of the core matrix, of another time, of another machine, large, and hostile.</summary>
internal static class MadeUpPages
{
    /// <summary>Marks, quotes, the end of a script, a line separator, and what formats of charts would read as their own.</summary>
    public const string HostileName = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'`{b|x}{c}\u2028--><!--";

    private static readonly string[] s_methods = ["direct", "service-binding", "raw-fetch"];
    private static readonly string[] s_functions = ["echo", "transform", "compute"];
    private static readonly string[] s_payloads = ["100B", "1KB", "10KB", "100KB"];

    /// <summary>The core matrix: 3 methods × 3 functions × 4 payloads, in six launches.</summary>
    public static RunReport Core { get; } = Matrix(s_methods, s_functions, s_payloads, 1);

    /// <summary>The core matrix, before service-binding and raw-fetch became slower by half.</summary>
    public static RunReport Before { get; } = Earlier(Matrix(s_methods, s_functions, s_payloads, 1 / 1.5), days: 1);

    /// <summary>Of the core matrix one function and two payloads: for what holds of any number of cases.</summary>
    public static RunReport Small { get; } = Matrix(s_methods, ["echo"], ["1KB", "100KB"], 1);

    /// <summary>The small report, before service-binding and raw-fetch became slower by half.</summary>
    public static RunReport SmallBefore { get; } = Earlier(Matrix(s_methods, ["echo"], ["1KB", "100KB"], 1 / 1.5), days: 1);

    /// <summary>A large report: 42 methods × 3 functions × 4 payloads are 504 cases.</summary>
    public static RunReport Large { get; } = Matrix([.. s_methods, .. Enumerable.Range(1, 39).Select(number => $"method-{number}")], s_functions, s_payloads, 1);

    /// <summary>A report whose method, function, settings and errors are what an attacker would write.</summary>
    public static RunReport Hostile { get; } = MakeHostile();

    public static RunReport Earlier(RunReport report, int days) => report with { Run = report.Run with { StartedAt = report.Run.StartedAt.AddDays(-days), Commit = $"{days:x8}ffffffff" } };

    private static RunReport Matrix(string[] methods, string[] functions, string[] payloads, double factor)
    {
        CaseReport[] cases =
        [
            .. from method in methods.Index()
               from function in functions
               from payload in payloads
               select MadeUp.Case($"{method.Item}/{function}/{payload}", Enumerable.Range(0, 6).Select(launch => Pass(method.Index, Array.IndexOf(s_payloads, payload), launch, method.Index == 0 ? 1 : factor))),
        ];
        RunReport report = MadeUp.Report(6, cases);
        return report with { Methods = [.. report.Methods, .. methods.Skip(s_methods.Length).Select(id => MadeUp.RawFetch with { Id = id, Tags = [] })] };
    }

    private static PassReport Pass(int method, int payload, int launch, double factor)
    {
        double ns = (1_000 + (method * 7_000) + (method * 300 * Math.Pow(10, payload))) * (1 + (launch * 0.004)) * factor;
        return MadeUp.Pass((long)ns, (long)(ns * 1.5), (long)(ns * 3), (long)(ns * 9));
    }

    private static RunReport MakeHostile()
    {
        string name = HostileName.Replace("/", "", StringComparison.Ordinal);
        string endless = new('m', 10_000);
        RunReport report = MadeUp.Report(
            6,
            MadeUp.Case("direct/echo/1KB", [.. Enumerable.Repeat(1_000L, 6)]),
            Named(MadeUp.Case("service-binding/echo/1KB", [.. Enumerable.Repeat(16_000L, 6)]), HostileName),
            Named(MadeUp.Case("raw-fetch/echo/1KB", [.. Enumerable.Repeat(90_000L, 6)]), endless) with { Failures = [new CaseFailure(2, HostileName)] },
            MadeUp.Case($"direct/{name}/1KB", [.. Enumerable.Repeat(1_000L, 6)]));
        return report with
        {
            Run = report.Run with { Commit = HostileName },
            Environment = report.Environment! with { Cpu = HostileName },
            Methods = [MadeUp.Direct, MadeUp.ServiceBinding with { Id = HostileName, Settings = HostileName }, MadeUp.RawFetch with { Id = endless }],
        };
    }

    private static CaseReport Named(CaseReport one, string method) => one with { Method = method };
}
