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

        var assembly = UserAssembly.Load(assemblyPath, "bindings");
        return BuiltIn.With(assembly.Create<IBinding>(), assembly.Create<ChannelServer>(), assemblyPath);
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

        foreach (IBinding binding in bindings)
        {
            RequireUsable(binding, assemblyPath);
        }

        foreach (ChannelServer server in channelServers)
        {
            Channel channel = UserAssembly.Require(assemblyPath, server, nameof(server.Channel), () => server.Channel);
            UserAssembly.RequireId(assemblyPath, channel, () => channel.Id);
        }

        var with = new BindingCatalog([.. All, .. bindings], [.. ChannelServers, .. channelServers]);
        ThrowIfTaken("binding", with.All.Select(binding => binding.Id), assemblyPath);
        // The id of the in-memory HTTP channel is added, because that channel has no ChannelServer: the host with the TestServer
        // serves it.
        ThrowIfTaken("channel", with.ChannelServers.Select(server => server.Channel.Id).Prepend(HttpChannels.InMemory.Id), assemblyPath);
        return with;
    }

    // Reads every member once, so that a member that throws is named before anything is measured.
    private static void RequireUsable(IBinding binding, string assemblyPath)
    {
        UserAssembly.RequireId(assemblyPath, binding, () => binding.Id);
        if (UserAssembly.Require(assemblyPath, binding, nameof(binding.Tags), () => binding.Tags).Any(string.IsNullOrWhiteSpace))
        {
            throw new UnusableInputException($"{assemblyPath}: {binding.GetType().FullName}.Tags has an empty tag: expected words.");
        }

        UserAssembly.Require(assemblyPath, binding, nameof(binding.Settings), () => binding.Settings);
        UserAssembly.Read(assemblyPath, binding, nameof(binding.Channel), () => binding.Channel);
        UserAssembly.Read(assemblyPath, binding, nameof(binding.Server), () => binding.Server);
        UserAssembly.Read(assemblyPath, binding, nameof(binding.Expected), () => binding.Expected);
        UserAssembly.Read(assemblyPath, binding, nameof(binding.References), () => binding.References);
        UserAssembly.Read(assemblyPath, binding, nameof(binding.MaxPayloadBytes), () => binding.MaxPayloadBytes);
        UserAssembly.Read(assemblyPath, binding, nameof(binding.Letter), () => binding.Letter);
    }

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
