using WorkerRpc.Benchmarks.Presenting.Wording;

namespace WorkerRpc.Tests.Presenting.Wording;

public class PrintableTests
{
    [Theory]
    [InlineData("service-binding/echo/1KB, µs – 漢字 🙂", "service-binding/echo/1KB, µs – 漢字 🙂")]
    [InlineData("a\u001b[2Jb\r\nc\u0007\u009b", "a\uFFFD[2Jb\uFFFD\uFFFDc\uFFFD\uFFFD")]
    [InlineData("gnp.\u202eexe\u2028\u200b", "gnp.\uFFFDexe\uFFFD\uFFFD")]
    public void Control_characters_are_replaced(string text, string shown) => Assert.Equal(shown, Printable.Of(text));
}
