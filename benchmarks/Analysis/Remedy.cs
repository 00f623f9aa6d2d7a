using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Http;
using WorkerRpc.Bindings.References;
using WorkerRpc.Bindings.Remedies;

namespace WorkerRpc.Benchmarks.Analysis;

/// <summary>
/// Something that may make a call cheaper, as two methods that differ in nothing else. To add one: the binding of what is not
/// measured yet, tagged <see cref="BindingTags.Remedy"/>, then its line in <see cref="All"/>.
/// </summary>
/// <param name="Name">What is done, as its line of advice begins.</param>
/// <param name="Without">The id of the method that does not do it.</param>
/// <param name="With">The id of the method that does.</param>
internal sealed record Remedy(string Name, string Without, string With)
{
    /// <summary>The arguments that measure every remedy, and what it is held against.</summary>
    public const string HowToMeasure = $"--anyCategories {BindingTags.Core} {BindingTags.Remedy}";

    /// <summary>Every remedy, in the order of every report.</summary>
    public static readonly IReadOnlyList<Remedy> All =
    [
        OfSerialization("generated JSON instead of reflection", new JsonReflection(), new JsonReference()),
        OfSerialization("MessagePack instead of JSON", new JsonReference(), new MessagePackReference()),
        OfSerialization("int keys instead of names in MessagePack", new MessagePackStringKeys(), new MessagePackReference()),
        OfSerialization("LZ4 on MessagePack", new MessagePackReference(), new MessagePackLz4()) with { Compresses = true },
        OfSerialization("relaxed escaping of non-ASCII text in JSON", new JsonNonAscii(), new JsonNonAsciiRelaxed()),
        OfSerialization("MessagePack instead of JSON for non-ASCII text", new JsonNonAscii(), new MessagePackNonAscii()),
        OfCalls("pooled connection instead of a new one a call", new RawFetchNewConnection(), new RawFetchBinding()),
        OfCalls(FormattableString.Invariant($"blocks of {LargeBlocks.BlockKiB} KiB instead of 4 KiB at the server"), new RawFetchBinding(), new RawFetchLargeBlocks()),
        OfCalls("cached result", new ServiceBinding(), new ServiceBindingCached()) with { Caches = true },
        OfBatch(new ServiceBindingBatch1()),
        OfBatch(new ServiceBindingBatch10()),
        OfBatch(new ServiceBindingBatch100()),
        OfCalls("gzip over a socket", new RawFetchBinding(), new RawFetchGzip()) with { Compresses = true },
        OfCalls("Brotli over a socket", new RawFetchBinding(), new RawFetchBrotli()) with { Compresses = true },
    ];

    /// <summary>The function of the cases that are compared.</summary>
    public string Function { get; private init; } = CaseId.NoFunction;

    /// <summary>The calls that one call of <see cref="With"/> stands for.</summary>
    public int Calls { get; private init; } = 1;

    /// <summary>Whether only calls that hit are measured, so that it pays from some rate of hits on.</summary>
    public bool Caches { get; private init; }

    /// <summary>Whether what it saves depends on what the text is.</summary>
    public bool Compresses { get; private init; }

    /// <summary>The cases that one of the other side is held against, or that are held against it.</summary>
    public static IEnumerable<CaseId> Counterparts(CaseId id) =>
        from remedy in All
        where remedy.Function == id.Function
        from other in remedy.With == id.Method ? [remedy.Without] : remedy.Without == id.Method ? [remedy.With] : Array.Empty<string>()
        select id.By(other);

    private static Remedy OfSerialization(string name, IBinding without, IBinding with) => new(name, without.Id, with.Id);

    private static Remedy OfCalls(string name, IBinding without, IBinding with) => new(name, without.Id, with.Id) { Function = Matrix.Echo };

    private static Remedy OfBatch(ServiceBindingBatch with) =>
        OfCalls(FormattableString.Invariant($"batch of {with.Calls}"), new ServiceBinding(), with) with { Calls = with.Calls };
}
