using System.Runtime.InteropServices;
using System.Text.Json;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>
/// A value as text, together with an object for each reference form in the text. The object of the k-th form is <c>References[k]</c>; the
/// id in the form itself is ignored. A form inside the arguments or captures of another form is not counted.
/// </summary>
/// <typeparam name="T">The type of the objects for references. Sessions use hooks.</typeparam>
internal sealed class Expression<T>
    where T : class
{
    private readonly TextRange[] _forms;
    private readonly T[] _references;

    /// <summary>
    /// Creates an expression without copying the text. <paramref name="forms"/> are the positions of the reference forms in the text.
    /// </summary>
    public Expression(ReadOnlyMemory<byte> text, TextRange[] forms, T[] references)
    {
        if (forms.Length != references.Length)
        {
            throw new ArgumentException(
                $"{references.Length} references for {forms.Length} forms: expected one for each.", nameof(references));
        }

        Text = text;
        _forms = forms;
        _references = references;
    }

    /// <summary>The value <c>undefined</c>.</summary>
    public static Expression<T> Undefined { get; } = new("[\"undefined\"]"u8.ToArray(), [], []);

    public ReadOnlyMemory<byte> Text { get; }

    public IReadOnlyList<T> References => _references;

    /// <summary>Whether the whole value is a single reference.</summary>
    public bool IsReference => _forms is [var only] && only == new TextRange(0, Text.Length);

    /// <summary>
    /// Creates an expression from a copy of text that this library wrote. The references are in the order in which they were written.
    /// </summary>
    public static Expression<T> Of(ReadOnlySpan<byte> written, T[] references) =>
        new(written.ToArray(), references.Length == 0 ? [] : FormPositions.Find(written), references);

    /// <summary>Copies the text to a writer. For each reference, <paramref name="write"/> writes its own form.</summary>
    public void CopyTo<TState>(ExpressionWriter writer, TState state, Action<ExpressionWriter, T, TState> write)
    {
        ReadOnlySpan<byte> text = Text.Span;
        int copied = 0;
        for (int index = 0; index < _forms.Length; index++)
        {
            writer.WriteRaw(text[copied.._forms[index].Start]);
            write(writer, _references[index], state);
            copied = _forms[index].End;
        }

        writer.WriteRaw(text[copied..]);
    }

    /// <summary>
    /// Returns the value in which the k-th reference is replaced by the value <c>resolutions[k]</c> and its references. If that is null,
    /// the reference stays.
    /// </summary>
    public Expression<T> Splice(ReadOnlySpan<Expression<T>?> resolutions)
    {
        if (resolutions.Length != _forms.Length)
        {
            throw new ArgumentException(
                $"{resolutions.Length} resolutions for {_forms.Length} references: expected one for each.", nameof(resolutions));
        }

        using ExpressionWriter writer = new();
        List<TextRange> forms = [];
        List<T> references = [];
        ReadOnlySpan<byte> text = Text.Span;
        int copied = 0;
        for (int index = 0; index < _forms.Length; index++)
        {
            TextRange form = _forms[index];
            writer.WriteRaw(text[copied..form.Start]);
            Expression<T> part = resolutions[index] ?? Part(form.Start, form.Length);
            int moved = writer.Position;
            writer.WriteRaw(part.Text.Span);
            forms.AddRange(part._forms.Select(inner => inner with { Start = inner.Start + moved }));
            references.AddRange(part._references);
            copied = form.End;
        }

        writer.WriteRaw(text[copied..]);
        return new Expression<T>(writer.WrittenSpan.ToArray(), [.. forms], [.. references]);
    }

    /// <summary>
    /// Follows a path through the value's own members and array elements. The path ends at a
    /// part of the text, at undefined, or at a reference. The object behind the reference resolves
    /// the rest of the path.
    /// </summary>
    /// <exception cref="RpcException">The path leads to a member of undefined, or the walk takes too much work.</exception>
    public PathEnd<T> Follow(PathRest path)
    {
        Utf8JsonReader value = ExpressionScanner.Read(Text.Span, RpcLimits.Trusted);
        value.Read();
        bool isMissing = false;
        for (int taken = 0; taken < path.Count; taken++)
        {
            if (!isMissing && IndexOfForm(in value) is var index and >= 0)
            {
                return new PathEnd<T>(null, _references[index], taken);
            }

            PathPart part = path[taken];
            isMissing = isMissing ? part.OfUndefined() : !part.Step(ref value, path.Work);
        }

        if (isMissing)
        {
            return new PathEnd<T>(Undefined, null, 0);
        }

        int start = (int)value.TokenStartIndex;
        value.Skip();
        path.Work?.SpendStep(value.BytesConsumed - start);
        return new PathEnd<T>(Part(start, (int)value.BytesConsumed - start), null, 0);
    }

    /// <summary>Returns a part of the text as an expression, with the references in it.</summary>
    public Expression<T> Part(int start, int length)
    {
        int first = FirstFrom(start);
        int end = FirstFrom(start + length);
        TextRange[] forms = Array.ConvertAll(_forms[first..end], form => form with { Start = form.Start - start });
        return new Expression<T>(Text.Slice(start, length), forms, _references[first..end]);
    }

    /// <summary>
    /// Returns the same value with a text of its own, if its text is a part of a longer one. The part would keep the longer text alive.
    /// </summary>
    public Expression<T> Detach() => MemoryMarshal.TryGetArray(Text, out ArraySegment<byte> part) && part.Count < part.Array!.Length
        ? new Expression<T>(Text.ToArray(), _forms, _references)
        : this;

    /// <summary>Returns the beginning of the text and one more character, with the references in it. Copies the text.</summary>
    public Expression<T> Start(int length, byte end)
    {
        int count = FirstFrom(length);
        return new Expression<T>((byte[])[.. Text.Span[..length], end], _forms[..count], _references[..count]);
    }

    private int IndexOfForm(ref readonly Utf8JsonReader reader) => FormPositions.IndexOf(_forms, (int)reader.TokenStartIndex);

    private int FirstFrom(int offset)
    {
        int index = FormPositions.IndexOf(_forms, offset);
        return index < 0 ? ~index : index;
    }
}

/// <summary>The end of a path through a value.</summary>
/// <param name="Value">The value at the end of the path. It is null if the path ended at a reference.</param>
/// <param name="Reference">The reference at which the path ended. It is null if the path ended at a value.</param>
/// <param name="Taken">The number of parts of the path before the reference.</param>
internal readonly record struct PathEnd<T>(Expression<T>? Value, T? Reference, int Taken)
    where T : class;
