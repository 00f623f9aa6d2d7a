using System.Text.Json;

namespace WorkerRpc.Functions;

/// <summary>Serializes its payload to JSON and parses the JSON. The work grows with the payload's size.</summary>
public sealed class TransformFunction : Function<Payload>
{
    /// <inheritdoc/>
    public override string Id => "transform";

    /// <inheritdoc/>
    protected override ValueTask<Payload> InvokeAsync(Payload payload, CancellationToken cancellation)
    {
        using ByteBuffer json = ByteBuffer.Rent();
        JsonSerializer.Serialize(json.Writer, payload, WireJson.Default.Payload);
        return new(JsonSerializer.Deserialize(json.Written.Span, WireJson.Default.Payload)!);
    }
}
