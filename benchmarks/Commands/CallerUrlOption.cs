using System.CommandLine;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.CallerWorker;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>
/// The option <c>--caller-url</c>. With this option, a caller worker that already runs makes the calls, and no launches are started.
/// </summary>
internal sealed class CallerUrlOption
{
    private const string Name = "--caller-url";

    public Option<string?> Option { get; } = new(Name)
    {
        Description = "Has a running caller worker make the calls, by the methods that it offers: one launch, without BenchmarkDotNet",
        HelpName = "URL",
    };

    /// <summary>Returns the caller worker's address, or null if the option is missing.</summary>
    /// <exception cref="UnusableInputException">The value is no plain http or https address.</exception>
    public Uri? Value(ParseResult parsed)
    {
        if (parsed.GetValue(Option) is not { } given)
        {
            return null;
        }

        // Refuses addresses with a query or a password: requests would not send the query, and reports would show the password.
        return Uri.TryCreate(given, UriKind.Absolute, out Uri? address)
            && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            && address is { Query: "", Fragment: "", UserInfo: "" }
            ? address
            : throw new UnusableInputException(FormattableString.Invariant(
                $"{Name} '{given}': expected the address of a caller worker, like http://127.0.0.1:{CallerApp.DefaultPort}."));
    }

    /// <summary>Throws if the user combines the option with options that do not work with a running caller worker.</summary>
    /// <exception cref="UnusableInputException">
    /// The user asks for more than one launch, for several callers, for functions or a payload file of the user, or for an option of
    /// BenchmarkDotNet.
    /// </exception>
    public static void RequireOneLaunch(
        int? launches, string? callers, string? functions, LoadedPayloadFile? payload, IReadOnlyList<string> benchmarkDotNetArguments)
    {
        if (functions is not null)
        {
            throw new UnusableInputException(
                $"--functions {functions}: takes no part with {Name}, for the running caller worker has functions of its own. "
                + $"Accepted: one of the two. Workers that run alone load it by their setting {FunctionList.AssemblySetting}.");
        }

        if (payload is not null)
        {
            throw new UnusableInputException(
                $"{PayloadFileReport.Option} {payload.Report.Name}: takes no part with {Name}, "
                + "for the running caller worker makes its payloads itself, by their size. Accepted: one of the two.");
        }

        if (callers is not null)
        {
            throw new UnusableInputException(
                $"--callers {callers}: takes no part with {Name}, for the running caller worker makes its calls one after another. "
                + "Accepted: one of the two.");
        }

        if (launches is { } given and not 1)
        {
            throw new UnusableInputException(
                FormattableString.Invariant($"--launches {given}: expected 1 with {Name}, for one running caller worker is one process, ")
                + "and one process is one launch.");
        }

        if (benchmarkDotNetArguments.Count > 0)
        {
            throw new UnusableInputException(
                $"{benchmarkDotNetArguments[0]} is BenchmarkDotNet's, which takes no part with {Name}: "
                + "the caller worker makes the calls, in a process of its own.");
        }
    }
}
