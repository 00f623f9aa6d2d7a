using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>
/// The state of the value that this thread writes: its references and the JSON writer of its contract. A thread reuses one scope. A value
/// inside another one, such as an error's property, gets a separate scope.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Kept as long as its thread; between values it holds no buffer.")]
internal sealed class WriteScope
{
    /// <summary>
    /// The number of JSON levels up to which every value is within the peer's depth limit. It is two less than the limit, because an
    /// argument already has depth 1.
    /// </summary>
    public static readonly int ShallowDepth = RpcLimits.Trusted.MaxDepth - 2;

    // One level of a value needs up to two levels of JSON, for example as an escaped array.
    private const int LevelsOfOne = 2;

    // The scope is static for the same reason as in ReadScope: JsonConverter<T>.Write gets a writer, a value and options, but no state.
    [ThreadStatic]
    private static WriteScope? s_current;

    // The scope that this thread used before. It is reused for the next value, so that a call does not allocate one.
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

    /// <summary>The scope of the value that this thread writes.</summary>
    public static WriteScope Current =>
        s_current
            ?? throw new InvalidOperationException(
                "An RPC value is being written outside an RPC serializer: its converters work nowhere else.");

    /// <summary>The writer for values inside this one, such as an error's properties.</summary>
    public IValueWriter Values { get; private set; } = null!;

    public ReferenceSink Sink { get; private set; } = ReferenceSink.None;

    /// <summary>A buffer for forms that are first written as text. The code that uses it removes its text afterwards.</summary>
    public ExpressionWriter Scratch { get; } = new();

    /// <summary>
    /// Whether values inside this one were written by a separate JSON writer. This value's own JSON writer has not counted their levels.
    /// </summary>
    public bool HasParts { get; private set; }

    /// <summary>Whether this value is the outermost one, not inside another.</summary>
    public bool IsRoot => _root == this;

    /// <summary>The exception of a value inside this one. It is null if there is none.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Whether the outermost value is nested too deep. The text written so far must then be discarded.</summary>
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

    /// <summary>Ends the scope. Call it even if writing the value has failed.</summary>
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
        Failure = null;
        Sink = ReferenceSink.None;
        s_spare = this;
    }

    /// <summary>
    /// Starts the JSON writer. A shallow writer refuses levels beyond <see cref="ShallowDepth"/>; a deep writer accepts more.
    /// </summary>
    public Utf8JsonWriter Open(ExpressionWriter writer, bool isDeep)
    {
        _isDeep = isDeep;
        Failure = null;
        Utf8JsonWriter json = isDeep
            ? _deep ??= new Utf8JsonWriter(Scratch, Options(ExpressionScanner.MaxJsonDepth(RpcLimits.Trusted)))
            : _shallow;
        json.Reset(writer);
        return json;
    }

    /// <summary>
    /// Whether the value may have one more level of nesting. If not, the scope stores this result, and the caller writes any placeholder
    /// instead. An exception would be slower: System.Text.Json would catch and rethrow it on every level, each time with a deeper stack.
    /// </summary>
    public bool MayNest(Utf8JsonWriter? json = null)
    {
        if (IsTooDeep || _needsDeep || Failure is not null)
        {
            return false;
        }

        bool isAtEnd = json is not null && json.CurrentDepth >= json.Options.MaxDepth - LevelsOfOne;
        _needsDeep = isAtEnd && !_isDeep;
        _root._isTooDeep = (isAtEnd && _isDeep)
            || _nesting >= RpcLimits.Trusted.MaxDepth
            || !RuntimeHelpers.TryEnsureSufficientExecutionStack();
        return !IsTooDeep && !_needsDeep;
    }

    /// <summary>
    /// Stores the exception of a value inside this one. It is reported once, for the whole value. System.Text.Json would rethrow it on
    /// every level. Each time takes more of the stack, so that 25 levels could overflow 1 MiB.
    /// </summary>
    public void Fail(Utf8JsonWriter json, Exception error)
    {
        if (error is not RpcException && !_isDeep && json.CurrentDepth >= ShallowDepth)
        {
            _needsDeep = true;
        }
        else
        {
            Failure ??= error;
        }
    }

    /// <summary>Whether the deep writer has refused a further level.</summary>
    public bool IsAtEnd => _isDeep && _deep is { } json && json.CurrentDepth >= json.Options.MaxDepth - LevelsOfOne;

    /// <summary>Returns whether the value needs the deep writer, and resets this flag.</summary>
    public bool TakeNeedsDeep()
    {
        bool needsDeep = _needsDeep;
        _needsDeep = false;
        return needsDeep;
    }

    /// <summary>Moves the text of <see cref="Scratch"/> after <paramref name="mark"/> to the JSON writer, as one value.</summary>
    public void Take(Utf8JsonWriter json, int mark)
    {
        json.WriteRawValue(Scratch.WrittenSpan[mark..], skipInputValidation: true);
        Scratch.Rollback(mark);
    }

    private static JsonWriterOptions Options(int maxDepth) =>
        new() { Encoder = CanonicalEncoder.Instance, MaxDepth = maxDepth, SkipValidation = true };
}
