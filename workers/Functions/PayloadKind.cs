using System.Text.Json.Serialization;

namespace WorkerRpc.Functions;

/// <summary>
/// The kind of text in a payload's data. The kind changes how long serializers and compressors need, so figures of different kinds are
/// never compared.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<PayloadKind>))]
public enum PayloadKind
{
    // Letters is the default value: reports of older programs do not name a kind, and their payloads were letters.

    /// <summary>One repeated letter.</summary>
    [JsonStringEnumMemberName("letters")]
    Letters,

    /// <summary>Words with quotes, line ends and 1 % of non-ASCII characters.</summary>
    [JsonStringEnumMemberName("text")]
    Text,

    /// <summary>Nested records as a JSON text.</summary>
    [JsonStringEnumMemberName("json")]
    Json,

    /// <summary>Pseudo-random bytes as base64 text.</summary>
    [JsonStringEnumMemberName("binary")]
    Binary,
}

/// <summary>The names and descriptions of the payload kinds.</summary>
public static class PayloadKinds
{
    /// <summary>The kind that runs measure by default. The workers' endpoints use <see cref="PayloadKind.Letters"/> by default.</summary>
    public const PayloadKind OfRuns = PayloadKind.Text;

    private static readonly (PayloadKind Kind, string Name, string What)[] s_all =
    [
        (PayloadKind.Text, "text", "words with quotes, line ends and 1 % of non-ASCII characters"),
        (PayloadKind.Letters, "letters", "one repeated letter"),
        (PayloadKind.Json, "json", "nested records as a JSON text"),
        (PayloadKind.Binary, "binary", "pseudo-random bytes as base64"),
    ];

    /// <summary>All kinds, in the order of help and messages.</summary>
    public static readonly IReadOnlyList<PayloadKind> All = [.. s_all.Select(one => one.Kind)];

    /// <summary>Returns the kind with the given name.</summary>
    /// <exception cref="UnusableInputException">No kind has that name. The message lists the known names.</exception>
    public static PayloadKind Find(string name) =>
        s_all.Any(one => one.Name == name)
            ? s_all.First(one => one.Name == name).Kind
            : throw UnusableInputException.Unknown("payload kind", name, s_all.Select(one => one.Name));

    /// <summary>Returns the kind's name in options, queries and reports.</summary>
    public static string Name(this PayloadKind kind) => s_all.First(one => one.Kind == kind).Name;

    /// <summary>Returns the kind's name, followed by a description in parentheses.</summary>
    public static string Describe(this PayloadKind kind) => $"{kind.Name()} ({s_all.First(one => one.Kind == kind).What})";
}
