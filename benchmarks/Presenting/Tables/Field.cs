namespace WorkerRpc.Benchmarks.Presenting.Tables;

/// <summary>A value of a row as the JSON Schema describes it.</summary>
/// <param name="Name">The value's name, with the unit.</param>
/// <param name="Type">The type of the value: text, a number or a truth value.</param>
/// <param name="Meaning">
/// The meaning of the value, with the unit and without a full stop; empty in tables that <c>report.json</c> does not have.
/// </param>
internal abstract record Field(string Name, Type Type, string Meaning)
{
    /// <summary>Whether the value can be null.</summary>
    public bool IsNullable { get; init; } = Nullable.GetUnderlyingType(Type) is not null;

    /// <summary>Whether a number can be below 0.</summary>
    public bool IsSigned { get; init; }

    /// <summary>The only texts that the field can have; empty where it can have any.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];
}

/// <summary>A value of a row in CSV and JSON.</summary>
/// <typeparam name="TRow">The row's type.</typeparam>
internal sealed record Field<TRow> : Field
{
    private Field(string name, Type type, string meaning, Func<TRow, object?> value)
        : base(name, type, meaning) => Value = value;

    /// <summary>Reads the value of a row: a string, a double, a long, a bool, or null where it is unknown.</summary>
    public Func<TRow, object?> Value { get; }

    /// <summary>A field whose type is that of its values.</summary>
    public static Field<TRow> Of<TValue>(string name, Func<TRow, TValue> value, string meaning = "") =>
        new(name, typeof(TValue), meaning, row => value(row));

    /// <summary>A text; null where it is empty.</summary>
    public static Field<TRow> OptionalText(string name, Func<TRow, string?> value, string meaning = "") =>
        new(name, typeof(string), meaning, row => value(row) is { Length: > 0 } text ? text : null) { IsNullable = true };
}
