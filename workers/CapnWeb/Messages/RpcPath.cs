using System.Text.Json;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Messages;

/// <summary>Operations on property paths, which are JSON arrays of names and numbers. Received paths have already been checked.</summary>
internal static class RpcPath
{
    /// <summary>The empty path: the object itself.</summary>
    public static readonly byte[] Root = "[]"u8.ToArray();

    public static bool IsRoot(ReadOnlySpan<byte> path)
    {
        if (path.Length <= Root.Length)
        {
            return true;
        }

        Utf8JsonReader reader = Open(path);
        return !Next(ref reader);
    }

    /// <summary>Returns the path with one more name at its end.</summary>
    public static byte[] Append(byte[] path, string name)
    {
        using var writer = new ExpressionWriter();
        WriteOpen(writer, path, name);
        writer.WriteRaw((byte)']');
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>Writes a path and, if it is not null, one more name. Does not write the closing bracket.</summary>
    public static void WriteOpen(ExpressionWriter writer, ReadOnlySpan<byte> path, string? name)
    {
        bool isRoot = path.Length <= Root.Length;
        writer.WriteRaw(isRoot ? "["u8 : path[..^1]);
        if (name is not null)
        {
            writer.WriteRaw(isRoot ? ""u8 : ","u8);
            writer.WriteString(name);
        }
    }

    /// <summary>Joins two paths.</summary>
    public static byte[] Concat(byte[] path, byte[] rest) =>
        IsRoot(rest) ? path : IsRoot(path) ? rest : [.. path.AsSpan()[..^1], (byte)',', .. rest.AsSpan()[1..]];

    /// <summary>Finds the name in a path that consists of one name without escapes. Does not parse JSON.</summary>
    /// <param name="path">Position of the path in the text.</param>
    /// <param name="text">The text that contains the path.</param>
    /// <param name="name">Position of the name in the text.</param>
    public static bool TrySingleName(TextRange path, ReadOnlySpan<byte> text, out TextRange name)
    {
        ReadOnlySpan<byte> whole = path.Of(text);
        name = new TextRange(path.Start + 2, path.Length - 4);
        return whole.Length >= 4
            && whole.StartsWith("[\""u8)
            && whole.EndsWith("\"]"u8)
            && whole[2..^2].IndexOfAny((byte)'"', (byte)'\\') < 0;
    }

    private static Utf8JsonReader Open(ReadOnlySpan<byte> path)
    {
        var reader = new Utf8JsonReader(path);
        reader.Read();
        return reader;
    }

    private static bool Next(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType != JsonTokenType.EndArray;
}
