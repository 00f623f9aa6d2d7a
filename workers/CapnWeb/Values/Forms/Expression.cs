using System.Text.Json;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>
/// A value as text, with an object for each reference form in it. The object of the k-th form is <c>References[k]</c>; the id in its
/// text means nothing. Forms inside the arguments or captures of another form belong to that form.
/// </summary>
/// <typeparam name="T">The object for a reference. Sessions use hooks.</typeparam>
internal sealed class Expression<T>
    where T : class
{
    private readonly TextRange[] _forms;
    private readonly T[] _references;

    /// <summary>Uses the text without copying it. <paramref name="forms"/> says where its reference forms stand.</summary>
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

    /// <summary>Whether the value is a single reference.</summary>
    public bool IsReference => _forms is [var only] && only == new TextRange(0, Text.Length);

    /// <summary>Copies text that this library wrote. The references are those that the writer met, in order.</summary>
    public static Expression<T> Of(ReadOnlySpan<byte> written, T[] references) =>
        new(written.ToArray(), references.Length == 0 ? [] : FormPositions.Find(written), references);

    /// <summary>Copies the text to a writer, which writes its own form for each reference.</summary>
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

    /// <summary>Replaces the k-th reference by the value <c>resolutions[k]</c> and its references. Null keeps the reference.</summary>
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
    /// Follows a path, a JSON array of strings and numbers, through own members and array elements. It ends at a part of the text,
    /// at undefined, or at a reference that must follow the rest of the path itself.
    /// </summary>
    /// <exception cref="RpcValueException">The path reads a member of undefined.</exception>
    public PathEnd<T> Follow(ReadOnlySpan<byte> path)
    {
        Utf8JsonReader value = ExpressionScanner.Read(Text.Span, RpcLimits.Trusted);
        value.Read();
        Utf8JsonReader parts = new(path);
        parts.Read();
        bool isMissing = false;
        for (int taken = 0; FormGrammar.Next(ref parts); taken++)
        {
            if (!isMissing && IndexOfForm(in value) is var index and >= 0)
            {
                return new PathEnd<T>(null, _references[index], taken);
            }

            PathPart part = PathPart.Of(in parts);
            isMissing = isMissing ? part.OfUndefined() : !part.Step(ref value);
        }

        if (isMissing)
        {
            return new PathEnd<T>(Undefined, null, 0);
        }

        int start = (int)value.TokenStartIndex;
        value.Skip();
        return new PathEnd<T>(Part(start, (int)value.BytesConsumed - start), null, 0);
    }

    /// <summary>A part of the text that holds whole expressions, with the references in it.</summary>
    public Expression<T> Part(int start, int length)
    {
        int first = FirstFrom(start);
        int end = FirstFrom(start + length);
        TextRange[] forms = Array.ConvertAll(_forms[first..end], form => form with { Start = form.Start - start });
        return new Expression<T>(Text.Slice(start, length), forms, _references[first..end]);
    }

    private int IndexOfForm(ref readonly Utf8JsonReader reader) => FormPositions.IndexOf(_forms, (int)reader.TokenStartIndex);

    private int FirstFrom(int offset)
    {
        int index = FormPositions.IndexOf(_forms, offset);
        return index < 0 ? ~index : index;
    }
}

/// <summary>The end of a path through a value.</summary>
/// <param name="Value">The value there. Null where the path met a reference.</param>
/// <param name="Reference">The reference that the path met.</param>
/// <param name="Taken">How many parts of the path lie before the reference.</param>
internal readonly record struct PathEnd<T>(Expression<T>? Value, T? Reference, int Taken)
    where T : class;
