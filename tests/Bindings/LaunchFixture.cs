using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Bindings;

/// <summary>Hosts both workers as a launch does, for the tests of a class. Also lists the ids that theories iterate.</summary>
public sealed class LaunchFixture : IAsyncDisposable
{
    private static readonly IReadOnlyList<IBinding> s_methods =
        [.. BindingCatalog.BuiltIn.All.Where(binding => !binding.Tags.Contains(BindingTags.Reference))];

    /// <summary>The ids of all methods and references.</summary>
    public static IEnumerable<string> Ids => BindingCatalog.BuiltIn.All.Select(binding => binding.Id);

    /// <summary>The ids of all methods, including remedies.</summary>
    public static IEnumerable<string> Methods => s_methods.Select(binding => binding.Id);

    /// <summary>The methods that delegate every call: all except inline methods and remedies without references.</summary>
    public static IEnumerable<string> DelegatingMethods =>
        s_methods.Where(binding => binding.Channel is not null && !IsExempt(binding)).Select(binding => binding.Id);

    public static IEnumerable<string> InlineMethods => s_methods.Where(binding => binding.Channel is null).Select(binding => binding.Id);

    public static IEnumerable<string> Functions => FunctionList.All.Select(function => function.Id);

    internal LaunchHost Host { get; } = new(bindingsAssembly: null);

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    /// <summary>The payload sizes that fit the method's limit.</summary>
    public static IEnumerable<PayloadSize> SizesOf(string method) =>
        PayloadSize.Standard.Where(size => BindingCatalog.BuiltIn.Find(method).MaxPayloadBytes is not { } max || size.Bytes <= max);

    private static bool IsExempt(IBinding binding) => binding.Tags.Contains(BindingTags.Remedy) && binding.References is null;
}
