using System.Text.Json;
using System.Text.Json.Serialization;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>Reads and writes <see cref="RunReport"/> as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RunReport))]
internal sealed partial class RunReportJson : JsonSerializerContext
{
    /// <summary>Serializes a report as JSON: only the measurements, without tables.</summary>
    public static byte[] Write(Results.RunReport report) => JsonSerializer.SerializeToUtf8Bytes(report, Default.RunReport);

    /// <summary>Reads a report file. Checks that the report matches the schema, but not that its values are plausible.</summary>
    /// <exception cref="UnusableInputException">The file is missing or damaged, or has another schema version.</exception>
    public static Results.RunReport Read(string path)
    {
        try
        {
            using FileStream file = InputFile.Open(path);
            using var document = JsonDocument.Parse(file);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new UnusableInputException($"{path} is no report: it has no JSON object.");
            }

            if (!document.RootElement.TryGetProperty("schemaVersion", out JsonElement version)
                || version.ValueKind != JsonValueKind.Number
                || !version.TryGetInt32(out int number))
            {
                throw new UnusableInputException($"{path} is no report: it has no schemaVersion that is a whole number.");
            }

            RequireReadable(path, number, document.RootElement);
            RequireValues(document.RootElement, path);
            return document.Deserialize(Default.RunReport)!;
        }
        catch (JsonException e)
        {
            throw new UnusableInputException($"{path} is no report, or a damaged one: {InputFile.Mistake(e)}.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnusableInputException($"'{path}' cannot be read: {e.Message}", e);
        }
    }

    private static void RequireReadable(string path, int schemaVersion, JsonElement report)
    {
        const int Current = Results.RunReport.CurrentSchemaVersion;
        if (schemaVersion < Current)
        {
            throw new UnusableInputException($"{path} has schema version {schemaVersion}. Accepted: {Current}.");
        }

        if (schemaVersion > Current)
        {
            string writer = report.TryGetProperty("programVersion", out JsonElement version) && version.ValueKind == JsonValueKind.String
                ? "version " + version.GetString()
                : "a newer version";
            throw new UnusableInputException(
                $"{path} has schema version {schemaVersion}. It was written by {writer} of this program, which can read it. "
                + $"This is version {Results.RunReport.CurrentProgramVersion}, which reads schema version {Current}.");
        }
    }

    // Rejects null in a list, and numbers that are too large for a double, because the serializer accepts both.
    private static void RequireValues(JsonElement element, string path)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty member in element.EnumerateObject())
                {
                    RequireValues(member.Value, path);
                }

                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray())
                {
                    if (item.ValueKind == JsonValueKind.Null)
                    {
                        throw new UnusableInputException($"{path} is no report, or a damaged one: a list has null in it.");
                    }

                    RequireValues(item, path);
                }

                break;
            case JsonValueKind.Number when !element.TryGetDouble(out double number) || !double.IsFinite(number):
                throw new UnusableInputException($"{path} is no report, or a damaged one: {element.GetRawText()} is beyond every figure.");
            default:
                break;
        }
    }
}
