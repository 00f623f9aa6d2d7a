using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkerRpc.CapnWeb.Targets;

/// <summary>The result of a call that gives none: sent as <c>undefined</c>, and read from whatever the peer returned.</summary>
[JsonConverter(typeof(RpcVoidConverter))]
public readonly record struct RpcVoid
{
    /// <summary>The call as a task without a result.</summary>
    public static ValueTask Await(ValueTask<RpcVoid> call)
    {
        if (!call.IsCompletedSuccessfully)
        {
            return new ValueTask(call.AsTask());
        }
        // Reading the result hands the pooled call back.
        _ = call.GetAwaiter().GetResult();
        return default;
    }
}

/// <summary>A result that nobody wants may be anything.</summary>
internal sealed class RpcVoidConverter : JsonConverter<RpcVoid>
{
    public override bool HandleNull => true;

    public override RpcVoid Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        reader.Skip();
        return default;
    }

    public override void Write(Utf8JsonWriter writer, RpcVoid value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        writer.WriteStringValue("undefined"u8);
        writer.WriteEndArray();
    }
}
