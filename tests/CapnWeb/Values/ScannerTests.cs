using System.Text;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.Tests.CapnWeb.Values;

/// <summary>What a scan says of the references in a text, and where the limits lie.</summary>
public class ScannerTests
{
    [Fact]
    public void Mentions_are_listed_in_order_with_their_parts_and_those_within_their_arguments_behind_them()
    {
        const string text =
            """{"a":["pipeline",1,["x",0],[["import",-2],{"b":["export",-3,"more"]}]],"c":[[["promise",-4]]],"d":["remap",0,[],[["import",5]],[["pipeline",0]]],"e":["import",6]}""";

        (List<Mention> mentions, _) = Scan(text);

        Assert.Equal(
            [
                (MentionKind.Pipeline, 1L, 2, """["pipeline",1,["x",0],[["import",-2],{"b":["export",-3,"more"]}]]"""),
                (MentionKind.Import, -2, 0, """["import",-2]"""),
                (MentionKind.Export, -3, 0, """["export",-3,"more"]"""),
                (MentionKind.Promise, -4, 0, """["promise",-4]"""),
                (MentionKind.Remap, 0, 0, """["remap",0,[],[["import",5]],[["pipeline",0]]]"""),
                (MentionKind.Import, 6, 0, """["import",6]"""),
            ],
            mentions.Select(mention => (mention.Kind, mention.Id, mention.Descendants, Part(text, mention.Form))));
        Assert.Equal("""["x",0]""", Part(text, mentions[0].Path));
        Assert.Equal("""[["import",-2],{"b":["export",-3,"more"]}]""", Part(text, mentions[0].Arguments));
        Assert.True(mentions[1].Arguments.IsMissing && mentions[1].Path.IsMissing);
        Assert.Equal("""[["import",5]]""", Part(text, mentions[4].Captures));
        Assert.Equal("""[["pipeline",0]]""", Part(text, mentions[4].Instructions));
    }

    [Theory]
    [InlineData("[[", "]]")]
    [InlineData("""{"a":""", "}")]
    [InlineData("""["pipeline",0,[],[""", "]]")]
    [InlineData("""["error","Error","m",null,{"a":""", "}]")]
    public void The_depth_is_counted_by_values_not_by_brackets(string open, string close)
    {
        string within = Nested(open, close, 255);
        string beyond = Nested(open, close, 256);

        Assert.Null(Record.Exception(() => Scan(within)));
        Assert.Equal("TypeError", Assert.Throws<RpcProtocolException>(() => Scan(beyond)).ErrorType);
    }

    [Theory]
    [InlineData("[[", "]]")]
    [InlineData("""{"a":""", "}")]
    [InlineData("""["error","Error","m",null,{"a":""", "}]")]
    public void The_sender_refuses_what_a_peer_would(string open, string close)
    {
        object? within = WireText.Read<object?>(Nested(open, close, 255));
        object? beyond = new object?[] { within };

        Assert.Equal(Nested(open, close, 255), WireText.Write(within));
        Assert.Contains("nested too deep", Assert.Throws<RpcValueException>(() => WireText.Write(beyond)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_too_deep_for_the_stack_is_refused_whatever_the_limit()
    {
        const int LittleStack = 384 * 1024;
        const int Levels = 250;
        Dictionary<string, object?> error = [];
        error["self"] = new RpcException("Error", "again") { Properties = error };
        string deep = string.Concat(Enumerable.Repeat("[[", Levels)) + string.Concat(Enumerable.Repeat("]]", Levels));
        var failures = new List<Exception?>();

        var thread = new Thread(
            () =>
            {
                failures.Add(Record.Exception(() => WireText.Write(error)));
                failures.Add(Record.Exception(() => WireText.Read<object>(deep)));
            },
            LittleStack);
        thread.Start();
        thread.Join();

        // How deep is too deep is the machine's to say; that nothing worse happens is ours.
        Assert.IsType<RpcValueException>(failures[0]);
        Assert.True(failures[1] is null or RpcValueException);
    }

    [Fact]
    public void A_value_that_holds_itself_is_refused()
    {
        Dictionary<string, object?> members = [];
        members["again"] = new object?[] { members };
        Dictionary<string, object?> properties = [];
        properties["self"] = new RpcException("Error", "again") { Properties = properties };

        Assert.Throws<RpcValueException>(() => WireText.Write(members));
        Assert.Throws<RpcValueException>(() => WireText.Write(properties));
    }

    [Fact]
    public void References_and_digits_are_counted_up_to_their_limits()
    {
        RpcLimits limits = new() { MaxReferences = 3, MaxBigIntDigits = 5 };

        Scan("""[[["import",0],["export",-1],["pipeline",1]]]""", limits);
        Scan("""["bigint","-1234"]""", limits);
        Assert.Equal("RangeError", Assert.Throws<RpcProtocolException>(() => Scan("""[[["import",0],["export",-1],["pipeline",1],["import",2]]]""", limits)).ErrorType);
        Assert.Equal("TypeError", Assert.Throws<RpcProtocolException>(() => Scan("""["bigint","-12345"]""", limits)).ErrorType);
    }

    [Theory]
    [InlineData("""["import"]""")]
    [InlineData("""["import","1"]""")]
    [InlineData("""["import",1.5]""")]
    [InlineData("""["import",1,"path"]""")]
    [InlineData("""["pipeline",1,[null]]""")]
    [InlineData("""["pipeline",1,[],{}]""")]
    [InlineData("""["pipeline",1,[],[],[]]""")]
    [InlineData("""["pipeline",1,[],[["what"]]]""")]
    [InlineData("""["remap",1,[],[]]""")]
    [InlineData("""["remap",1,[],[["pipeline",0]],[5]]""")]
    [InlineData("""["remap",1,[],[["import",0,1]],[5]]""")]
    [InlineData("""["error","Error"]""")]
    [InlineData("""["error","Error","m",null,[[]]]""")]
    [InlineData("""["date","now"]""")]
    [InlineData("""["bytes","AQID","Int16Array"]""")]
    [InlineData("""["url","http://e.com/",1]""")]
    [InlineData("""["bigint","--1"]""")]
    [InlineData("""[["a"],"b"]""")]
    public void A_malformed_form_ends_the_session(string text) => Assert.Throws<RpcProtocolException>(() => Scan(text));

    [Theory]
    [InlineData("")]
    [InlineData("[[1]")]
    [InlineData("1 2")]
    [InlineData("\"\\u12\"")]
    [InlineData("[[1,]]")]
    public void What_is_no_json_ends_the_session_with_a_syntax_error(string text) =>
        Assert.Equal("SyntaxError", Assert.Throws<RpcProtocolException>(() => Scan(text)).ErrorType);

    private static string Nested(string open, string close, int levels) =>
        new StringBuilder().Insert(0, open, levels).Append('1').Insert(levels * open.Length + 1, close, levels).ToString();

    private static string Part(string text, TextRange range) => text.Substring(range.Start, range.Length);

    private static (List<Mention> Mentions, string? Refused) Scan(string text, RpcLimits? limits = null)
    {
        MentionList found = default;
        try
        {
            ExpressionScanner.ScanAll(Encoding.UTF8.GetBytes(text), limits ?? RpcLimits.Default, ref found);
            List<Mention> mentions = [];
            for (int index = 0; index < found.Count; index++)
            {
                mentions.Add(found[index]);
            }

            return (mentions, found.Refused);
        }
        finally
        {
            found.Dispose();
        }
    }
}
