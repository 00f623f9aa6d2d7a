using System.Text;
using WorkerRpc.Hostile.Mutating;
using WorkerRpc.Hostile.Targets;
using WorkerRpc.Tests.CapnWeb.Transports;

namespace WorkerRpc.Tests.Hostile;

/// <summary>The mutator reaches deep into the library: its sessions do not end at the first message.</summary>
public sealed class MutatorTests
{
    private const int Seed = 28;

    private const int Recipes = 200;

    private const int Mutations = 3;

    // One of 8 recipes is delivered without repair, and most of those end.
    private const double MinLivedShare = 0.75;

    [Fact]
    public void Most_mutated_sessions_live()
    {
        var random = new Random(Seed);
        var target = new SessionTarget();
        FuzzOutcome[] outcomes =
        [
            .. Enumerable.Range(0, Recipes).Select(_ => Recipe.Random(random))
                .Select(recipe => Run(target, recipe[..Math.Min(recipe.Length, 4 + (Mutations * Recipe.MutationBytes))])),
        ];

        Assert.InRange(outcomes.Count(outcome => outcome.Lived) / (double)Recipes, MinLivedShare, 0.99);
        Assert.InRange(outcomes.Average(outcome => outcome.Messages), 3, 1_000);
    }

    [Fact]
    public void Recipe_gives_the_same_conversation_each_time()
    {
        byte[] recipe = Recipe.Random(new Random(Seed));

        Assert.Equal(Texts(Recipe.Apply(recipe, Inputs.Parsed)), Texts(Recipe.Apply(recipe, Inputs.Parsed)));
    }

    [Fact]
    public void Every_mutation_changes_some_conversation()
    {
        var random = new Random(Seed);
        int changed = Enumerable.Range(0, Recipes).Count(i =>
        {
            byte[] recipe = Recipe.Random(random);
            return !Texts(Recipe.Apply(recipe, Inputs.Parsed)).SequenceEqual(Texts(Recipe.Apply(recipe.AsSpan(0, 4), Inputs.Parsed)));
        });

        Assert.InRange(changed, Recipes * 9 / 10, Recipes);
    }

    [Theory]
    [InlineData("""["pull",9]""")]
    [InlineData("""["release",-4,7]""")]
    [InlineData("""["abort",["error","Error","x"]]""")]
    [InlineData("""["nope"]""")]
    public void Peer_drops_messages_that_no_id_can_repair(string message) => Assert.Null(new Peer().Repair(Parse(message)));

    [Theory]
    [InlineData("""["push",["pipeline",5,["a",-1,{}],[["export",9],["promise",9],["nope",1]]]]""",
        """["push",["pipeline",0,["a"],[["export",-1],["promise",-2],[["nope",1]]]]]""")]
    [InlineData("""["push",["remap",0,[],[["import",3]],[["pipeline",9,["a"],[]],["pipeline",9],["export",-1]]]]""",
        """["push",["remap",0,[],[["import",0]],[["pipeline",0,["a"],[]],["pipeline",1],null]]]""")]
    [InlineData("""["push",[1,2]]""", """["push",[[1,2]]]""")]
    public void Peer_repairs_ids_and_forms(string message, string repaired) =>
        Assert.Equal(repaired, new Peer().Repair(Parse(message))?.ToString());

    [Fact]
    public void Peer_releases_each_object_once()
    {
        var peer = new Peer();
        peer.Repair(Parse("""["push",["pipeline",0,["makeCounter"],[1]]]"""));
        // The last two elements are strings and numbers in arrays, not exports.
        peer.Observe(Parse("""["resolve",1,[[["export",-1],["export",-1],[["export",-1]],[["promise",-7]]]]]"""));

        Assert.Equal("""["release",-1,2]""", peer.Repair(Parse("""["release",-1,99]"""))?.ToString());
        Assert.Equal("""["release",1,1]""", peer.Repair(Parse("""["release",-1,1]"""))?.ToString());
        Assert.Null(peer.Repair(Parse("""["release",1,1]""")));
    }

    [Theory]
    [InlineData(255)]
    [InlineData(22)]
    [InlineData(31)]
    public async Task Legal_frames_carry_the_messages(byte delivery)
    {
        string[] messages = ["first", new string('x', 300), "last"];
        using var wire = new MemoryStream(Frames.Of(messages, delivery));
        var text = new StringBuilder();
        while (await RawFrame.ReadAsync(wire) is { Opcode: not RawFrame.Close } frame)
        {
            if (frame.Opcode is RawFrame.TextMessage or RawFrame.Continuation)
            {
                text.Append(frame.Text).Append(frame.IsFinal ? "\n" : "");
            }
        }

        Assert.Equal(string.Concat(messages.Select(message => message + "\n")), text.ToString());
        Assert.Equal(wire.Length, wire.Position);
    }

    // Finding faults is the fuzzers' task. Here a fault only counts as a session that has ended.
    private static FuzzOutcome Run(SessionTarget target, byte[] recipe)
    {
        try
        {
            return target.Run(recipe);
        }
        catch (FuzzFailureException e)
        {
            return new FuzzOutcome(Lived: false, Messages: e.Input.AsSpan().Count((byte)'\n') + 1);
        }
    }

    private static JsonList Parse(string message) => (JsonList)JsonTree.TryParse(message)!;

    private static string[] Texts(IEnumerable<JsonList> messages) => [.. messages.Select(message => message.ToString())];
}
