using WorkerRpc.Benchmarks.Hosting;
using WorkerRpc.Bindings;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Bindings;

/// <summary>Both workers as a launch hosts them, for a class of tests; and the lists that theories go through.</summary>
public sealed class LaunchFixture : IAsyncDisposable
{
    private static readonly IReadOnlyList<IBinding> s_methods =
        [.. BindingCatalog.BuiltIn.All.Where(binding => !binding.Tags.Contains(BindingTags.Reference))];

    /// <summary>Every id, the references' too.</summary>
    public static IEnumerable<string> Ids => BindingCatalog.BuiltIn.All.Select(binding => binding.Id);

    public static IEnumerable<string> Methods => s_methods.Select(binding => binding.Id);

    public static IEnumerable<string> DelegatingMethods => s_methods.Where(binding => binding.Channel is not null).Select(binding => binding.Id);

    public static IEnumerable<string> InlineMethods => Methods.Except(DelegatingMethods);

    public static IEnumerable<string> Functions => FunctionList.All.Select(function => function.Id);

    internal LaunchHost Host { get; } = new(bindingsAssembly: null);

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
