using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.CapnWeb;
using WorkerRpc.Bindings.CapnWebNpm;
using WorkerRpc.Bindings.Floors;
using WorkerRpc.Functions;
using static WorkerRpc.Benchmarks.Commands.Speed.SpeedCells;

namespace WorkerRpc.Benchmarks.Commands.Speed;

/// <summary>What the methods of Cap'n Web are held to, and the cells that it takes.</summary>
internal static class CapnWebSpeed
{
    private static readonly string s_inMemory = new CapnWebBinding().Id;
    private static readonly string s_socket = new CapnWebSocketBinding().Id;
    private static readonly string s_batch = new CapnWebBatchBinding().Id;
    private static readonly string s_npm = new CapnWebNpmInMemory().Id;

    private static readonly (string One, string Pipelined)[] s_chains =
    [
        (new CapnWebSocketOneCall().Id, new CapnWebSocketThreePipelined().Id),
        (new CapnWebBatchOneCall().Id, new CapnWebBatchThreePipelined().Id),
    ];

    private static readonly (string Function, string Size)[] s_fetched = [.. from function in FunctionList.All from size in Sizes select (function.Id, size)];

    /// <summary>Every cell.</summary>
    public static IReadOnlyList<CaseId> Cells { get; } =
    [
        .. new[] { Smallest, Largest }.SelectMany(size => new[] { Echo(s_inMemory, size), Row(s_npm, size), Row(JsonFloor.ReferenceId, size) }),
        .. from cell in s_fetched from method in new[] { RawFetch, s_socket, s_batch } select new CaseId(method, cell.Function, cell.Size),
        .. from chain in s_chains from row in new[] { chain.One, chain.Pipelined } select Row(row, Smallest),
    ];

    /// <summary>Every line, in the order in which they are told.</summary>
    public static IReadOnlyList<SpeedLine> Lines { get; } =
    [
        SpeedLine.Time($"{s_inMemory} {Smallest} p50 <= {s_npm} / 3",
            run => run.P50(Echo(s_inMemory, Smallest)), run => run.P50(Row(s_npm, Smallest)) / 3),
        SpeedLine.Time($"{s_inMemory} {Largest} p50 <= {s_npm} / 4",
            run => run.P50(Echo(s_inMemory, Largest)), run => run.P50(Row(s_npm, Largest)) / 4),
        SpeedLine.Time($"{s_inMemory} {Largest} p99 <= 6 x its p50",
            run => run.P99(Echo(s_inMemory, Largest)), run => 6 * run.P50(Echo(s_inMemory, Largest))),
        SpeedLine.Time($"{s_inMemory} {Largest} p99 <= {s_npm}'s p99",
            run => run.P99(Echo(s_inMemory, Largest)), run => run.P99(Row(s_npm, Largest))),
        .. s_fetched.Select(cell => Fetched(s_socket, cell, cell.Size is Smallest or "1KB" ? 1.25 : 1)),
        .. s_fetched.Select(cell => Fetched(s_batch, cell, 1.3)),
        .. s_chains.Select(chain => SpeedLine.Time($"{chain.Pipelined} {Smallest} p50 <= 1.4 x {chain.One}",
            run => run.P50(Row(chain.Pipelined, Smallest)), run => 1.4 * run.P50(Row(chain.One, Smallest)))),
    ];

    private static SpeedLine Fetched(string method, (string Function, string Size) cell, double factor) => SpeedLine.Time(
        FormattableString.Invariant($"{method} {cell.Function} {cell.Size} p50 <= {factor} x {RawFetch}"),
        run => run.P50(new CaseId(method, cell.Function, cell.Size)),
        run => factor * run.P50(new CaseId(RawFetch, cell.Function, cell.Size)));
}
