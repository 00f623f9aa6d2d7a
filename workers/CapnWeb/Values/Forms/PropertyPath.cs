using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>A property path, which is a JSON array of names and numbers. Its parts are read once, at their first use.</summary>
/// <param name="text">The path as JSON. It has been checked.</param>
/// <param name="work">The budget of the message with this path. It is null for a path of this side.</param>
internal sealed class PropertyPath(byte[] text, WorkBudget? work = null)
{
    private (PathPart Part, int Start)[]? _parts;

    /// <summary>The path as JSON.</summary>
    public byte[] Text { get; } = text;

    /// <summary>The budget of the message with this path. It is null for a path of this side.</summary>
    public WorkBudget? Work { get; } = work;

    public int Count => Parts.Length;

    public PathPart this[int index] => Parts[index].Part;

    private (PathPart Part, int Start)[] Parts => _parts ??= Read();

    /// <summary>Returns the path without its first parts, as JSON.</summary>
    public byte[] TextFrom(int taken) =>
        taken == 0 ? Text : taken >= Count ? [(byte)'[', (byte)']'] : [(byte)'[', .. Text.AsSpan(Parts[taken].Start)];

    /// <summary>Drops the parts that were read, because the path may wait for long. Returns the number of bytes that are left.</summary>
    public int Keep()
    {
        _parts = null;
        return Text.Length;
    }

    private (PathPart Part, int Start)[] Read()
    {
        const int EmptyLength = 2;
        if (Text.Length <= EmptyLength)
        {
            return [];
        }

        List<(PathPart, int)> parts = [];
        var reader = new Utf8JsonReader(Text);
        reader.Read();
        while (FormGrammar.Next(ref reader))
        {
            parts.Add((PathPart.Of(in reader), (int)reader.TokenStartIndex));
        }

        return [.. parts];
    }
}

/// <summary>The parts of a path that have not been followed yet.</summary>
internal readonly struct PathRest(PropertyPath path, int taken = 0)
{
    /// <summary>The empty path: the object itself.</summary>
    public static PathRest Root { get; } = new(new PropertyPath("[]"u8.ToArray()));

    public WorkBudget? Work => path.Work;

    /// <summary>The number of parts.</summary>
    public int Count => path.Count - taken;

    public bool IsEmpty => Count == 0;

    public PathPart this[int index] => path[taken + index];

    /// <summary>The rest as JSON.</summary>
    public byte[] Text => path.TextFrom(taken);

    /// <inheritdoc cref="PropertyPath.Keep"/>
    public int Keep() => path.Keep();

    /// <summary>The last part of the whole path, for error messages.</summary>
    public string Last => path.Count == 0 ? "" : path[path.Count - 1].Name;

    public PathRest Skip(int parts) => new(path, taken + Math.Min(parts, Count));
}
