using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Advice;

/// <summary>
/// A change that might make a call faster. It is measured by two methods that differ only in this change. To add a remedy, add a line to
/// <see cref="All"/>. Give a method that is measured only for a remedy the tag <see cref="MethodTags.Remedy"/>. The methods are given as
/// ids, so that an old report can be analyzed without its bindings.
/// </summary>
/// <param name="Name">The remedy's name, which starts a line of advice.</param>
/// <param name="Without">The id of the method without the remedy.</param>
/// <param name="With">The id of the method with the remedy.</param>
internal sealed record RemedyAdvice(string Name, string Without, string With)
{
    /// <summary>
    /// The command-line arguments for a run that measures each remedy: the method with the remedy and the method without it.
    /// </summary>
    public const string HowToMeasure = $"--anyCategories {MethodTags.Core} {MethodTags.Remedy}";

    private const string ByHand = "hand-written formatters";
    private const string ByLibrary = "the library's own formatters";
    private const string OneLetter = "one repeated Greek letter";

    /// <summary>All remedies, in the order of reports.</summary>
    public static readonly IReadOnlyList<RemedyAdvice> All =
    [
        new("generated JSON instead of reflection", "json-reflection", "json-floor"),
        new("MessagePack instead of JSON", "json-floor", "messagepack-floor") { Condition = ByHand },
        new("MessagePack instead of JSON", "json-floor", "messagepack-int-keys") { Condition = ByLibrary },
        new("int keys instead of names in MessagePack", "messagepack-string-keys", "messagepack-int-keys") { Condition = ByLibrary },
        new("LZ4 on MessagePack", "messagepack-floor", "messagepack-lz4") { Condition = ByHand, Compresses = true },
        new("relaxed escaping of non-ASCII text in JSON", "json-non-ascii", "json-non-ascii-relaxed") { Condition = OneLetter },
        new("MessagePack instead of JSON for non-ASCII text", "json-non-ascii", "messagepack-non-ascii")
        {
            Condition = $"{ByHand}, {OneLetter}",
        },
        OfCalls("pooled connection instead of a new one a call", "raw-fetch-new-connection", "raw-fetch"),
        OfCalls("blocks of 128 KiB instead of 4 KiB at the server", "raw-fetch", "raw-fetch-large-blocks"),
        OfCalls("cached result", "service-binding", "service-binding-cached") with { Condition = "one hot key, no misses", Caches = true },
        OfCalls("batch of 1", "service-binding", "service-binding-batch-1"),
        OfCalls("batch of 10", "service-binding", "service-binding-batch-10") with { Calls = 10 },
        OfCalls("batch of 100", "service-binding", "service-binding-batch-100") with { Calls = 100 },
        OfCalls("gzip over a socket", "raw-fetch", "raw-fetch-gzip") with { Compresses = true },
        OfCalls("Brotli over a socket", "raw-fetch", "raw-fetch-brotli") with { Compresses = true },
    ];

    /// <summary>The id of the function whose cases are compared. A remedy that changes only serialization calls no function.</summary>
    public string Function { get; private init; } = CaseId.NoFunction;

    /// <summary>
    /// The condition under which the effect was measured. Reports show it beside the name. Null if the methods' ids say everything.
    /// </summary>
    public string? Condition { get; private init; }

    /// <summary>How many calls without the remedy one call of the method <see cref="With"/> replaces.</summary>
    public int Calls { get; private init; } = 1;

    /// <summary>
    /// Whether the remedy is a cache. Only cache hits are measured, so the advice also states the hit rate above which the cache pays.
    /// </summary>
    public bool Caches { get; private init; }

    /// <summary>Whether the remedy compresses the payload. Its effect then depends on the payload's text.</summary>
    public bool Compresses { get; private init; }

    /// <summary>
    /// The cases that remedies compare with the given case. If it uses a remedy, its counterpart is the same case without the remedy;
    /// otherwise its counterparts are the same case with a remedy.
    /// </summary>
    public static IEnumerable<CaseId> Counterparts(CaseId id) =>
        from remedy in All
        where remedy.Function == id.Function
        from other in new[] { (From: remedy.With, To: remedy.Without), (From: remedy.Without, To: remedy.With) }
        where other.From == id.Method
        select id.By(other.To);

    private static RemedyAdvice OfCalls(string name, string without, string with) =>
        new(name, without, with) { Function = EchoFunction.EchoId };
}
