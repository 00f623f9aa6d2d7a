using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Bindings;

/// <summary>Both workers as a launch hosts them, for a class of tests; and the lists that theories go through.</summary>
public sealed class LaunchFixture : IAsyncDisposable
{
    private static readonly IReadOnlyList<IBinding> s_methods =
        [.. BindingCatalog.BuiltIn.All.Where(binding => !binding.Tags.Contains(BindingTags.Reference))];

    /// <summary>Every id, the references' too.</summary>
    public static IEnumerable<string> Ids => BindingCatalog.BuiltIn.All.Select(binding => binding.Id);

    /// <summary>Every method, the remedies too.</summary>
    public static IEnumerable<string> Methods => s_methods.Select(binding => binding.Id);

    /// <summary>Those that delegate every call whole: no method may skip, cache or share, and only a remedy that stands on no floor is exempt.</summary>
    public static IEnumerable<string> DelegatingMethods =>
        s_methods.Where(binding => binding.Channel is not null && !IsExempt(binding)).Select(binding => binding.Id);

    public static IEnumerable<string> InlineMethods => s_methods.Where(binding => binding.Channel is null).Select(binding => binding.Id);

    public static IEnumerable<string> Functions => FunctionList.All.Select(function => function.Id);

    internal LaunchHost Host { get; } = new(bindingsAssembly: null);

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    /// <summary>The sizes that a method's calls can carry.</summary>
    public static IEnumerable<PayloadSize> SizesOf(string method) =>
        PayloadSize.Standard.Where(size => BindingCatalog.BuiltIn.Find(method).MaxPayloadBytes is not { } max || size.Bytes <= max);

    private static bool IsExempt(IBinding binding) => binding.Tags.Contains(BindingTags.Remedy) && binding.References is null;
}
