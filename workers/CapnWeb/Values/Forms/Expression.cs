using System.Text.Json;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>
/// A captured value: its text, and what its reference forms stand for. The k-th form in the text means References[k],
/// whatever id is in it; forms within a form's own arguments or captures belong to that form.
/// </summary>
/// <typeparam name="T">What a session makes of a reference.</typeparam>
internal sealed class Expression<T>
    where T : class
{
    private readonly TextRange[] _forms;
    private readonly T[] _references;

    /// <summary>Keeps the text; <paramref name="forms"/> are the places of the top-level reference forms in it.</summary>
    public Expression(ReadOnlyMemory<byte> text, TextRange[] forms, T[] references)
    {
        if (forms.Length != references.Length)
        {
            throw new ArgumentException($"{references.Length} references for {forms.Length} forms: expected one for each.", nameof(references));
        }

        Text = text;
        _forms = forms;
        _references = references;
    }

    /// <summary>Undefined.</summary>
    public static Expression<T> Undefined { get; } = new("[\"undefined\"]"u8.ToArray(), [], []);

    public ReadOnlyMemory<byte> Text { get; }

    public IReadOnlyList<T> References => _references;

    /// <summary>Whether the whole text is one reference form.</summary>
    public bool IsReference => _forms is [var only] && only == new TextRange(0, Text.Length);

    /// <summary>Keeps text that our own writer wrote, with the references that it met.</summary>
    public static Expression<T> Of(ReadOnlySpan<byte> written, T[] references) =>
        new(written.ToArray(), references.Length == 0 ? [] : FormPositions.Find(written), references);

    /// <summary>Copies text and writes, for each reference, what <paramref name="write"/> writes for it.</summary>
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

    /// <summary>This expression with the k-th form replaced by resolutions[k] (its text and its references), where that is not null.</summary>
    public Expression<T> Splice(ReadOnlySpan<Expression<T>?> resolutions)
    {
        if (resolutions.Length != _forms.Length)
        {
            throw new ArgumentException($"{resolutions.Length} resolutions for {_forms.Length} references: expected one for each.", nameof(resolutions));
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
    /// Follows a path (JSON: an array of strings and numbers) through own members and array elements: ends at a part of
    /// the text, at undefined, or at a reference with the rest of the path still to go. Throws RpcValueException where a
    /// part is looked for in undefined.
    /// </summary>
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

    /// <summary>A part of the text, which holds whole expressions, with its references.</summary>
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

/// <summary>Where a path led.</summary>
/// <param name="Value">The value there, with its references; null where a reference stood in the way.</param>
/// <param name="Reference">The reference that stood in the way.</param>
/// <param name="Taken">How many parts of the path were followed before it.</param>
internal readonly record struct PathEnd<T>(Expression<T>? Value, T? Reference, int Taken)
    where T : class;
