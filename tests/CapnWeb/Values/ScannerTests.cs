using System.Text;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.Tests.CapnWeb.Values;

/// <summary>The references that a scan finds, and the limits that it enforces.</summary>
public class ScannerTests
{
    [Fact]
    public void Scan_lists_mentions_in_order_with_parts()
    {
        string text =
            """{"a":["pipeline",1,["x",0],[["import",-2],{"b":["export",-3,"more"]}]],"c":[[["promise",-4]]],"d":"""
            + """["remap",0,[],[["import",5]],[["pipeline",0]]],"e":["import",6]}""";

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
    public void Depth_counts_values_and_not_brackets(string open, string close)
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
    public void Too_deep_value_is_refused_before_sending(string open, string close)
    {
        object? within = WireText.Read<object?>(Nested(open, close, 255));
        object? beyond = new object?[] { within };

        Assert.Equal(Nested(open, close, 255), WireText.Write(within));
        Assert.Contains(
            "nested too deep", Assert.Throws<RpcValueException>(() => WireText.Write(beyond)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Value_too_deep_for_the_stack_is_refused()
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

        // Whether this depth overflows the stack depends on the machine, so a read may also succeed.
        Assert.IsType<RpcValueException>(failures[0]);
        Assert.True(failures[1] is null or RpcValueException);
    }

    [Fact]
    public void Value_that_contains_itself_is_refused()
    {
        Dictionary<string, object?> members = [];
        members["again"] = new object?[] { members };
        Dictionary<string, object?> properties = [];
        properties["self"] = new RpcException("Error", "again") { Properties = properties };

        Assert.Throws<RpcValueException>(() => WireText.Write(members));
        Assert.Throws<RpcValueException>(() => WireText.Write(properties));
    }

    [Fact]
    public void References_and_digits_are_limited()
    {
        RpcLimits limits = new() { MaxReferences = 3, MaxBigIntDigits = 5 };

        Scan("""[[["import",0],["export",-1],["pipeline",1]]]""", limits);
        Scan("""["bigint","-1234"]""", limits);
        Assert.Equal("RangeError", ErrorTypeOf("""[[["import",0],["export",-1],["pipeline",1],["import",2]]]"""));
        Assert.Equal("TypeError", ErrorTypeOf("""["bigint","-12345"]"""));

        string ErrorTypeOf(string text) => Assert.Throws<RpcProtocolException>(() => Scan(text, limits)).ErrorType;
    }

    [Theory]
    [InlineData("""["import"]""")]
    [InlineData("""["import","1"]""")]
    [InlineData("""["import",1.5]""")]
    [InlineData("""["import",1,"path"]""")]
    [InlineData("""["pipeline",1,[null]]""")]
    [InlineData("""["pipeline",1,[],{}]""")]
    [InlineData("""["pipeline",1,[],[],[]]""")]
    [InlineData("""["remap",1,[],[]]""")]
    [InlineData("""["remap",1,[],[["pipeline",0]],[5]]""")]
    [InlineData("""["remap",1,[],[["import",0,1]],[5]]""")]
    [InlineData("""[["a"],"b"]""")]
    public void Malformed_reference_or_array_ends_the_session(string text) => Assert.Throws<RpcProtocolException>(() => Scan(text));

    [Theory]
    [InlineData("""["what"]""")]
    [InlineData("""["regexp","a","g"]""")]
    [InlineData("""["map",[[1,["date",0]]]]""")]
    [InlineData("""["error","Error"]""")]
    [InlineData("""["error","Error","m",null,[[]]]""")]
    [InlineData("""["date"]""")]
    [InlineData("""["date","now"]""")]
    [InlineData("""["bytes"]""")]
    [InlineData("""["bytes","AQID","Int16Array"]""")]
    [InlineData("""["bytes","AQID","Int12Array"]""")]
    [InlineData("""["bytes","AQID","\ud800\ud800"]""")]
    [InlineData("""["\ud800"]""")]
    [InlineData("""["request","x:",{"\ud800a":1}]""")]
    [InlineData("""["response",null,{"\ud800abc":1}]""")]
    [InlineData("""["url","http://e.com/",1]""")]
    [InlineData("""["url","relative"]""")]
    [InlineData("""["bigint","--1"]""")]
    [InlineData("""["undefined",[{}]]""")]
    [InlineData("""["blob"]""")]
    public void Bad_value_is_a_fault_of_its_call(string text)
    {
        (List<Mention> mentions, RpcException? fault) = Scan($$"""{"a":{{text}},"b":["pipeline",1,[],[{{text}}]],"c":["export",-1]}""");

        Assert.Equal("TypeError", fault?.ErrorType);
        Assert.Equal([MentionKind.Pipeline, MentionKind.Export], mentions.Select(mention => mention.Kind));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[[1]")]
    [InlineData("1 2")]
    [InlineData("\"\\u12\"")]
    [InlineData("[[1,]]")]
    public void Invalid_JSON_is_a_SyntaxError(string text) =>
        Assert.Equal("SyntaxError", Assert.Throws<RpcProtocolException>(() => Scan(text)).ErrorType);

    private static string Nested(string open, string close, int levels) =>
        new StringBuilder().Insert(0, open, levels).Append('1').Insert(levels * open.Length + 1, close, levels).ToString();

    private static string Part(string text, TextRange range) => text.Substring(range.Start, range.Length);

    private static (List<Mention> Mentions, RpcException? Fault) Scan(string text, RpcLimits? limits = null)
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

            return (mentions, found.Fault);
        }
        finally
        {
            found.Dispose();
        }
    }
}
