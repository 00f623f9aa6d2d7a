using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.CapnWeb;
using WorkerRpc.Bindings.CapnWebNpm;
using WorkerRpc.Bindings.Contracts;
using static WorkerRpc.Studies.StudyCases;

namespace WorkerRpc.Studies;

/// <summary>
/// The limits ("bounds") that the <c>capnweb</c> study checks on the Cap'n Web methods, and the cases to measure for them.
/// </summary>
internal static class CapnWebBounds
{
    private const double WebSocketFactor = 1.25;
    private const double BatchFactor = 1.3;

    private static readonly string s_inMemory = new CapnWebBinding().Id;
    private static readonly string s_socket = new CapnWebSocketBinding().Id;
    private static readonly string s_batch = new CapnWebBatchBinding().Id;
    private static readonly string s_npm = new CapnWebNpmInMemory().Id;

    private static readonly (string One, string Pipelined)[] s_chains =
    [
        (new CapnWebSocketOneCall().Id, new CapnWebSocketThreePipelined().Id),
        (new CapnWebBatchOneCall().Id, new CapnWebBatchThreePipelined().Id),
    ];

    /// <summary>The cases that the study measures.</summary>
    public static IReadOnlyList<CaseId> Cases { get; } =
    [
        .. new[] { Smallest, Largest }
            .SelectMany(size => new[] { Echo(s_inMemory, size), Reference(s_npm, size), Reference(ReferenceIds.Json, size) }),
        .. from call in Calls from method in new[] { RawFetch, s_socket, s_batch } select new CaseId(method, call.Function, call.Size),
        .. from chain in s_chains from row in new[] { chain.One, chain.Pipelined } select Reference(row, Smallest),
    ];

    /// <summary>The bounds, in the order of the output.</summary>
    public static IReadOnlyList<Bound> Bounds { get; } =
    [
        Bound.OnTime($"{s_inMemory} {Smallest} p50 <= {s_npm} / 3",
            run => run.P50(Echo(s_inMemory, Smallest)), run => run.P50(Reference(s_npm, Smallest)) / 3),
        Bound.OnTime($"{s_inMemory} {Largest} p50 <= {s_npm} / 4",
            run => run.P50(Echo(s_inMemory, Largest)), run => run.P50(Reference(s_npm, Largest)) / 4),
        Bound.OnTime($"{s_inMemory} {Largest} p99 <= 6 x its p50",
            run => run.P99(Echo(s_inMemory, Largest)), run => 6 * run.P50(Echo(s_inMemory, Largest))),
        Bound.OnTime($"{s_inMemory} {Largest} p99 <= {s_npm}'s p99",
            run => run.P99(Echo(s_inMemory, Largest)), run => run.P99(Reference(s_npm, Largest))),
        .. Calls.Select(call => AgainstRawFetch(s_socket, call, WebSocketFactor)),
        .. Calls.Select(call => AgainstRawFetch(s_batch, call, BatchFactor)),
        .. s_chains.Select(chain => Bound.OnWokenThreads(
            figure => $"{chain.Pipelined} {Smallest} {figure} <= 1.4 x {chain.One}",
            time => time(Reference(chain.Pipelined, Smallest)),
            time => 1.4 * time(Reference(chain.One, Smallest)))),
    ];

    private static Bound AgainstRawFetch(string method, (string Function, string Size) call, double factor) => Bound.OnWokenThreads(
        figure => FormattableString.Invariant($"{method} {call.Function} {call.Size} {figure} <= {factor} x {RawFetch}"),
        time => time(new CaseId(method, call.Function, call.Size)),
        time => factor * time(new CaseId(RawFetch, call.Function, call.Size)));
}
