using System.IO.MemoryMappedFiles;

namespace WorkerRpc.Hostile.Fuzzing;

/// <summary>
/// Counts what a target's inputs did. The counts are in a file, so that they survive the death of the process, and later runs go on
/// counting.
/// </summary>
internal sealed class Counts : IDisposable
{
    public const string FileName = "counts";

    private const int ExecutionsAt = 0, LivedAt = 1, MessagesAt = 2, Length = 3;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public Counts(string folder)
    {
        Directory.CreateDirectory(folder);
        // The fuzzed process writes while the fuzzing one reads.
        var stream = new FileStream(Path.Combine(folder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        _file = MemoryMappedFile.CreateFromFile(
            stream, null, Length * sizeof(long), MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor();
    }

    /// <summary>The number of inputs that were run.</summary>
    public long Executions => Read(ExecutionsAt);

    /// <summary>The number of inputs whose value was accepted, or whose session was alive after the last message.</summary>
    public long Lived => Read(LivedAt);

    /// <summary>The number of messages of all inputs.</summary>
    public long Messages => Read(MessagesAt);

    /// <summary>Counts an input.</summary>
    public void Add(bool lived, int messages)
    {
        Write(ExecutionsAt, Executions + 1);
        Write(LivedAt, Lived + (lived ? 1 : 0));
        Write(MessagesAt, Messages + messages);
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    private long Read(int index) => _view.ReadInt64(index * sizeof(long));

    private void Write(int index, long value) => _view.Write(index * sizeof(long), value);
}
