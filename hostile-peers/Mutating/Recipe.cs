namespace WorkerRpc.Hostile.Mutating;

/// <summary>
/// Describes a mutated conversation by bytes: byte 0 is 0, bytes 1 and 2 choose the conversation, byte 3 says how it is delivered, and each
/// group of 8 bytes after that describes one mutation. An input that does not begin with 0 is the conversation's text itself.
/// </summary>
internal static class Recipe
{
    /// <summary>The first byte of a recipe.</summary>
    public const byte Mark = 0;

    public const int MaxMutations = 16;

    public const int MutationBytes = 8;

    private const int HeadBytes = 4;

    // One of 8 recipes is delivered unrepaired.
    private const int WildValues = 32;

    /// <summary>Whether an input is a recipe.</summary>
    public static bool IsRecipe(ReadOnlySpan<byte> input) => input.Length > 0 && input[0] == Mark;

    /// <summary>The recipe of a conversation without mutations.</summary>
    public static byte[] Of(int conversation) => [Mark, (byte)(conversation >> 8), (byte)conversation, byte.MaxValue];

    /// <summary>The recipe of a conversation with random mutations.</summary>
    public static byte[] Of(int conversation, Random random) => [.. Of(conversation), .. Random(random).Skip(HeadBytes)];

    /// <summary>A recipe with random bytes.</summary>
    public static byte[] Random(Random random)
    {
        byte[] recipe = new byte[HeadBytes + (MutationBytes * random.Next(1, MaxMutations + 1))];
        random.NextBytes(recipe);
        recipe[0] = Mark;
        return recipe;
    }

    /// <summary>
    /// Whether the messages are delivered as they are. Otherwise the peer repairs ids and forms, so that the session lives.
    /// </summary>
    public static bool IsWild(ReadOnlySpan<byte> recipe) => Delivery(recipe) < WildValues;

    /// <summary>The byte that says how the messages are delivered.</summary>
    public static byte Delivery(ReadOnlySpan<byte> recipe) => recipe.Length < HeadBytes ? byte.MaxValue : recipe[HeadBytes - 1];

    /// <summary>Makes the mutated conversation.</summary>
    public static List<JsonList> Apply(ReadOnlySpan<byte> recipe, IReadOnlyList<IReadOnlyList<JsonList>> conversations)
    {
        int number = recipe.Length < HeadBytes ? 0 : (recipe[1] << 8) | recipe[2];
        List<JsonList> messages =
            [.. conversations[number % conversations.Count].Select(message => (JsonList)message.Copy())];
        var mutator = new Mutator(messages, conversations);
        recipe = recipe[Math.Min(HeadBytes, recipe.Length)..];
        for (int i = 0; i < MaxMutations && recipe.Length > 0; i++)
        {
            mutator.Mutate(new Choices(recipe[..Math.Min(MutationBytes, recipe.Length)]));
            recipe = recipe[Math.Min(MutationBytes, recipe.Length)..];
        }

        return messages;
    }
}
