using System.Text.Json;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Tests.CapnWeb.Sessions;
using WorkerRpc.Tests.CapnWeb.Traces;

namespace WorkerRpc.Tests.CapnWeb.Values;

/// <summary>Unusual and hostile values have the same outcome as in the npm package: a value or an abort of the same type.</summary>
public class TracedOutcomeTests
{
    // Traces where this library deliberately differs from npm, with its own result.
    private static readonly Dictionary<string, string> s_departures = new()
    {
        // The npm package loses an unknown error type; this library keeps it.
        ["decode/error-unknown-type"] = """["error","NoSuchError","m"]""",
    };

    public static TheoryData<string> Decoded => [.. Trace.Names("decode").Select(row => row.Data).Where(name => !IsLater(name))];

    [Theory, MemberData(nameof(Decoded))]
    public void Unusual_value_is_read_like_in_npm(string name)
    {
        Trace trace = Trace.Of(name);
        string text = WireText.Elements(WireText.Elements(trace.TextsFrom("peer").First())[1])[3][1..^1];

        Check(trace, text, s_departures.GetValueOrDefault(name));
    }

    [Theory]
    [InlineData("hostile/unknown-type-code")]
    [InlineData("hostile/empty-array")]
    [InlineData("hostile/bad-escape")]
    [InlineData("hostile/non-string-code")]
    [InlineData("hostile/push-literal")]
    [InlineData("limit/depth")]
    [InlineData("limit/depth-boundary-bad")]
    [InlineData("limit/bigint-minus-counts")]
    public void Hostile_value_ends_like_in_npm(string name)
    {
        Trace trace = Trace.Of(name);
        Check(trace, WireText.Elements(trace.TextsFrom("peer").First())[1], departure: null, new RpcLimits { MaxBigIntDigits = 4 });
    }

    [Fact]
    public void Value_at_the_depth_limit_is_read()
    {
        string text = WireText.Elements(Trace.Of("limit/depth-boundary-ok").TextsFrom("peer").First())[1];

        Assert.Equal(text, WireText.Write(WireText.Read<object?>(text)));
    }

    [Theory]
    [InlineData("""["headers",[["a","b"]]]""", false)]
    [InlineData("""["headers",{"a":"b"}]""", false)]
    [InlineData("""["request","http://e.com/",{"method":"POST","body":5}]""", false)]
    [InlineData("""["request","http://e.com/",{"body":["readable",1]}]""", false)]
    [InlineData("""["response","text",{"status":201}]""", false)]
    [InlineData("""["response",null,{"status":99}]""", false)]
    [InlineData("""["blob","text/plain",["bytes","AQI"]]""", false)]
    [InlineData("""["blob","",["readable",1]]""", false)]
    [InlineData("""["readable",1]""", false)]
    [InlineData("""["writable","x"]""", true)]
    public void Unsupported_form_aborts_only_for_a_malformed_reference(string text, bool isAbort)
    {
        RpcException error = Assert.ThrowsAny<RpcException>(() => WireText.Read<object?>($$"""{"a":{{text}}}"""));

        Assert.Equal(isAbort ? typeof(RpcProtocolException) : typeof(RpcValueException), error.GetType());
        Assert.Equal("TypeError", error.ErrorType);
    }

    private static bool IsLater(string name) =>
        name.Contains("headers", StringComparison.Ordinal) || name.Contains("request", StringComparison.Ordinal)
        || name.Contains("response", StringComparison.Ordinal) || name.Contains("blob", StringComparison.Ordinal);

    private static void Check(Trace trace, string text, string? departure, RpcLimits? limits = null)
    {
        IReadOnlyList<string> answer = WireText.Elements(trace.TextsFrom("server").First());
        if (answer[0] == "\"abort\"")
        {
            if (TraceLists.RejectedHere.Contains(trace.Name))
            {
                Assert.Throws<RpcValueException>(() => WireText.Read<object?>(text, limits: limits));
                return;
            }

            string type = JsonSerializer.Deserialize<string>(WireText.Elements(answer[1])[1])!;
            Assert.Equal(type, Assert.Throws<RpcProtocolException>(() => WireText.Read<object?>(text, limits: limits)).ErrorType);
            return;
        }

        Assert.Equal(departure ?? answer[2], WireText.Write(WireText.Read<object?>(text, limits: limits)));
    }
}
