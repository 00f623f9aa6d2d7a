using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Serialization;

/// <summary>Creates the System.Text.Json options for reading and writing expressions.</summary>
internal static class ValueOptions
{
    /// <summary>Options that convert member names to camelCase, like the names of methods on the wire.</summary>
    public static JsonSerializerOptions Naming { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>The maximum nesting of JSON for a value within the limits.</summary>
    public static int MaxJsonDepth { get; } = ExpressionScanner.MaxJsonDepth(RpcLimits.Trusted);

    // System.Text.Json recurses over a type that contains itself, and takes up to 2.5 KB of stack for a level. This is its own default.
    private const int MaxTypedDepth = 64;

    /// <summary>
    /// Copies the user's options and adds the settings and converters that the wire format requires. The user's converters have priority.
    /// </summary>
    public static JsonSerializerOptions Complete(JsonSerializerOptions user)
    {
        JsonSerializerOptions options = new(user)
        {
            Encoder = CanonicalEncoder.Instance,
            MaxDepth = MaxJsonDepth,
            WriteIndented = false,
            AllowTrailingCommas = false,
            ReadCommentHandling = JsonCommentHandling.Disallow,
            NumberHandling = JsonNumberHandling.Strict,
            ReferenceHandler = null,
            TypeInfoResolver = JsonTypeInfoResolver
                .Combine(user.TypeInfoResolver ?? Reflection(), new RegisteredTypes())
                .WithAddedModifier(OrderMembers),
        };
        foreach (JsonConverter converter in WireConverters.All)
        {
            options.Converters.Add(converter);
        }

        options.MakeReadOnly();
        return options;
    }

    /// <summary>Copies the options for reading values of other types than <c>object</c>.</summary>
    public static JsonSerializerOptions ForTypedReading(JsonSerializerOptions completed)
    {
        JsonSerializerOptions options = new(completed) { MaxDepth = MaxTypedDepth };
        options.MakeReadOnly();
        return options;
    }

    // Sorts the members like JavaScript: names that are array indexes come before all others.
    private static void OrderMembers(JsonTypeInfo contract)
    {
        if (contract.Kind != JsonTypeInfoKind.Object || !contract.Properties.Any(member => ObjectKeys.IsIndex(member.Name, out _)))
        {
            return;
        }

        List<JsonPropertyInfo> members = [.. ObjectKeys.Order([.. contract.Properties], member => member.Name)];
        contract.Properties.Clear();
        foreach (JsonPropertyInfo member in members)
        {
            contract.Properties.Add(member);
        }
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Published trimmed, the switch is off and the branch is gone.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Published AOT, the switch is off and the branch is gone.")]
    private static DefaultJsonTypeInfoResolver? Reflection() =>
        JsonSerializer.IsReflectionEnabledByDefault ? new DefaultJsonTypeInfoResolver() : null;
}
