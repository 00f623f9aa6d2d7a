using System.Runtime.CompilerServices;
using WorkerRpc.CapnWeb.Values;
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

    // What a reference in a value takes besides its text: its place, its hook, and an observer while it waits for a promise.
    private const int ReferenceBytes = 64;

    // An exception with the trace of the stack on which it was thrown.
    private const int ErrorBytes = 1024;

    // A number, a short string or an empty object, with its place in an array.
    private const int ObjectBytes = 64;

    private long _bytes;

    /// <summary>The error of everything that is refused because too much is kept. It is one object, which need not be counted.</summary>
    public RpcException TooMuch => field ??= CallErrors.TooMuchHeld(session.Limits.MaxHeldBytes);

    /// <summary>The bytes of texts, without table entries.</summary>
    public long Texts => Interlocked.Read(ref _bytes) + session.Exports.TextBytes;

    private long Total => Texts + (EntryBytes * ((long)session.Exports.Count + session.Imports.Count));

    /// <summary>Whether so many more bytes are within the limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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

    /// <summary>
    /// Returns the number of bytes that an error counts: its object, its stack trace, and its messages, which may quote the peer. The
    /// messages of other exceptions are the application's.
    /// </summary>
    public static long Of(Exception error)
    {
        long bytes = ErrorBytes;
        for (Exception? each = error; each is not null; each = each.InnerException)
        {
            bytes += each is RpcException ? sizeof(char) * (long)each.Message.Length : 0;
        }

        return bytes;
    }

    /// <summary>Returns the number of bytes that an error of the peer counts, whose properties are kept as objects.</summary>
    public static long OfError(ReadOnlySpan<byte> text) =>
        ErrorBytes + (sizeof(char) * (long)text.Length) + ((long)ObjectBytes * ValueCount.AtMost(text));

    /// <summary>Returns the number of bytes that a value counts.</summary>
    public static long Of(Expression<Hook> value) => Of(value.Text.Length, value.References.Count);

    /// <summary>Returns the number of bytes that a value of this length, with so many references, counts.</summary>
    public static long Of(int length, int references) => EntryBytes + length + ((long)ReferenceBytes * references);
}
