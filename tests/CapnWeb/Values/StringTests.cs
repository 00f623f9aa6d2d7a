using System.Text;
using System.Text.Json;
using FsCheck.Xunit;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.Tests.CapnWeb.Values;

/// <summary>Any UTF-16 string is escaped like in JSON.stringify.</summary>
public class StringTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("\"\\/", "\\\"\\\\/")]
    [InlineData("\b\t\n\f\r\u0000\u001f\u000b", "\\b\\t\\n\\f\\r\\u0000\\u001f\\u000b")]
    [InlineData("\u007f\u0085\u2028\u2029\ufeff<>&'+`é漢😀", "\u007f\u0085\u2028\u2029\ufeff<>&'+`é漢😀")]
    public void String_is_escaped_like_JSON_stringify(string text, string escaped)
    {
        Assert.Equal($"\"{escaped}\"", WireText.Write(text));
        Assert.Equal($"{{\"{escaped}\":1}}", WireText.Write(new Dictionary<string, int> { [text] = 1 }));
        Assert.Equal(text, WireText.Read<string>($"\"{escaped}\""));
    }

    [Theory]
    [InlineData("d83d", 0xd83d)]
    [InlineData("dE00", 0xde00)]
    public void Lone_surrogate_survives_a_round_trip(string escape, int unit)
    {
        string text = $"a{(char)unit}b";

        Assert.Equal($"\"a\\u{escape.ToLowerInvariant()}b\"", WireText.Write(text));
        Assert.Equal(text, WireText.Read<string>($"\"a\\u{escape}b\""));
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes($"\"a\\u{escape}b\""));
        reader.Read();
        Assert.True(JsonText.Is(in reader, text));
        Assert.Equal(text, Assert.Single(WireText.Read<Dictionary<string, int>>($"{{\"a\\u{escape}b\":1}}")).Key);
    }

    [Theory]
    [InlineData("abc", "abc", true)]
    [InlineData("\\u0061b\\u0063", "abc", true)]
    [InlineData("a\\ud800c", "abc", false)]
    [InlineData("\\ud800\\ud800", "\ufffd\ufffd", false)]
    [InlineData("é漢😀", "é漢😀", true)]
    [InlineData("é", "e", false)]
    [InlineData("", "", true)]
    public void Strings_are_compared_by_their_UTF_16_units(string json, string text, bool isEqual)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes($"\"{json}\""));
        reader.Read();

        Assert.Equal(isEqual, JsonText.Is(in reader, text));
        if (Ascii.IsValid(text))
        {
            Assert.Equal(isEqual, JsonText.Is(in reader, Encoding.ASCII.GetBytes(text)));
        }
    }

    [Property(MaxTest = 500)]
    public void Any_string_survives_a_round_trip(char[] units, bool isLong)
    {
        string text = new string(units) + (isLong ? new string('x', 3000) + "\ud83d\ude00\udc00" : "");

        string written = WireText.Write(text);

        Assert.Equal(text, WireText.Read<string>(written));
        Assert.Equal(text, WireText.Read<object?>(written));
        Assert.Equal(written, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(written)));
    }
}
