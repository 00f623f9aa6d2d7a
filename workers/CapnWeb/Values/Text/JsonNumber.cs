using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values.Text;

/// <summary>Reads ids. A JavaScript peer may write the id 1 as <c>1</c>, <c>1.0</c> or <c>1e0</c>.</summary>
internal static class JsonNumber
{
    public static bool TryGetInteger(in Utf8JsonReader reader, out long value)
    {
        if (reader.TryGetInt64(out value))
        {
            return true;
        }

        double number = reader.GetDouble();
        value = Math.Abs(number) <= EcmaScriptNumber.MaxSafeInteger ? (long)number : 0;
        return value == number;
    }
}
