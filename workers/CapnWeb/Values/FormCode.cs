using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values;

/// <summary>What an array expression is, by its first element.</summary>
internal enum FormCode : byte
{
    /// <summary>No form of the protocol.</summary>
    Unknown,
    Undefined,
    Infinity,
    NegativeInfinity,
    NaN,
    Bytes,
    BigInt,
    Date,
    Url,
    Error,
    Import,
    Pipeline,
    Export,
    Promise,
    Remap,
    Readable,
    Writable,
    Blob,
    Headers,
    Request,
    Response,
}

/// <summary>The names of the forms.</summary>
internal static class FormCodes
{
    private static readonly string[] s_names =
    [
        "array", "undefined", "inf", "-inf", "nan", "bytes", "bigint", "date", "url", "error", "import", "pipeline", "export", "promise",
        "remap", "readable", "writable", "blob", "headers", "request", "response",
    ];

    /// <summary>The form whose name the reader stands on.</summary>
    public static FormCode Of(ref readonly Utf8JsonReader reader) =>
        reader.TokenType != JsonTokenType.String ? FormCode.Unknown
        : reader.ValueIsEscaped ? Of(System.Text.Encoding.UTF8.GetBytes(JsonText.Read(in reader)))
        : Of(reader.ValueSpan);

    public static bool IsReference(this FormCode code) => code is >= FormCode.Import and <= FormCode.Writable;

    /// <summary>The form's name.</summary>
    public static string Name(this FormCode code) => s_names[(int)code];

    private static FormCode Of(ReadOnlySpan<byte> name) => name.Length switch
    {
        3 => Either(name, "inf"u8, FormCode.Infinity, "nan"u8, FormCode.NaN, "url"u8, FormCode.Url),
        4 => Either(name, "date"u8, FormCode.Date, "-inf"u8, FormCode.NegativeInfinity, "blob"u8, FormCode.Blob),
        5 => Either(name, "bytes"u8, FormCode.Bytes, "error"u8, FormCode.Error, "remap"u8, FormCode.Remap),
        6 => name.SequenceEqual("bigint"u8)
            ? FormCode.BigInt
            : Either(name, "export"u8, FormCode.Export, "import"u8, FormCode.Import, []),
        7 => Either(name, "promise"u8, FormCode.Promise, "headers"u8, FormCode.Headers, "request"u8, FormCode.Request),
        8 => name.SequenceEqual("pipeline"u8)
            ? FormCode.Pipeline
            : Either(name, "readable"u8, FormCode.Readable, "writable"u8, FormCode.Writable, "response"u8, FormCode.Response),
        9 => name.SequenceEqual("undefined"u8) ? FormCode.Undefined : FormCode.Unknown,
        _ => FormCode.Unknown,
    };

    private static FormCode Either(
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> first,
        FormCode ifFirst,
        ReadOnlySpan<byte> second,
        FormCode ifSecond,
        ReadOnlySpan<byte> third,
        FormCode ifThird = FormCode.Unknown) =>
        name.SequenceEqual(first) ? ifFirst
        : name.SequenceEqual(second) ? ifSecond
        : name.SequenceEqual(third) ? ifThird
        : FormCode.Unknown;
}
