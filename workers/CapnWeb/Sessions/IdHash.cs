namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// Hashes ids that the peer chooses. The hash of <see cref="long"/> is the same for many ids, so that a peer could make every look-up walk
/// through all entries. This hash depends on a random number of the process.
/// </summary>
internal sealed class IdHash : IEqualityComparer<long>
{
    public static readonly IdHash Instance = new();

    public bool Equals(long x, long y) => x == y;

    public int GetHashCode(long id) => HashCode.Combine((int)id, (int)(id >> 32));
}
