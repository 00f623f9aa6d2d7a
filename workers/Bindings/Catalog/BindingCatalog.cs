using System.Reflection;
using System.Runtime.Loader;
using WorkerRpc.Bindings.CapnWeb;
using WorkerRpc.Bindings.CapnWebNpm;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Direct;
using WorkerRpc.Bindings.Grpc;
using WorkerRpc.Bindings.Http;
using WorkerRpc.Bindings.Pipe;
using WorkerRpc.Bindings.References;
using WorkerRpc.Bindings.Remedies;
using WorkerRpc.Bindings.StreamRpc;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Catalog;

/// <summary>The methods that can be measured, in the order of every report.</summary>
public sealed class BindingCatalog
{
    /// <summary>The setting, in both workers, that names an assembly with more bindings.</summary>
    public const string AssemblySetting = "BINDINGS";

    /// <summary>The methods of this project, the remedies after them, and then the references. To add one: its file, then its line here.</summary>
    public static readonly BindingCatalog BuiltIn = new(
    [
        new DirectBinding(),
        new ServiceBinding(),
        new ServiceBindingMessagePack(),
        new ServiceBindingInline(),
        new PipeBinding(),
        new PipeHopBinding(),
        new UnixSocketBinding(),
        new RawFetchBinding(),
        new RawFetchHttp2Binding(),
        new GrpcBinding(),
        new GrpcInMemoryBinding(),
        new StreamJsonRpcBinding(),
        new CapnWebBinding(),
        new CapnWebSocketBinding(),
        new CapnWebBatchBinding(),
        new RawFetchNewConnection(),
        new RawFetchLargeBlocks(),
        new RawFetchGzip(),
        new RawFetchBrotli(),
        new ServiceBindingCached(),
        new ServiceBindingBatch1(),
        new ServiceBindingBatch10(),
        new ServiceBindingBatch100(),
        new MemoryCopy(),
        new JsonReference(),
        new MessagePackReference(),
        new JsonReflection(),
        new MessagePackStringKeys(),
        new MessagePackLz4(),
        new JsonNonAscii(),
        new JsonNonAsciiRelaxed(),
        new MessagePackNonAscii(),
        new HttpReference(),
        new TcpReference(),
        new TcpBlockingReference(),
        new UnixReference(),
        new PipeReference(),
        new Hop(),
        new CapnWebNpmInMemory(),
        new CapnWebNpmWebSocket(),
        new CapnWebSocketOneCall(),
        new CapnWebSocketThreeAwaited(),
        new CapnWebSocketThreePipelined(),
        new CapnWebBatchOneCall(),
        new CapnWebBatchThreeAwaited(),
        new CapnWebBatchThreePipelined(),
    ]);

    private BindingCatalog(IReadOnlyList<IBinding> all) => All = all;

    /// <summary>Every method.</summary>
    public IReadOnlyList<IBinding> All { get; }

    /// <summary>The server halves of all methods, each once.</summary>
    public IEnumerable<IServerHalf> ServerHalves => All.Select(binding => binding.Server).OfType<IServerHalf>().Distinct();

    /// <summary>The method with the given id.</summary>
    /// <exception cref="UnusableInputException">No method has that id.</exception>
    public IBinding Find(string id) => Find(id, All);

    /// <summary>The method with the given id among those that <paramref name="host"/> offers a channel for.</summary>
    /// <exception cref="UnusableInputException">No method that is offered has that id.</exception>
    public IBinding Find(string id, IRuntimeHost host) => Find(id, OfferedBy(host));

    /// <summary>The methods that <paramref name="host"/> offers a channel for, and those that need none.</summary>
    public IEnumerable<IBinding> OfferedBy(IRuntimeHost host) => All.Where(binding => binding.Channel is not { } channel || host.Offers(channel));

    /// <summary>The methods of this catalog whose ids are among the given ones, in this catalog's order.</summary>
    public BindingCatalog Only(IReadOnlyCollection<string> ids) => new([.. All.Where(binding => ids.Contains(binding.Id))]);

    /// <summary>The methods of this project and those of an assembly of the user's.</summary>
    /// <param name="assemblyPath">A .dll whose public types include bindings; null or empty for none.</param>
    /// <exception cref="UnusableInputException">The assembly cannot be loaded, has no binding, or takes an id that is taken.</exception>
    public static BindingCatalog WithAssembly(string? assemblyPath)
    {
        if (string.IsNullOrEmpty(assemblyPath))
        {
            return BuiltIn;
        }

        IBinding[] added = Load(Path.GetFullPath(assemblyPath));
        string[] ids = [.. BuiltIn.All.Concat(added).Select(binding => binding.Id)];
        return ids.GroupBy(id => id, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } taken
            ? throw new UnusableInputException($"The binding '{taken.Key}' of {assemblyPath} has an id that is taken. Known: {string.Join(", ", ids.Distinct())}.")
            : new BindingCatalog([.. BuiltIn.All, .. added]);
    }

    private static IBinding[] Load(string path)
    {
        try
        {
            // The assembly's own packages lie beside it, not beside this program.
            var resolver = new AssemblyDependencyResolver(path);
            AssemblyLoadContext.Default.Resolving += (context, name) =>
                resolver.ResolveAssemblyToPath(name) is { } found ? context.LoadFromAssemblyPath(found) : null;
            IBinding[] bindings =
            [
                .. AssemblyLoadContext.Default.LoadFromAssemblyPath(path).GetExportedTypes()
                    .Where(type => type.IsAssignableTo(typeof(IBinding)) && !type.IsAbstract && type.GetConstructor([]) is not null)
                    .OrderBy(type => type.FullName, StringComparer.Ordinal)
                    .Select(type => (IBinding)Activator.CreateInstance(type)!),
            ];
            return bindings.Length > 0
                ? bindings
                : throw new UnusableInputException($"{path} has no binding: expected a public type that implements {typeof(IBinding)} and has a constructor without parameters.");
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or InvalidOperationException or TargetInvocationException or TypeLoadException)
        {
            throw new UnusableInputException($"{path} cannot be loaded as an assembly with bindings: {e.Message}", e);
        }
    }

    private static IBinding Find(string id, IEnumerable<IBinding> offered) =>
        offered.FirstOrDefault(binding => binding.Id == id)
        ?? throw UnusableInputException.Unknown("method", id, offered.Select(binding => binding.Id));
}
