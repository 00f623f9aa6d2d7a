using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>Reads and writes absolute URLs.</summary>
internal sealed class UriConverter : JsonConverter<Uri>
{
    public override Uri Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        FormReader.Begin(ref reader, UrlForm.Instance, "a url");
        return UrlForm.Read(ref reader);
    }

    public override void Write(Utf8JsonWriter writer, Uri value, JsonSerializerOptions options)
    {
        WriteScope scope = WriteScope.Current;
        int mark = scope.Scratch.Position;
        UrlForm.Write(scope.Scratch, value);
        scope.Take(writer, mark);
    }
}
