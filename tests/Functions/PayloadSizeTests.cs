using System.Text.Json;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Functions;

public class PayloadSizeTests
{
    [Theory]
    [InlineData(64)]
    [InlineData(100)]
    [InlineData(1_000)]
    [InlineData(10_000)]
    [InlineData(100_000)]
    [InlineData(1_000_000)]
    public void Payload_has_exactly_its_size(int bytes)
    {
        Payload payload = new PayloadSize(bytes).CreatePayload(1_700_000_000_000);

        Assert.Equal(bytes, JsonSerializer.SerializeToUtf8Bytes(payload, WireJson.Default.Payload).Length);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(1_000)]
    [InlineData(10_003)]
    public void Non_ASCII_payload_has_exactly_its_escaped_size(int bytes)
    {
        Payload payload = new PayloadSize(bytes).CreatePayload(1_700_000_000_000, 'λ');

        Assert.Equal(bytes, JsonSerializer.SerializeToUtf8Bytes(payload, WireJson.Default.Payload).Length);
        Assert.InRange(payload.Data.Count(letter => letter != 'λ'), 0, 5);
    }

    [Theory]
    [InlineData(63)]
    [InlineData(1_000_001)]
    public void Size_out_of_bounds_creates_no_payload(int bytes)
    {
        string message = Assert.Throws<UnusableInputException>(() => new PayloadSize(bytes).CreatePayload(1_700_000_000_000)).Message;

        Assert.Equal($"payloadSize {bytes}: expected 64 to 1000000 bytes of JSON.", message);
    }

    [Fact]
    public void Standard_sizes_have_the_labels_of_the_reports() =>
        Assert.Equal(["100B", "1KB", "10KB", "100KB"], PayloadSize.Standard.Select(size => size.Label));

    [Fact]
    public void Size_of_partial_kilobytes_has_a_label_in_bytes() =>
        Assert.Equal("1500B", $"{new PayloadSize(1_500)}");
}
