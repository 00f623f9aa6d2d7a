namespace WorkerRpc.Benchmarks.Presenting.Tables;

/// <summary>A value of a row, as described in the JSON Schema.</summary>
/// <param name="Name">The name of the value, including its unit.</param>
/// <param name="Type">The .NET type of the value: text, number or Boolean.</param>
/// <param name="Meaning">
/// The description of the value with its unit, without a full stop. Empty in tables that <c>report.json</c> does not have.
/// </param>
internal abstract record Field(string Name, Type Type, string Meaning)
{
    /// <summary>Whether the value can be null.</summary>
    public bool IsNullable { get; init; } = Nullable.GetUnderlyingType(Type) is not null;

    /// <summary>Whether the number can be negative.</summary>
    public bool IsSigned { get; init; }

    /// <summary>Whether reports of older programs lack the value.</summary>
    public bool IsOfLaterPrograms { get; init; }

    /// <summary>All texts that the field can have. An empty list allows any text.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];
}

/// <summary>A value of a row in CSV and JSON.</summary>
/// <typeparam name="TRow">The row's type.</typeparam>
internal sealed record Field<TRow> : Field
{
    private Field(string name, Type type, string meaning, Func<TRow, object?> value)
        : base(name, type, meaning) => Value = value;

    /// <summary>Returns the value for a row: a string, double, long or bool, or null if the value is unknown.</summary>
    public Func<TRow, object?> Value { get; }

    /// <summary>Creates a field with the type of its values.</summary>
    public static Field<TRow> Of<TValue>(string name, Func<TRow, TValue> value, string meaning = "") =>
        new(name, typeof(TValue), meaning, row => value(row));

    /// <summary>Creates a field for text. An empty text becomes null.</summary>
    public static Field<TRow> OptionalText(string name, Func<TRow, string?> value, string meaning = "") =>
        new(name, typeof(string), meaning, row => value(row) is { Length: > 0 } text ? text : null) { IsNullable = true };
}
