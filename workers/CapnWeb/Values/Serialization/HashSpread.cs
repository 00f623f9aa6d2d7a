using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Values.Serialization;

/// <summary>
/// Refuses keys that a hash table would find slowly. The hash codes of numbers and records are known, so a peer can choose keys of one
/// bucket: 60 000 of them took 3 s. Strings are safe, because .NET chooses another hash function for them when many collide.
/// </summary>
internal static class HashSpread
{
    // Random keys take half a comparison each.
    private const int MaxComparisonsPerKey = 16;

    // So few keys cannot take more comparisons.
    private const int AlwaysAccepted = 2 * MaxComparisonsPerKey;

    /// <summary>Whether the comparer of this type has hash codes that a peer can predict.</summary>
    public static bool IsPredictable<T>() => typeof(T) != typeof(string);

    /// <summary>Adds the keys to a hash table like that of .NET, and stops when this takes too many comparisons.</summary>
    /// <param name="keys">The keys, some of which may be equal.</param>
    public static void Check<T>(List<T> keys)
    {
        if (keys.Count <= AlwaysAccepted)
        {
            return;
        }

        EqualityComparer<T> comparer = EqualityComparer<T>.Default;
        // The collections of .NET choose the same number of buckets for so many elements.
        int[] lasts = new int[new HashSet<T>(keys.Count).Capacity];
        (int Hash, int Next)[] entries = new (int, int)[keys.Count];
        long left = (long)MaxComparisonsPerKey * keys.Count;
        for (int index = 0; index < entries.Length; index++)
        {
            int hash = keys[index] is { } key ? comparer.GetHashCode(key) : 0;
            ref int last = ref lasts[(uint)hash % (uint)lasts.Length];
            int next = last;
            while (next > 0 && !(entries[next - 1].Hash == hash && comparer.Equals(keys[next - 1], keys[index])))
            {
                next = entries[next - 1].Next;
                left--;
            }

            if (left < 0)
            {
                throw FormReader.Unexpected("keys with different hash codes", "too many of one");
            }

            if (next == 0)
            {
                entries[index] = (hash, last);
                last = index + 1;
            }
        }
    }
}
