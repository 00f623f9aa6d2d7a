using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Http;
using WorkerRpc.Bindings.Pipe;
using WorkerRpc.Functions;

namespace WorkerRpc.Studies;

/// <summary>The names of methods, payload sizes and cases that the bounds use.</summary>
internal static class StudyCases
{
    public const string Smallest = "100B";
    public const string Largest = "100KB";

    public static readonly string Pipe = new PipeBinding().Id;
    public static readonly string ServiceBinding = new ServiceBinding().Id;
    public static readonly string Inline = new ServiceBindingInline().Id;
    public static readonly string RawFetch = new RawFetchBinding().Id;
    public static readonly string UnixSocket = new UnixSocketBinding().Id;
    public static readonly string Plain = new PlainTestServer().Id;

    /// <summary>The labels of the payload sizes.</summary>
    public static IReadOnlyList<string> Sizes { get; } = [.. PayloadSize.Standard.Select(size => size.Label)];

    /// <summary>All combinations of a function and a payload size.</summary>
    public static IReadOnlyList<(string Function, string Size)> Calls { get; } =
        [.. from function in FunctionList.All from size in Sizes select (function.Id, size)];

    /// <summary>Returns the case in which a method calls <c>echo</c> with a payload size.</summary>
    public static CaseId Echo(string method, string size) => new(method, "echo", size);

    /// <summary>Returns the case of a reference. A reference runs no function.</summary>
    public static CaseId Reference(string reference, string size) => new(reference, CaseId.NoFunction, size);
}
