using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>The form of a number that JSON cannot express, such as infinity. The converters of double and float write it.</summary>
internal sealed class NumberForm : ValueForm
{
    public static readonly NumberForm Infinity = new("inf", double.PositiveInfinity);
    public static readonly NumberForm NegativeInfinity = new("-inf", double.NegativeInfinity);
    public static readonly NumberForm NaN = new("nan", double.NaN);

    private readonly object _boxed;

    private NumberForm(string name, double value)
        : base(name)
    {
        Value = value;
        _boxed = value;
    }

    public double Value { get; }

    public override IReadOnlyList<WireType> Types => [];

    public override void Scan(ref Utf8JsonReader reader, in FormPlace place, ref MentionList mentions) => FormGrammar.SkipToEnd(ref reader);

    public override object Read(ref Utf8JsonReader reader, int start)
    {
        FormGrammar.SkipToEnd(ref reader);
        return _boxed;
    }
}
