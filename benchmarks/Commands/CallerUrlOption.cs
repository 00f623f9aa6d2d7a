using System.CommandLine;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.CallerWorker;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>The option that has a running caller worker make the calls, in place of launches.</summary>
internal sealed class CallerUrlOption
{
    private const string Name = "--caller-url";

    public Option<string?> Option { get; } = new(Name)
    {
        Description = "Has a running caller worker make the calls, by the methods that it offers: one launch, without BenchmarkDotNet",
        HelpName = "URL",
    };

    /// <summary>The caller worker's address; null where none is given.</summary>
    /// <exception cref="UnusableInputException">It is no address that can be asked.</exception>
    public Uri? Value(ParseResult parsed)
    {
        if (parsed.GetValue(Option) is not { } given)
        {
            return null;
        }

        // A query would be lost, and a password would stand in the reports.
        return Uri.TryCreate(given, UriKind.Absolute, out Uri? address)
            && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            && address is { Query: "", Fragment: "", UserInfo: "" }
            ? address
            : throw new UnusableInputException(FormattableString.Invariant(
                $"{Name} '{given}': expected the address of a caller worker, like http://127.0.0.1:{CallerApp.DefaultPort}."));
    }

    /// <summary>Refuses what belongs to launches.</summary>
    /// <exception cref="UnusableInputException">More than one launch or caller is asked for, a payload file, or something of BenchmarkDotNet.</exception>
    public static void RequireOneLaunch(int? launches, string? callers, PayloadFile? payload, IReadOnlyList<string> benchmarkDotNetArguments)
    {
        if (payload is not null)
        {
            throw new UnusableInputException(
                $"{PayloadFileReport.Option} {payload.Report.Name}: takes no part with {Name}, for the running caller worker makes its payloads itself, by their size. Accepted: one of the two.");
        }

        if (callers is not null)
        {
            throw new UnusableInputException(
                $"--callers {callers}: takes no part with {Name}, for the running caller worker makes its calls one after another. Accepted: one of the two.");
        }

        if (launches is { } given and not 1)
        {
            throw new UnusableInputException(FormattableString.Invariant(
                $"--launches {given}: expected 1 with {Name}, for one running caller worker is one process, and one process is one launch."));
        }

        if (benchmarkDotNetArguments.Count > 0)
        {
            throw new UnusableInputException(
                $"{benchmarkDotNetArguments[0]} is BenchmarkDotNet's, which takes no part with {Name}: the caller worker makes the calls, in a process of its own.");
        }
    }
}
