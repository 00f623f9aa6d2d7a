using WorkerRpc.Benchmarks.Hosting;
using WorkerRpc.Bindings;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Bindings;

/// <summary>Both workers as a launch hosts them, for a class of tests; and the lists that theories go through.</summary>
public sealed class LaunchFixture : IAsyncDisposable
{
    public static IEnumerable<string> Methods => BindingCatalog.BuiltIn.All.Select(binding => binding.Id);

    public static IEnumerable<string> DelegatingMethods =>
        BindingCatalog.BuiltIn.All.Where(binding => binding.Channel is not null).Select(binding => binding.Id);

    public static IEnumerable<string> InlineMethods => Methods.Except(DelegatingMethods);

    public static IEnumerable<string> Functions => FunctionList.All.Select(function => function.Id);

    internal LaunchHost Host { get; } = new(bindingsAssembly: null);

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
