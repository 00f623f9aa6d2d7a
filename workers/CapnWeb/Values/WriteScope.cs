using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values;

/// <summary>
/// One value under way on this thread: where its references go, and the JSON writer that its contract writes to. Kept from
/// value to value; a value written while another is being written (an error's property) takes one of its own.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Kept as long as its thread; between values it holds no buffer.")]
internal sealed class WriteScope
{
    /// <summary>Brackets up to which a text is within the peer's depth, whatever is in it; an argument stands at depth 1.</summary>
    public static readonly int ShallowDepth = RpcLimits.Trusted.MaxDepth - 2;

    [ThreadStatic]
    private static WriteScope? s_current;

    [ThreadStatic]
    private static WriteScope? s_spare;

    private readonly Utf8JsonWriter _shallow;
    private Utf8JsonWriter? _deep;
    private WriteScope? _outer;
    private int _nesting;

    private WriteScope() => _shallow = new Utf8JsonWriter(Scratch, Options(ShallowDepth));

    /// <summary>The value under way; values are written in no other way than through a scope.</summary>
    public static WriteScope Current =>
        s_current ?? throw new InvalidOperationException("An RPC value is being written outside RpcSerializer: its converters work nowhere else.");

    public RpcSerializer Serializer { get; private set; } = null!;

    public ReferenceSink Sink { get; private set; } = ReferenceSink.None;

    /// <summary>For forms that are written as text first. Whoever writes to it rolls it back.</summary>
    public ExpressionWriter Scratch { get; } = new();

    /// <summary>Whether other values were written as parts of this one, whose brackets its JSON writer did not see.</summary>
    public bool HasParts { get; private set; }

    public static WriteScope Begin(RpcSerializer serializer, ReferenceSink sink)
    {
        WriteScope scope = s_spare ?? new WriteScope();
        s_spare = null;
        scope._outer = s_current;
        scope._nesting = s_current is { } outer ? outer._nesting + 1 : 0;
        scope.Serializer = serializer;
        scope.Sink = sink;
        scope.HasParts = false;
        s_current = scope;
        return scope;
    }

    /// <summary>Ends it, be it written or given up.</summary>
    public void End()
    {
        _shallow.Reset(Scratch);
        Scratch.Dispose();
        s_current = _outer;
        if (_outer is not null)
        {
            _outer.HasParts = true;
        }

        _outer = null;
        Sink = ReferenceSink.None;
        s_spare = this;
    }

    /// <summary>The JSON writer, at the writer's position: one that refuses to nest deeper than every peer accepts, or one that counts less.</summary>
    public Utf8JsonWriter Open(ExpressionWriter writer, bool isDeep)
    {
        if (_nesting >= RpcLimits.Trusted.MaxDepth)
        {
            throw SendDepth.Refusal();
        }

        Utf8JsonWriter json = isDeep ? _deep ??= new Utf8JsonWriter(Scratch, Options(ValueOptions.MaxJsonDepth)) : _shallow;
        json.Reset(writer);
        return json;
    }

    /// <summary>Hands what was written to <see cref="Scratch"/> behind the mark to the JSON writer, as one value.</summary>
    public void Take(Utf8JsonWriter json, int mark)
    {
        json.WriteRawValue(Scratch.WrittenSpan[mark..], skipInputValidation: true);
        Scratch.Rollback(mark);
    }

    private static JsonWriterOptions Options(int maxDepth) =>
        new() { Encoder = CanonicalEncoder.Instance, MaxDepth = maxDepth, SkipValidation = true };
}
