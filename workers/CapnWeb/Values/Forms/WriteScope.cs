using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>
/// One value under way on this thread: where its references go, and the JSON writer that its contract writes to. Kept from
/// value to value; a value written while another is being written (an error's property) takes one of its own.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Kept as long as its thread; between values it holds no buffer.")]
internal sealed class WriteScope
{
    /// <summary>Brackets up to which a text is within the peer's depth, whatever is in it; an argument stands at depth 1.</summary>
    public static readonly int ShallowDepth = RpcLimits.Trusted.MaxDepth - 2;

    // An escaped array.
    private const int LevelsOfOne = 2;

    [ThreadStatic]
    private static WriteScope? s_current;

    [ThreadStatic]
    private static WriteScope? s_spare;

    private readonly Utf8JsonWriter _shallow;
    private Utf8JsonWriter? _deep;
    private WriteScope? _outer;
    private WriteScope _root;
    private int _nesting;
    private bool _isDeep;
    private bool _isTooDeep;
    private bool _needsDeep;

    private WriteScope()
    {
        _shallow = new Utf8JsonWriter(Scratch, Options(ShallowDepth));
        _root = this;
    }

    /// <summary>The value under way; values are written in no other way than through a scope.</summary>
    public static WriteScope Current =>
        s_current ?? throw new InvalidOperationException("An RPC value is being written outside an RPC serializer: its converters work nowhere else.");

    /// <summary>Writes parts of this value as values of their own.</summary>
    public IValueWriter Values { get; private set; } = null!;

    public ReferenceSink Sink { get; private set; } = ReferenceSink.None;

    /// <summary>For forms that are written as text first. Whoever writes to it rolls it back.</summary>
    public ExpressionWriter Scratch { get; } = new();

    /// <summary>Whether other values were written as parts of this one, whose brackets its JSON writer did not see.</summary>
    public bool HasParts { get; private set; }

    /// <summary>Whether this value is no part of another.</summary>
    public bool IsRoot => _root == this;

    /// <summary>Whether the value, or the one that it is a part of, is nested too deep. What was written is of no use then.</summary>
    public bool IsTooDeep => _root._isTooDeep;

    public static WriteScope Begin(IValueWriter values, ReferenceSink sink)
    {
        WriteScope scope = s_spare ?? new WriteScope();
        s_spare = null;
        scope._outer = s_current;
        scope._nesting = s_current is { } outer ? outer._nesting + 1 : 0;
        scope.Values = values;
        scope.Sink = sink;
        scope._root = s_current?._root ?? scope;
        scope._isTooDeep = false;
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
        _root = this;
        _needsDeep = false;
        Sink = ReferenceSink.None;
        s_spare = this;
    }

    /// <summary>The JSON writer, at the writer's position: one that refuses to nest deeper than every peer accepts, or one that counts less.</summary>
    public Utf8JsonWriter Open(ExpressionWriter writer, bool isDeep)
    {
        _isDeep = isDeep;
        Utf8JsonWriter json = isDeep ? _deep ??= new Utf8JsonWriter(Scratch, Options(ExpressionScanner.MaxJsonDepth(RpcLimits.Trusted))) : _shallow;
        json.Reset(writer);
        return json;
    }

    /// <summary>
    /// Whether there may be one level more. Where not, it is noted, and the caller writes anything: an exception would be caught
    /// and thrown again by the serializer of each level, on a stack that grows by it.
    /// </summary>
    public bool MayNest(Utf8JsonWriter? json = null)
    {
        if (IsTooDeep || _needsDeep)
        {
            return false;
        }

        bool isAtEnd = json is not null && json.CurrentDepth >= json.Options.MaxDepth - LevelsOfOne;
        _needsDeep = isAtEnd && !_isDeep;
        _root._isTooDeep = (isAtEnd && _isDeep) || _nesting >= RpcLimits.Trusted.MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack();
        return !IsTooDeep && !_needsDeep;
    }

    /// <summary>Whether the pass that has ended came too near to the depth of its JSON writer.</summary>
    public bool TakeNeedsDeep()
    {
        bool needsDeep = _needsDeep;
        _needsDeep = false;
        return needsDeep;
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
