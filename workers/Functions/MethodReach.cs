using System.Text.Json.Serialization;

namespace WorkerRpc.Functions;

/// <summary>How far apart caller and runtime may be for a method. A method with a wider reach also works where less is needed.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MethodReach>))]
public enum MethodReach
{
    /// <summary>Caller and runtime share a process.</summary>
    [JsonStringEnumMemberName("process")]
    Process,

    /// <summary>Caller and runtime may be two processes of one machine.</summary>
    [JsonStringEnumMemberName("machine")]
    Machine,

    /// <summary>Caller and runtime may be on two machines.</summary>
    [JsonStringEnumMemberName("network")]
    Network,
}
