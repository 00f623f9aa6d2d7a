using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// Counts the bytes that a session keeps for its peer: results that the peer has not released, arguments of calls that wait or run, and
/// table entries. Messages that wait to be sent are counted by <see cref="Outbox"/>. Safe for concurrent use.
/// </summary>
internal sealed class HeldBytes(SessionCore session)
{
    /// <summary>The bytes that one table entry, queued call or value counts in addition to its text.</summary>
    public const int EntryBytes = 256;

    private long _bytes;

    /// <summary>The bytes of texts, without table entries.</summary>
    public long Texts => Interlocked.Read(ref _bytes) + session.Exports.TextBytes;

    private long Total => Texts + (EntryBytes * ((long)session.Exports.Count + session.Imports.Count));

    /// <summary>Whether so many more bytes are within the limit.</summary>
    public bool Fits(long bytes) => Total + bytes <= session.Limits.MaxHeldBytes;

    /// <summary>Adds bytes, unless they exceed the limit.</summary>
    public bool TryAdd(long bytes)
    {
        if (!Fits(bytes))
        {
            return false;
        }

        Interlocked.Add(ref _bytes, bytes);
        return true;
    }

    public void Remove(long bytes) => Interlocked.Add(ref _bytes, -bytes);

    /// <summary>Returns the number of bytes that a value counts.</summary>
    public static long Of(Expression<Hook> value) => EntryBytes + value.Text.Length;
}
