using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Tests.CapnWeb.Traces;

namespace WorkerRpc.Tests.CapnWeb.Values;

/// <summary>Every value in the traces is read and written again, byte for byte.</summary>
public class TracedValueTests
{
    // Forms that this library does not support yet.
    private static readonly string[] s_later = ["headers", "request", "response", "blob", "readable", "writable"];

    public static TheoryData<string> Arguments => Trace.Names("arg");

    public static TheoryData<string> Results => Trace.Names("result");

    [Theory, MemberData(nameof(Arguments))]
    public void Npm_argument_is_rewritten_byte_for_byte(string name) =>
        Assert.All(Trace.Of(name).TextsFrom("client").SelectMany(ArgumentsOf), argument => CheckRoundTrip(name, argument));

    [Theory, MemberData(nameof(Results))]
    public void Npm_result_is_rewritten_byte_for_byte(string name) =>
        Assert.All(
            Trace.Of(name).TextsFrom("server").Select(WireText.Elements).Where(message => message[0] == "\"resolve\""),
            message => CheckRoundTrip(name, message[2]));

    private static void CheckRoundTrip(string name, string text)
    {
        if (s_later.Any(form => text.Contains($"[\"{form}\"", StringComparison.Ordinal)))
        {
            Assert.Contains(
                "not supported", Assert.Throws<RpcValueException>(() => WireText.Read<object?>(text)).Message, StringComparison.Ordinal);
            Assert.Contains(s_later, form => name.Contains(form, StringComparison.Ordinal));
            return;
        }

        // Members named like those of Object.prototype are sent, but dropped when received.
        string expected = name.EndsWith("/object-proto-keys", StringComparison.Ordinal) ? """{"fine":5}""" : text;
        Assert.Equal(expected, WireText.Write(WireText.Read<object?>(text)));
    }

    private static IEnumerable<string> ArgumentsOf(string message)
    {
        IReadOnlyList<string> push = WireText.Elements(message);
        return push[0] == "\"push\"" && WireText.Elements(push[1]) is [_, _, "[\"take\"]", var arguments]
            ? WireText.Elements(arguments)
            : [];
    }
}
