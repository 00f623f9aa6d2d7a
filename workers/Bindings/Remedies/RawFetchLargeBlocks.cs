using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Remedies;

/// <summary>
/// Like <c>raw-fetch</c>, but the server reads in blocks of 128 KiB, so every body fits into one block. Shows the cost of reads
/// in blocks of 4 KB.
/// </summary>
public sealed class RawFetchLargeBlocks : IBinding
{
    /// <inheritdoc/>
    public string Id => "raw-fetch-large-blocks";

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [BindingTags.Remedy];

    /// <inheritdoc/>
    public string Settings => string.Create(
        CultureInfo.InvariantCulture,
        $"as raw-fetch, Kestrel with blocks of {LargeBlocks.BlockKiB} KiB in place of its own of 4 KiB, taken when data has come");

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
/// Creates memory pools with large blocks for a server's connections. Kestrel reads a socket one block at a time and wakes the
/// body's reader after each block. With Kestrel's own blocks of 4 KB, a body of 100 KB needs 25 reads and up to 25 wake-ups. A
/// connection keeps a block only while the block has unread data.
/// </summary>
public sealed class LargeBlocks : IMemoryPoolFactory<byte>
{
    /// <summary>The size of a block in bytes. A block has room for the largest payload as JSON and the HTTP headers.</summary>
    public const int BlockBytes = BlockKiB * 1024;

    /// <summary>The size of a block in KiB.</summary>
    public const int BlockKiB = 128;

    /// <summary>The channel for HTTP/1.1 over a loopback socket to a server with large memory blocks.</summary>
    public static readonly Channel<Uri> Channel = new("http-loopback-large-blocks") { Reach = MethodReach.Network };

    internal static readonly ChannelServer ChannelServer = new ChannelServer<Uri>(
        Channel,
        KestrelAddress.Of,
        RuntimeServer.OnKestrel(services: services => services.AddSingleton<IMemoryPoolFactory<byte>, LargeBlocks>()));

    /// <inheritdoc/>
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new BlockPool();

    /// <summary>Rents arrays from the shared pool, which releases unused arrays to the garbage collector.</summary>
    private sealed class BlockPool : MemoryPool<byte>
    {
        public override int MaxBufferSize => BlockBytes;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => Shared.Rent(BlockBytes);

        protected override void Dispose(bool disposing)
        {
        }
    }
}
