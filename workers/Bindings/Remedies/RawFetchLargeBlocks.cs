using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Wire;

namespace WorkerRpc.Bindings.Remedies;

/// <summary>As <c>raw-fetch</c>, to a server whose blocks of memory hold a large body whole: what reading by 4 KB costs.</summary>
public sealed class RawFetchLargeBlocks : IBinding
{
    /// <inheritdoc/>
    public string Id => "raw-fetch-large-blocks";

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [BindingTags.Remedy];

    /// <inheritdoc/>
    public string Settings => string.Create(
        CultureInfo.InvariantCulture, $"as raw-fetch, Kestrel with blocks of {LargeBlocks.BlockKiB} KiB in place of its own of 4 KiB, taken when data has come");

    /// <inheritdoc/>
    public ReferenceRows References => new(ReferenceIds.Tcp, ReferenceIds.Json);

    /// <inheritdoc/>
    public Channel? Channel => LargeBlocks.Channel;

    /// <inheritdoc/>
    public IServerHalf Server => ExecuteEndpoint.Shared;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host) =>
        new FetchStub(SocketFetch.CreateHandler(), JsonWire.Shared, host.Open(LargeBlocks.Channel));
}

/// <summary>
/// The memory of a server's connections in large blocks. Kestrel reads a socket a block at a time, and hands each on to whoever
/// waits for the body: with its own blocks that is 25 reads, 25 looks whether there is one to make, and as many wake-ups for a
/// body of 100 KB. A connection holds a block only while there is something in it.
/// </summary>
public sealed class LargeBlocks : IMemoryPoolFactory<byte>
{
    /// <summary>A block's size in bytes: the largest payload of the matrix, its JSON and its headers.</summary>
    public const int BlockBytes = BlockKiB * 1024;

    /// <summary>A block's size in KiB, for texts.</summary>
    public const int BlockKiB = 128;

    /// <summary>HTTP/1.1 over a loopback socket, to a server with these blocks.</summary>
    public static readonly Channel<Uri> Channel = new("http-loopback-large-blocks");

    internal static readonly ChannelServer ChannelServer = new ChannelServer<Uri>(
        Channel,
        KestrelAddress.Of,
        RuntimeServer.OnKestrel(services: services => services.AddSingleton<IMemoryPoolFactory<byte>, LargeBlocks>()));

    /// <inheritdoc/>
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new BlockPool();

    /// <summary>Arrays of the shared pool, which gives back to the collector what is not used.</summary>
    private sealed class BlockPool : MemoryPool<byte>
    {
        public override int MaxBufferSize => BlockBytes;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => Shared.Rent(BlockBytes);

        protected override void Dispose(bool disposing)
        {
        }
    }
}
