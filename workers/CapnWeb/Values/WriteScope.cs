using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values;

/// <summary>
/// One value under way on this thread: where its references go, and the JSON writer that its contract writes to. Kept from
/// value to value; a value written while another is being written takes one of its own.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Kept as long as its thread; between values it holds no buffer.")]
internal sealed class WriteScope
{
    [ThreadStatic]
    private static WriteScope? s_current;

    [ThreadStatic]
    private static WriteScope? s_spare;

    private readonly Utf8JsonWriter _json = new(Stream.Null, RpcSerializer.WriterOptions);
    private WriteScope? _outer;

    /// <summary>The value under way; values are written in no other way than through a scope.</summary>
    public static WriteScope Current =>
        s_current ?? throw new InvalidOperationException("An RPC value is being written outside RpcSerializer: its converters work nowhere else.");

    public RpcSerializer Serializer { get; private set; } = null!;

    public ReferenceSink Sink { get; private set; } = ReferenceSink.None;

    /// <summary>For forms that are written as text first. Whoever writes to it rolls it back.</summary>
    public ExpressionWriter Scratch { get; } = new();

    /// <summary>Begins a value: the JSON writer stands at the writer's position.</summary>
    public static WriteScope Begin(RpcSerializer serializer, ExpressionWriter writer, ReferenceSink sink, out Utf8JsonWriter json)
    {
        WriteScope scope = s_spare ?? new WriteScope();
        s_spare = null;
        scope._outer = s_current;
        s_current = scope;
        scope.Serializer = serializer;
        scope.Sink = sink;
        json = scope._json;
        json.Reset(writer);
        return scope;
    }

    /// <summary>Ends it, be it written or given up.</summary>
    public void End()
    {
        _json.Reset(Stream.Null);
        Scratch.Dispose();
        s_current = _outer;
        _outer = null;
        Sink = ReferenceSink.None;
        s_spare = this;
    }

    /// <summary>Hands what was written to <see cref="Scratch"/> behind the mark to the JSON writer, as one value.</summary>
    public void Take(Utf8JsonWriter json, int mark)
    {
        json.WriteRawValue(Scratch.WrittenSpan[mark..], skipInputValidation: true);
        Scratch.Rollback(mark);
    }
}
