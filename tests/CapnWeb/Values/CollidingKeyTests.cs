using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.Tests.CapnWeb.Values;

/// <summary>Keys that a peer chooses so that hash tables are slow.</summary>
public class CollidingKeyTests
{
    private const int Count = 2000;

    // Integers have themselves as hash codes, and a table for 2000 elements has 2333 buckets, or another prime number of them.
    private static readonly int s_buckets = new HashSet<int>(Count).Capacity;

    private static readonly IEnumerable<long> s_hashZero = Enumerable.Range(1, Count).Select(i => ((long)i << 32) | (uint)i);

    [Fact]
    public void Keys_of_one_hash_code_or_bucket_are_refused()
    {
        IEnumerable<long> oneBucket = Enumerable.Range(1, Count).Select(i => (long)i * s_buckets);
        IEnumerable<Guid> guids = Enumerable.Range(1, Count).Select(i => new Guid(i, 0, 0, [.. BitConverter.GetBytes(i), 0, 0, 0, 0]));

        AssertRefused<Dictionary<long, object?>>(Members(s_hashZero));
        AssertRefused<IReadOnlyDictionary<ulong, int>>(Members(s_hashZero));
        AssertRefused<ImmutableDictionary<long, int>>(Members(s_hashZero));
        AssertRefused<ConcurrentDictionary<long, int>>(Members(s_hashZero));
        AssertRefused<Dictionary<int, int>>(Members(oneBucket));
        AssertRefused<Dictionary<uint, int>>(Members(oneBucket));
        AssertRefused<Dictionary<DayOfWeek, int>>(Members(oneBucket));
        AssertRefused<Dictionary<Guid, int>>(Members(guids));
        AssertRefused<HashSet<long>>(Elements(s_hashZero));
        AssertRefused<ISet<double>>(Elements(oneBucket.Select(i => BitConverter.Int64BitsToDouble(i << 32 | i))));
        AssertRefused<ImmutableHashSet<long>>(Elements(s_hashZero));
        AssertRefused<IReadOnlySet<Place>>(Elements(s_hashZero.Select(i => $$"""{"x":{{i}},"y":0}""")));
        AssertRefused<HashSet<int>>(
            $"[\"bytes\",\"{Convert.ToBase64String([.. oneBucket.SelectMany(i => BitConverter.GetBytes((int)i))])}\",\"Int32Array\"]");
    }

    [Fact]
    public void Other_keys_are_read_whatever_their_number()
    {
        Dictionary<long, int> counted = WireText.Read<Dictionary<long, int>>(Members(Enumerable.Range(0, 50_000)));
        Dictionary<Guid, int> guids = WireText.Read<Dictionary<Guid, int>>(Members(Enumerable.Range(0, Count).Select(_ => Guid.NewGuid())));

        Assert.Equal((50_000, 49_999), (counted.Count, counted[49_999]));
        Assert.Same(new Dictionary<long, int>().Comparer, counted.Comparer);
        Assert.Equal(Count, guids.Count);
        Assert.Equal(Count, WireText.Read<SortedSet<long>>(Elements(s_hashZero)).Count);
        Assert.Equal(32, WireText.Read<HashSet<long>>(Elements(s_hashZero.Take(32))).Count);
        Assert.Equal([5L], WireText.Read<HashSet<long>>(Elements(Enumerable.Repeat(5, Count))));
        Assert.Equal([null], WireText.Read<HashSet<long?>>(Elements(Enumerable.Repeat("null", Count))));
        Assert.Equal(2, WireText.Read<Dictionary<int, int>>("""{"7":1,"07":2}""")[7]);
    }

    private static void AssertRefused<T>(string text) =>
        Assert.Contains("hash", Assert.Throws<RpcValueException>(() => WireText.Read<T>(text)).Message, StringComparison.Ordinal);

    private static string Members<T>(IEnumerable<T> keys) =>
        $"{{{string.Join(',', keys.Select((key, i) => string.Create(CultureInfo.InvariantCulture, $"\"{key}\":{i}")))}}}";

    private static string Elements<T>(IEnumerable<T> elements) =>
        $"[[{string.Join(',', elements.Select(each => each is double number ? WireText.Write(number) : $"{each}"))}]]";

    public sealed record Place(long X, int Y);
}
