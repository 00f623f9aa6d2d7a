namespace WorkerRpc.Tests.CapnWeb.Sessions;

/// <summary>Mutates messages at random, for fuzz tests.</summary>
internal static class Mutation
{
    private static readonly byte[] s_interestingBytes = "[]{}\",:0123456789-.eE\\ntfpulrse\0\u007f"u8.ToArray();

    /// <summary>Applies one to three changes of a few bytes.</summary>
    public static byte[] Of(byte[] message, Random random)
    {
        List<byte> bytes = [.. message];
        for (int i = random.Next(1, 4); i > 0 && bytes.Count > 0; i--)
        {
            int place = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes.RemoveAt(place);
                    break;
                case 1:
                    bytes.Insert(place, s_interestingBytes[random.Next(s_interestingBytes.Length)]);
                    break;
                case 2:
                    bytes[place] = s_interestingBytes[random.Next(s_interestingBytes.Length)];
                    break;
                case 3:
                    bytes[place] ^= (byte)(1 << random.Next(8));
                    break;
                default:
                    bytes.InsertRange(place, bytes.GetRange(place, Math.Min(random.Next(1, 20), bytes.Count - place)));
                    break;
            }
        }

        return [.. bytes];
    }
}
