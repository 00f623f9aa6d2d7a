using System.Text;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.Tests.CapnWeb.Values;

/// <summary>Captured wire text of a value: replacing its references and following property paths.</summary>
public class ExpressionTests
{
    private const string Text = """
        {"a":["export",0],"b":[[1,["pipeline",7,["x"]],{"c":"d"}]],"e":["error","E","m",null,{"cb":["import",1]}],"1":5,"t":["undefined"]}
        """;

    [Fact]
    public void References_replace_their_forms_when_copied()
    {
        using ExpressionWriter writer = new();

        Capture(Text, "A", "B", "C").CopyTo(
            writer, "!", (to, reference, state) => to.WriteRaw(Encoding.UTF8.GetBytes($"<{reference}{state}>")));

        Assert.Equal(
            """{"a":<A!>,"b":[[1,<B!>,{"c":"d"}]],"e":["error","E","m",null,{"cb":<C!>}],"1":5,"t":["undefined"]}""",
            Encoding.UTF8.GetString(writer.WrittenSpan));
    }

    [Fact]
    public void Splice_inserts_resolutions_with_their_references()
    {
        Expression<string> spliced = Capture(Text, "A", "B", "C")
            .Splice([null, Capture("""{"p":["export",1],"q":["export",2]}""", "P", "Q"), Capture("3")]);

        Assert.Equal(
            """{"a":["export",0],"b":[[1,{"p":["export",1],"q":["export",2]},{"c":"d"}]],"e":["error","E","m",null,{"cb":3}],"1":5,"t":"""
            + """["undefined"]}""",
            TextOf(spliced));
        Assert.Equal(["A", "P", "Q"], spliced.References);
        Assert.Equal("Q", spliced.Follow(Path("""["b",1,"q"]""")).Value!.References.Single());
    }

    [Theory]
    [InlineData("[]", Text)]
    [InlineData("""["b",0]""", "1")]
    [InlineData("""["b",2,"c"]""", "\"d\"")]
    [InlineData("""["b",1]""", """["pipeline",7,["x"]]""")]
    [InlineData("[1]", "5")]
    [InlineData("""["1"]""", "5")]
    [InlineData("""["b","0"]""", """["undefined"]""")]
    [InlineData("""["b",3]""", """["undefined"]""")]
    [InlineData("""["b",0.5]""", """["undefined"]""")]
    [InlineData("""["b","length"]""", """["undefined"]""")]
    [InlineData("""["nope"]""", """["undefined"]""")]
    [InlineData("""["toString"]""", """["undefined"]""")]
    [InlineData("""["toString","constructor"]""", """["undefined"]""")]
    [InlineData("""["e","cb"]""", """["undefined"]""")]
    [InlineData("""["b",2,"c","length"]""", """["undefined"]""")]
    public void Path_follows_own_members_and_elements(string path, string expected)
    {
        PathEnd<string> end = Capture(Text, "A", "B", "C").Follow(Path(path));

        Assert.Equal(expected, TextOf(end.Value!));
    }

    [Theory]
    [InlineData("""["nope","x"]""")]
    [InlineData("""["t","x"]""")]
    public void Path_through_undefined_fails(string path) =>
        Assert.Contains(
        "'x'",
        Assert.Throws<RpcValueException>(() => Capture(Text, "A", "B", "C").Follow(Path(path))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Path_stops_at_a_reference()
    {
        PathEnd<string> end = Capture(Text, "A", "B", "C").Follow(Path("""["b",1,"y","z"]"""));

        Assert.Null(end.Value);
        Assert.Equal(("B", 2), (end.Reference, end.Taken));
    }

    [Fact]
    public void Path_follows_the_last_of_two_equal_names() =>
        Assert.Equal("2", TextOf(Capture("""{"a":{"x":1},"\u0061":2}""").Follow(Path("""["a"]""")).Value!));

    [Fact]
    public void Single_reference_is_recognised()
    {
        Assert.True(Capture("""["export",1]""", "A").IsReference);
        Assert.False(Capture("""[[["export",1]]]""", "A").IsReference);
    }

    private static PathRest Path(string text) => new(new PropertyPath(Encoding.UTF8.GetBytes(text)));

    private static Expression<string> Capture(string text, params string[] references) =>
        Expression<string>.Of(Encoding.UTF8.GetBytes(text), references);

    private static string TextOf(Expression<string> expression) => Encoding.UTF8.GetString(expression.Text.Span);
}
