using System.Runtime.ExceptionServices;
using System.Text.Json;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Serialization;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.Tests.CapnWeb.Values;

#pragma warning disable CA2201 // Applications do throw plain exceptions.
/// <summary>Conversion between .NET exceptions and JavaScript errors.</summary>
public class ErrorTests
{
    public static TheoryData<Exception, string> Exceptions => new()
    {
        { new Exception("m"), """["error","Error","m"]""" },
        { new ArgumentException("m"), """["error","TypeError","m"]""" },
        { new ArgumentOutOfRangeException(null, "m"), """["error","RangeError","m"]""" },
        { new FormatException("m"), """["error","SyntaxError","m"]""" },
        { new UriFormatException("m"), """["error","URIError","m"]""" },
        { new OverflowException("m"), """["error","RangeError","m",null,{"code":"OverflowException"}]""" },
        { new JsonException("m"), """["error","SyntaxError","m",null,{"code":"JsonException"}]""" },
        {
            new InvalidOperationException("m", new ArgumentException("i")),
            """["error","Error","m",null,{"code":"InvalidOperationException","cause":["error","TypeError","i"]}]"""
        },
        { new RpcException("m") { Code = "E_X" }, """["error","Error","m",null,{"code":"E_X"}]""" },
        {
            new RpcException("RangeError", "m")
            {
                Properties = new Dictionary<string, object?> { ["b"] = 1, ["0"] = RpcUndefined.Value, ["name"] = "x" },
                Cause = null,
            },
            """["error","RangeError","m",null,{"0":["undefined"],"b":1,"cause":null}]"""
        },
        {
            new RpcException("AggregateError", "m") { Errors = [new Exception("a"), 5] },
            """["error","AggregateError","m",null,{"errors":[[["error","Error","a"],5]]}]"""
        },
        { new RpcException("x") { Thrown = "just text" }, "\"just text\"" },
    };

    [Theory, MemberData(nameof(Exceptions))]
    public void Exception_is_sent_as_the_matching_JavaScript_error(Exception error, string text)
    {
        Assert.Equal(text, WriteError(error));
        Assert.Equal(text, WireText.Write(error));
    }

    [Fact]
    public void AggregateException_is_sent_as_AggregateError() =>
        Assert.EndsWith(
            """,null,{"errors":[[["error","Error","a"],["error","TypeError","b"]]]}]""",
            WriteError(new AggregateException(new Exception("a"), new ArgumentException("b"))),
            StringComparison.Ordinal);

    [Fact]
    public void Unsendable_property_is_left_out()
    {
        object?[] bad = [1, new Uri("/relative", UriKind.Relative)];
        RpcException error = new("m") { Properties = new Dictionary<string, object?> { ["bad"] = bad, ["good"] = 1 } };

        Assert.Equal("""["error","Error","m",null,{"good":1}]""", WriteError(error));
    }

    [Fact]
    public void References_in_an_error_are_left_out_without_exceptions()
    {
        const int References = 1000;
        object reference = new ErrorTests();
        RpcException inner = new("i") { Properties = new Dictionary<string, object?> { ["r"] = reference } };
        RpcException error = new("m")
        {
            Properties = Enumerable.Range(0, References).ToDictionary(
                i => $"p{i}", i => (i % 4) switch { 0 => reference, 1 => new object?[] { reference, 1 }, 2 => (object?)inner, _ => i }),
        };
        int thread = Environment.CurrentManagedThreadId;
        int thrown = 0;
        void Count(object? sender, FirstChanceExceptionEventArgs args) => thrown += Environment.CurrentManagedThreadId == thread ? 1 : 0;

        AppDomain.CurrentDomain.FirstChanceException += Count;
        string text = WriteError(error, new Refusing(reference));
        AppDomain.CurrentDomain.FirstChanceException -= Count;

        string kept = string.Join(',', Enumerable.Range(0, References).Where(i => i % 4 > 1).Select(
            i => $"\"p{i}\":{(i % 4 == 2 ? """["error","Error","i"]""" : i)}"));
        Assert.Equal($$"""["error","Error","m",null,{{{kept}}}]""", text);
        Assert.Equal(0, thrown);
    }

    [Fact]
    public void Received_error_keeps_all_its_parts()
    {
        RpcException error = ReadError(
            """["error","RangeError","m","at x",{"code":"E","n":[[1]],"cause":["error","TypeError","i"],"stack":[],"toString":1}]""");

        Assert.Equal(("RangeError", "m", "E", "at x"), (error.ErrorType, error.Message, error.Code, error.RemoteStack));
        Assert.Equal(["code", "n"], error.Properties.Keys);
        Assert.Equal("TypeError", Assert.IsType<RpcException>(error.InnerException).ErrorType);
        Assert.Same(error.InnerException, error.Cause);
    }

    [Theory]
    [InlineData("\"text\"", "text", "text")]
    [InlineData("null", null, "null")]
    [InlineData("5", 5.0, "5")]
    public void Thrown_value_is_kept(string text, object? thrown, string message)
    {
        RpcException error = ReadError(text);

        Assert.True(error.IsThrownValue);
        Assert.Equal(thrown, error.Thrown);
        Assert.Equal(message, error.Message);
        Assert.Equal(text, WriteError(error));
    }

    [Fact]
    public void Stack_is_sent_only_by_the_hook()
    {
        RpcException error = new("TypeError", "outer", new RpcException("secret") { RemoteStack = "never" }) { RemoteStack = "never" };

        Assert.Equal("""["error","TypeError","outer",null,{"cause":["error","Error","secret"]}]""", WriteError(error));
        Assert.Equal(
            """["error","Error","outer!","S",{"cause":["error","Error","secret!","S"]}]""",
            WriteError(error, new Hook(sent => new RpcException($"{sent.Message}!")
            {
                RemoteStack = "S",
                Properties = sent.InnerException is { } cause ? new Dictionary<string, object?> { ["cause"] = cause } : [],
            })));
    }

    private static string WriteError(Exception error, ReferenceSink? sink = null)
    {
        using ExpressionWriter writer = new();
        RpcSerializer.Default.WriteError(writer, error, sink ?? ReferenceSink.None);
        return System.Text.Encoding.UTF8.GetString(writer.WrittenSpan);
    }

    private static RpcException ReadError(string text) =>
        RpcSerializer.Default.ReadError(System.Text.Encoding.UTF8.GetBytes(text), ReferenceSource.None);

    private sealed class Refusing(object reference) : ReferenceSink
    {
        public override RpcValueException? Refusal => new("No references here.");

        public override void Write(ExpressionWriter writer, object reference) => throw Refusal!;

        public override bool IsReference(object value) => value == reference;

        public override int Mark() => 0;

        public override void Rollback(int mark)
        {
        }
    }

    private sealed class Hook(Func<Exception, Exception> rewrite) : ReferenceSink
    {
        public override void Write(ExpressionWriter writer, object reference) => throw new RpcValueException("No references here.");

        public override bool IsReference(object value) => false;

        public override int Mark() => 0;

        public override void Rollback(int mark)
        {
        }

        public override Exception? Rewrite(Exception error) => rewrite(error);
    }
}
