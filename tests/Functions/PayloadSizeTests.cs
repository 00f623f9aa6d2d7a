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
    public void A_payload_has_its_size_to_the_byte(int bytes)
    {
        Payload payload = new PayloadSize(bytes).CreatePayload(1_700_000_000_000);

        Assert.Equal(bytes, JsonSerializer.SerializeToUtf8Bytes(payload, WireJson.Default.Payload).Length);
    }
}
