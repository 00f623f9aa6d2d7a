using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Tests.Presenting.Page;

/// <summary>The reports for the tests of the page: usual, small, large and hostile ones, and earlier runs.</summary>
internal static class MadeUpPages
{
    /// <summary>A name with markup, quotes, the end of a script, a line separator, and placeholders of the charting library.</summary>
    public const string HostileName = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'`{b|x}{c}\u2028--><!--";

    private static readonly string[] s_methods = ["direct", "service-binding", "raw-fetch"];
    private static readonly string[] s_functions = ["echo", "transform", "compute"];
    private static readonly string[] s_payloads = ["100B", "1KB", "10KB", "100KB"];

    /// <summary>The core matrix: 3 methods × 3 functions × 4 payloads, in six launches.</summary>
    public static RunReport Core { get; } = Matrix(s_methods, s_functions, s_payloads, 1);

    /// <summary>The core matrix, before service-binding and raw-fetch became three times as slow.</summary>
    public static RunReport Before { get; } = Earlier(Matrix(s_methods, s_functions, s_payloads, 1 / 3.0), days: 1);

    /// <summary>One function and two payloads of the core matrix, for tests that do not need more cases.</summary>
    public static RunReport Small { get; } = Matrix(s_methods, ["echo"], ["1KB", "100KB"], 1);

    /// <summary>The small report, before service-binding and raw-fetch became three times as slow.</summary>
    public static RunReport SmallBefore { get; } = Earlier(Matrix(s_methods, ["echo"], ["1KB", "100KB"], 1 / 3.0), days: 1);

    /// <summary>A large report: 42 methods × 3 functions × 4 payloads are 504 cases.</summary>
    public static RunReport Large { get; } =
        Matrix([.. s_methods, .. Enumerable.Range(1, 39).Select(number => $"method-{number}")], s_functions, s_payloads, 1);

    /// <summary>A report with names, settings and errors that an attacker could have written.</summary>
    public static RunReport Hostile { get; } = MakeHostile();

    public static RunReport Earlier(RunReport report, int days) =>
        report with { Run = report.Run with { StartedAt = report.Run.StartedAt.AddDays(-days), Commit = $"{days:x8}ffffffff" } };

    private static RunReport Matrix(string[] methods, string[] functions, string[] payloads, double factor)
    {
        CaseReport[] cases =
        [
            .. from method in methods.Index()
               from function in functions
               from payload in payloads
               let passes = Enumerable.Range(0, 6).Select(launch =>
                   Pass(method.Index, Array.IndexOf(s_payloads, payload), launch, method.Index == 0 ? 1 : factor))
               select MadeUp.Case($"{method.Item}/{function}/{payload}", passes),
        ];
        RunReport report = MadeUp.Report(6, cases);
        IEnumerable<MethodReport> added = methods.Skip(s_methods.Length).Select(id => MadeUp.RawFetch with { Id = id, Tags = [] });
        return report with { Methods = [.. report.Methods, .. added] };
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
            MadeUp.Flat("direct/echo/1KB", 1_000),
            MadeUp.Flat("service-binding/echo/1KB", 16_000) with { Method = HostileName },
            MadeUp.Flat("raw-fetch/echo/1KB", 90_000) with { Method = endless, Failures = [new CaseFailure(2, HostileName)] },
            MadeUp.Flat($"direct/{name}/1KB", 1_000));
        return report with
        {
            Run = report.Run with { Commit = HostileName },
            Environment = report.Environment! with { Cpu = HostileName },
            Methods =
            [
                MadeUp.Direct,
                MadeUp.ServiceBinding with { Id = HostileName, Settings = HostileName },
                MadeUp.RawFetch with { Id = endless },
            ],
        };
    }
}
