using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using System.Xml.Linq;
using WorkerRpc.Benchmarks.Presenting.Files;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Tests.Presenting;

/// <summary>
/// Makes the JSON Schema of <c>report.json</c>. The measured members come from the types of the report: bounds from their attributes,
/// descriptions from their XML documentation. The rows of the tables come from the lists of columns.
/// </summary>
internal sealed class ReportSchema
{
    private static readonly JsonSerializerOptions s_layout = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly JsonObject _definitions = [];
    private readonly Dictionary<Assembly, Dictionary<string, string>> _documentation = [];

    /// <summary>The text of the schema file.</summary>
    public static string Text() => new ReportSchema().Root().ToJsonString(s_layout) + "\n";

    private JsonObject Root()
    {
        var exporterOptions = new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform };
        JsonObject report = RunReportJson.Default.RunReport.GetJsonSchemaAsNode(exporterOptions).AsObject();
        foreach (ReportTable table in ReportTable.All)
        {
            report["required"]!.AsArray().Add(table.Name);
            report["properties"]![table.Name] = Described(table.Rows, new() { ["type"] = "array", ["items"] = Row(table) });
        }

        report.Insert(0, "$schema", "http://json-schema.org/draft-07/schema#");
        report.Insert(1, "title", $"WorkerRpc.Benchmarks report.json, schema version {RunReport.CurrentSchemaVersion}");
        report["definitions"] = _definitions;
        return report;
    }

    // The exporter calls it for the members of an object before the object itself.
    private JsonObject Transform(JsonSchemaExporterContext context, JsonNode node)
    {
        JsonObject schema = node.AsObject();
        if (context.TypeInfo.Kind == JsonTypeInfoKind.Object)
        {
            bool isNullable = IsA("null", schema);
            JsonObject definition = schema["properties"] is null ? schema : Closed(context.TypeInfo, schema);
            if (context.Path.IsEmpty)
            {
                return definition;
            }

            schema = Reference(context.TypeInfo.Type.Name, definition, isNullable, isItem: context.PropertyInfo is null);
        }
        else if (IsA("integer", schema) || IsA("number", schema))
        {
            // No figure of a report is negative.
            schema["minimum"] = 0;
        }
        else if (context.TypeInfo.Type.IsEnum)
        {
            schema.Insert(0, "type", "string");
        }

        if (context.PropertyInfo?.AttributeProvider is not PropertyInfo member)
        {
            return schema;
        }

        foreach (object attribute in member.GetCustomAttributes(inherit: true))
        {
            Bound(schema, attribute);
        }

        return Described(Documentation(member.DeclaringType!, $"P:{member.DeclaringType!.FullName}.{member.Name}"), schema);
    }

    // An object with exactly these members. Optional are those that the reader sets where the file has them.
    private JsonObject Closed(JsonTypeInfo type, JsonObject schema)
    {
        string[] demanded = [.. schema["required"]!.AsArray().Select(name => (string)name!)];
        IEnumerable<string> required = type.Properties
            .Where(member => member.Get is not null && (member.Set is null || demanded.Contains(member.Name)))
            .Select(member => member.Name);
        return Described(Documentation(type.Type, $"T:{type.Type.FullName}"), Object(required, schema["properties"]!.DeepClone()));
    }

    private JsonObject Reference(string name, JsonObject definition, bool isNullable, bool isItem)
    {
        _definitions.TryAdd(name, definition);
        var reference = new JsonObject { ["$ref"] = "#/definitions/" + name };
        return isNullable ? new() { ["oneOf"] = new JsonArray(new JsonObject { ["type"] = "null" }, reference) }
            : isItem ? reference
            // A description beside a reference would be ignored.
            : new() { ["allOf"] = new JsonArray(reference) };
    }

    // The range of a list is that of its items.
    private static void Bound(JsonObject schema, object attribute)
    {
        JsonObject number = schema["items"] as JsonObject ?? schema;
        switch (attribute)
        {
            case RangeAttribute range:
                number.Remove("minimum");
                number[range.MinimumIsExclusive ? "exclusiveMinimum" : "minimum"] = Value(range.Minimum);
                if (range.Maximum is not double.PositiveInfinity)
                {
                    number["maximum"] = Value(range.Maximum);
                }

                break;
            case AllowedValuesAttribute allowed:
                schema["enum"] = Value(allowed.Values);
                break;
            case LengthAttribute length:
                (schema["minItems"], schema["maxItems"]) = (length.MinimumLength, length.MaximumLength);
                break;
            case MaxLengthAttribute length:
                schema["maxItems"] = length.Length;
                break;
            case MinLengthAttribute length:
                schema[IsA("array", schema) ? "minItems" : "minLength"] = length.Length;
                break;
            case RegularExpressionAttribute expression:
                schema["pattern"] = expression.Pattern;
                break;
            case DistinctAttribute:
                schema["uniqueItems"] = true;
                break;
            default:
                break;
        }
    }

    private static JsonObject Row(ReportTable table)
    {
        var members = new JsonObject();
        foreach (Field field in table.Fields)
        {
            members.Add(field.Name, Member(field));
        }

        return Object(table.Fields.Where(field => !field.IsOfLaterPrograms).Select(field => field.Name), members);
    }

    private static JsonObject Member(Field field)
    {
        Type type = Nullable.GetUnderlyingType(field.Type) ?? field.Type;
        string name = type == typeof(string) ? "string" : type == typeof(bool) ? "boolean" : type == typeof(long) ? "integer" : "number";
        var schema = new JsonObject { ["type"] = field.IsNullable ? new JsonArray(name, "null") : name };
        if (name is "integer" or "number" && !field.IsSigned)
        {
            schema["minimum"] = 0;
        }

        if (field.Words.Count > 0)
        {
            schema["enum"] = Value(field.Words);
        }

        string end = !field.IsNullable ? "." : name == "string" ? "; null if there is none." : "; null if unknown.";
        return Described(field.Meaning.Length == 0 ? "" : field.Meaning + end, schema);
    }

    private static JsonObject Object(IEnumerable<string> required, JsonNode members) => new()
    {
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["required"] = Value(required),
        ["properties"] = members,
    };

    private static JsonObject Described(string description, JsonObject schema)
    {
        schema.Insert(0, "description", description);
        return schema;
    }

    private static bool IsA(string type, JsonObject schema) =>
        schema["type"] is JsonArray types ? types.Any(each => (string)each! == type) : (string?)schema["type"] == type;

    private static JsonNode Value<T>(T value) => JsonSerializer.SerializeToNode(value)!;

    private string Documentation(Type type, string id)
    {
        if (!_documentation.TryGetValue(type.Assembly, out Dictionary<string, string>? texts))
        {
            texts = XDocument.Load(Path.ChangeExtension(type.Assembly.Location, ".xml")).Descendants("member")
                .ToDictionary(member => (string)member.Attribute("name")!, member => Summary(member.Element("summary")));
            _documentation.Add(type.Assembly, texts);
        }

        return texts[id];
    }

    // A reference to a property becomes the name of its JSON member, another one the last part of its name.
    private static string Summary(XElement? summary) => string.Join(
        ' ',
        string.Concat((summary?.Nodes() ?? []).Select(node => node switch
        {
            XElement { Value: "" } reference => Name((string?)reference.Attribute("cref") ?? ""),
            XElement marked => marked.Value,
            _ => node.ToString(),
        })).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Name(string reference)
    {
        string name = reference.Split('.')[^1];
        return reference.StartsWith("P:", StringComparison.Ordinal) ? JsonNamingPolicy.CamelCase.ConvertName(name) : name;
    }
}
