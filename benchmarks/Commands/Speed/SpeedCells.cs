using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Floors;
using WorkerRpc.Bindings.Http;
using WorkerRpc.Bindings.Pipe;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands.Speed;

/// <summary>The cells that the speed study measures, by the names that its lines use.</summary>
internal static class SpeedCells
{
    public const string Smallest = "100B";
    public const string Largest = "100KB";

    public static readonly string Pipe = new PipeBinding().Id;
    public static readonly string ServiceBinding = new ServiceBinding().Id;
    public static readonly string Inline = new ServiceBindingInline().Id;
    public static readonly string RawFetch = new RawFetchBinding().Id;
    public static readonly string UnixSocket = new UnixSocketBinding().Id;
    public static readonly string Plain = new PlainTestServer.PlainTestServer().Id;

    /// <summary>The counts of callers that pipe's calls a second are held to.</summary>
    public static readonly IReadOnlyList<int> Callers = [1, 8, 64];

    /// <summary>Every cell.</summary>
    public static readonly IReadOnlyList<CaseId> All =
    [
        .. new[] { Pipe, Inline, ServiceBinding }.SelectMany(method => new[] { Echo(method, Smallest), Echo(method, Largest) }),
        Echo(Plain, Smallest),
        .. new[] { Smallest, Largest }.Select(size => Row(MessagePackFloor.ReferenceId, size)),
        Row(PipeFloor.ReferenceId, Smallest),
        Row(Hop.ReferenceId, Smallest),
        Row(MemoryCopy.ReferenceId, Largest),
        .. Sizes.SelectMany(size => new[] { Row(JsonFloor.ReferenceId, size), Row(HttpFloor.ReferenceId, size) }),
        .. from method in new[] { RawFetch, UnixSocket }
           from function in FunctionList.All
           from size in Sizes
           select new CaseId(method, function.Id, size),
    ];

    /// <summary>The payload sizes' labels.</summary>
    public static IEnumerable<string> Sizes => PayloadSize.Standard.Select(size => size.Label);

    /// <summary>A method's echo.</summary>
    public static CaseId Echo(string method, string size) => new(method, "echo", size);

    /// <summary>A reference's row.</summary>
    public static CaseId Row(string reference, string size) => new(reference, CaseId.NoFunction, size);
}
