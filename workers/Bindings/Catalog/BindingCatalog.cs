using System.Reflection;
using System.Runtime.Loader;
using WorkerRpc.Bindings.CapnWeb;
using WorkerRpc.Bindings.CapnWebNpm;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Direct;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Grpc;
using WorkerRpc.Bindings.Http;
using WorkerRpc.Bindings.Pipe;
using WorkerRpc.Bindings.References;
using WorkerRpc.Bindings.Remedies;
using WorkerRpc.Bindings.StreamRpc;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Catalog;

/// <summary>All methods, remedies and references that can be measured, in the order of the reports.</summary>
public sealed class BindingCatalog
{
    /// <summary>The name of the setting of both workers that contains the path of an assembly with additional bindings.</summary>
    public const string AssemblySetting = "BINDINGS";

    /// <summary>The built-in methods, remedies and references. To add a method, write its class and add a line to this list.</summary>
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
        new MemoryCopyReference(),
        new JsonReference(),
        new MessagePackReference(),
        new JsonReflection(),
        new MessagePackIntKeys(),
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
        new HopReference(),
        new CapnWebNpmInMemory(),
        new CapnWebNpmWebSocket(),
        new CapnWebSocketOneCall(),
        new CapnWebSocketThreeAwaited(),
        new CapnWebSocketThreePipelined(),
        new CapnWebBatchOneCall(),
        new CapnWebBatchThreeAwaited(),
        new CapnWebBatchThreePipelined(),
    ],
    // To add a channel, write it in its own folder and add a line to this list.
    [
        .. HttpChannelServers.All,
        .. PipeChannels.Servers,
        StreamRpcChannel.Server,
        CapnWebChannel.Server,
        LargeBlocks.ChannelServer,
    ]);

    private BindingCatalog(IReadOnlyList<IBinding> all, IReadOnlyList<ChannelServer> channelServers) =>
        (All, ChannelServers) = (all, channelServers);

    /// <summary>All methods, remedies and references.</summary>
    public IReadOnlyList<IBinding> All { get; }

    /// <summary>The runtime's ends of all channels, for a host that runs the runtime worker itself.</summary>
    public IReadOnlyList<ChannelServer> ChannelServers { get; }

    /// <summary>The server parts that the runtime worker hosts for all methods, without duplicates.</summary>
    public IEnumerable<IServerHalf> ServerHalves => All.Select(binding => binding.Server).OfType<IServerHalf>().Distinct();

    /// <summary>Returns the method with the given id.</summary>
    /// <exception cref="UnusableInputException">No method has that id.</exception>
    public IBinding Find(string id) => Find(id, All);

    /// <summary>Returns the method with the given id, if <paramref name="host"/> offers its channel.</summary>
    /// <exception cref="UnusableInputException">No method has that id, or the host does not offer its channel.</exception>
    public IBinding Find(string id, IRuntimeHost host) =>
        All.FirstOrDefault(binding => binding.Id == id) is { Channel: { } channel } && !host.Offers(channel)
            ? throw new UnusableInputException(
                $"Method '{id}' needs the channel '{channel}', which is not offered here. Methods that are: {Ids(OfferedBy(host))}.")
            : Find(id, OfferedBy(host));

    /// <summary>Returns the methods that need no channel, and those with a channel that is offered by <paramref name="host"/>.</summary>
    public IEnumerable<IBinding> OfferedBy(IRuntimeHost host) =>
        All.Where(binding => binding.Channel is not { } channel || host.Offers(channel));

    /// <summary>Returns a catalog that contains only the methods with the given ids, in the order of this catalog.</summary>
    public BindingCatalog Only(IReadOnlyCollection<string> ids) =>
        new([.. All.Where(binding => ids.Contains(binding.Id))], ChannelServers);

    /// <summary>Returns the built-in catalog with the methods and channels of a user's assembly added.</summary>
    /// <param name="assemblyPath">
    /// The path of a .dll with public bindings. If it is null or empty, the built-in catalog is returned.
    /// </param>
    /// <exception cref="UnusableInputException">The assembly cannot be loaded, has no binding, or uses an existing id.</exception>
    public static BindingCatalog WithAssembly(string? assemblyPath)
    {
        if (string.IsNullOrEmpty(assemblyPath))
        {
            return BuiltIn;
        }

        Type[] types = LoadTypes(Path.GetFullPath(assemblyPath));
        return BuiltIn.With(Create<IBinding>(types, assemblyPath), Create<ChannelServer>(types, assemblyPath), assemblyPath);
    }

    /// <summary>Returns this catalog with an assembly's bindings and channels added.</summary>
    /// <exception cref="UnusableInputException">The assembly has no binding, or one of its ids already exists.</exception>
    internal BindingCatalog With(IReadOnlyList<IBinding> bindings, IReadOnlyList<ChannelServer> channelServers, string assemblyPath)
    {
        if (bindings.Count == 0)
        {
            throw new UnusableInputException(
                $"{assemblyPath} has no binding: expected a public type that implements {typeof(IBinding)} and has a constructor without "
                + "parameters.");
        }

        var with = new BindingCatalog([.. All, .. bindings], [.. ChannelServers, .. channelServers]);
        ThrowIfTaken("binding", with.All.Select(binding => binding.Id), assemblyPath);
        // The id of the in-memory HTTP channel is added, because that channel has no ChannelServer: the host with the TestServer
        // serves it.
        ThrowIfTaken("channel", with.ChannelServers.Select(server => server.Channel.Id).Prepend(HttpChannels.InMemory.Id), assemblyPath);
        return with;
    }

    private static Type[] LoadTypes(string path)
    {
        // An empty file, a pipe and a device have the length 0. Opening a pipe would wait for its writer.
        string? mistake = Directory.Exists(path) ? "it is a folder"
            : !File.Exists(path) ? "there is no such file"
            : new FileInfo(path).Length == 0 ? "it is empty, or no regular file but a pipe or a device"
            : null;
        if (mistake is not null)
        {
            throw Unloadable(path, mistake);
        }

        try
        {
            // The resolver looks for the assembly's packages in the assembly's own folder, because they are not in this program's folder.
            var resolver = new AssemblyDependencyResolver(path);
            AssemblyLoadContext.Default.Resolving += (context, name) =>
                resolver.ResolveAssemblyToPath(name) is { } found ? context.LoadFromAssemblyPath(found) : null;
            Type[] types = AssemblyLoadContext.Default.LoadFromAssemblyPath(path).GetExportedTypes();
            return [.. types.OrderBy(type => type.FullName, StringComparer.Ordinal)];
        }
        catch (BadImageFormatException e)
        {
            throw Unloadable(path, "it is no .NET assembly", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException or TypeLoadException)
        {
            throw Unloadable(path, FirstLine(e), e);
        }
    }

    private static T[] Create<T>(Type[] types, string assemblyPath) =>
    [
        .. types.Where(type => type.IsAssignableTo(typeof(T)) && !type.IsAbstract && type.GetConstructor([]) is not null)
            .Select(type => Create<T>(type, assemblyPath)),
    ];

    private static T Create<T>(Type type, string assemblyPath)
    {
        try
        {
            return (T)Activator.CreateInstance(type)!;
        }
        catch (Exception e) when (e is TargetInvocationException or TypeInitializationException)
        {
            // The base exception is the one that the constructor threw, also under that of a static constructor.
            throw new UnusableInputException(
                $"{assemblyPath}: the constructor of {type.FullName} failed: {FirstLine(e.GetBaseException())}", e);
        }
    }

    private static UnusableInputException Unloadable(string path, string why, Exception? inner = null) =>
        new($"{path} cannot be loaded as an assembly with bindings: {why.TrimEnd('.')}.", inner);

    private static string FirstLine(Exception e) =>
        e.Message.Split('\n', 2, StringSplitOptions.TrimEntries)[0] is { Length: > 0 } line ? line : e.GetType().Name;

    private static void ThrowIfTaken(string kind, IEnumerable<string> ids, string assemblyPath)
    {
        if (ids.GroupBy(id => id, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } taken)
        {
            throw new UnusableInputException(
                $"The {kind} '{taken.Key}' of {assemblyPath} has an id that is taken. Known: {string.Join(", ", ids.Distinct())}.");
        }
    }

    private static string Ids(IEnumerable<IBinding> bindings) => string.Join(", ", bindings.Select(binding => binding.Id));

    private static IBinding Find(string id, IEnumerable<IBinding> offered) =>
        offered.FirstOrDefault(binding => binding.Id == id)
        ?? throw UnusableInputException.Unknown("method", id, offered.Select(binding => binding.Id));
}
