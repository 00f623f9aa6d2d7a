using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Contracts;
using static WorkerRpc.Studies.StudyCases;

namespace WorkerRpc.Studies;

/// <summary>The limits ("bounds") that the <c>speed</c> study checks on the transports, and the cases to measure for them.</summary>
internal static class TransportBounds
{
    // The bytes that a call of service-binding-inline allocated before its bodies went through pipes, from the report of commit b64baec.
    // Its times are compared by the gate (docs/transports.md), because a time measured on another machine is no bound.
    private static readonly (string Size, double Bytes)[] s_inlineBefore =
        [(Smallest, 3_608), ("1KB", 7_272), ("10KB", 43_272), (Largest, 403_888)];

    /// <summary>The numbers of concurrent callers with which the method "pipe" is measured.</summary>
    public static readonly IReadOnlyList<int> Callers = [1, 8, 64];

    /// <summary>The cases that the study measures.</summary>
    public static readonly IReadOnlyList<CaseId> Cases =
    [
        .. new[] { Pipe, ServiceBinding }.SelectMany(method => new[] { Echo(method, Smallest), Echo(method, Largest) }),
        Echo(Plain, Smallest),
        .. new[] { Smallest, Largest }.Select(size => Reference(ReferenceIds.MessagePack, size)),
        Reference(ReferenceIds.Pipe, Smallest),
        Reference(ReferenceIds.Hop, Smallest),
        Reference(ReferenceIds.MemoryCopy, Largest),
        .. Sizes.SelectMany(size => new[] { Echo(Inline, size), Reference(ReferenceIds.Json, size), Reference(ReferenceIds.Http, size) }),
        .. from method in new[] { RawFetch, UnixSocket } from call in Calls select new CaseId(method, call.Function, call.Size),
    ];

    /// <summary>The bounds on single figures, in the order of the output.</summary>
    public static readonly IReadOnlyList<Bound> Bounds =
    [
        Bound.OnTime($"{Pipe} {Smallest} p50 <= {ReferenceIds.MessagePack} + 3 x {ReferenceIds.Hop}",
            run => run.P50(Echo(Pipe, Smallest)),
            run => run.P50(Reference(ReferenceIds.MessagePack, Smallest)) + (3 * run.P50(Reference(ReferenceIds.Hop, Smallest)))),
        Bound.OnTime($"{Pipe} {Smallest} p99 <= 3 x its p50",
            run => run.P99(Echo(Pipe, Smallest)), run => 3 * run.P50(Echo(Pipe, Smallest))),
        Bound.OnTime($"{Pipe} {Largest} p50 <= {ReferenceIds.MessagePack} + 2 x {ReferenceIds.MemoryCopy}",
            run => run.P50(Echo(Pipe, Largest)),
            run => run.P50(Reference(ReferenceIds.MessagePack, Largest)) + (2 * run.P50(Reference(ReferenceIds.MemoryCopy, Largest)))),
        Bound.OnTime($"{Pipe} {Largest} p99 <= 1.2 x {ReferenceIds.MessagePack}'s p99",
            run => run.P99(Echo(Pipe, Largest)), run => 1.2 * run.P99(Reference(ReferenceIds.MessagePack, Largest))),
        .. s_inlineBefore.Select(before => Bound.OnMemory(
            FormattableString.Invariant($"{Inline} {before.Size} allocated a call <= 1.3 x {before.Bytes} bytes"),
            run => run.Allocated(Echo(Inline, before.Size)),
            _ => 1.3 * before.Bytes)),
        Bound.OnTime($"{Inline} {Largest} p99 <= 1.5 x {ReferenceIds.Json}'s p99",
            run => run.P99(Echo(Inline, Largest)), run => 1.5 * run.P99(Reference(ReferenceIds.Json, Largest))),
        Bound.OnMemory($"{ServiceBinding} {Smallest} allocated a call <= 11 KB",
            run => run.Allocated(Echo(ServiceBinding, Smallest)), _ => 11_000),
        Bound.OnWokenThreads(figure => $"{ServiceBinding} {Smallest} {figure} <= 0.8 x {Plain}",
            time => time(Echo(ServiceBinding, Smallest)), time => 0.8 * time(Echo(Plain, Smallest))),
        Bound.OnTime($"{ServiceBinding} {Largest} p99 <= 3 x its p50",
            run => run.P99(Echo(ServiceBinding, Largest)), run => 3 * run.P50(Echo(ServiceBinding, Largest))),
        .. Sizes.Select(size => Bound.OnWokenThreads(
            figure => $"{RawFetch} {size} {figure} <= {ReferenceIds.Http} + 1.3 x {ReferenceIds.Json}",
            time => time(Echo(RawFetch, size)),
            time => time(Reference(ReferenceIds.Http, size)) + (1.3 * time(Reference(ReferenceIds.Json, size))))),
        // The bytes are rounded, because other allocations of the process add a fraction of a byte per call.
        Bound.OnMemory($"{Pipe} {Smallest} allocated a call <= {ReferenceIds.MessagePack}'s, which is what both sides materialise",
            run => Math.Round(run.Allocated(Echo(Pipe, Smallest))),
            run => Math.Round(run.Allocated(Reference(ReferenceIds.MessagePack, Smallest)))),
        Bound.OnCalls($"{Pipe} {Smallest} calls/s of 8 callers >= 1.3 x those of one",
            run => run.Callers(8).CallsPerSecond, run => 1.3 * run.Callers(1).CallsPerSecond),
        Bound.OnCalls($"{Pipe} {Smallest} calls/s of 64 callers >= those of 8",
            run => run.Callers(64).CallsPerSecond, run => run.Callers(8).CallsPerSecond),
        Bound.OnTime($"{Pipe} {Smallest} longest call of 64 callers <= 20 ms", run => run.Callers(64).LongestNs, _ => 20e6),
    ];

    /// <summary>
    /// Checks that <c>unix-socket</c> takes no more processor time than <c>raw-fetch</c> in any case. A case counts as above or below only
    /// if the two methods' ranges over the launches do not overlap. The same comparison of the p50s is shown, but does not decide.
    /// </summary>
    public static (bool Holds, string Line) CheckUnixSocket(IReadOnlyList<LaunchFigures> launches)
    {
        (bool holds, string line) = CompareUnixSocket(launches, "processor time", (run, id) => run.Cpu(id));
        string shown = CompareUnixSocket(launches, "p50", (run, id) => run.P50(id)).Line;
        return (holds, $"{(holds ? "pass" : "FAIL")}  {line}\nseen  {shown}");
    }

    private static (bool Holds, string Line) CompareUnixSocket(
        IReadOnlyList<LaunchFigures> launches, string figure, Func<LaunchFigures, CaseId, double> time)
    {
        var above = new List<string>();
        int below = 0;
        foreach ((string function, string size) in Calls)
        {
            Figure unix = Of(UnixSocket);
            Figure raw = Of(RawFetch);
            if (unix.Low > raw.High)
            {
                above.Add($"{function}/{size} {FigureFormat.Duration(unix)} against {FigureFormat.Duration(raw)}");
            }

            below += unix.High < raw.Low ? 1 : 0;

            Figure Of(string method) => AcrossLaunches.Of(launches, run => time(run, new CaseId(method, function, size)));
        }

        string bound = $"{UnixSocket} {figure} below {RawFetch} in every case where their ranges do not overlap";
        string where = above.Count == 0 ? "none" : string.Join(", ", above);
        return (above.Count == 0, string.Create(CultureInfo.InvariantCulture, $"{bound}: below in {below} cases, above in {where}"));
    }
}
