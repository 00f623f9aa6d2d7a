using Microsoft.AspNetCore.Routing;

namespace WorkerRpc.Bindings;

/// <summary>The half of a protocol that the runtime worker hosts, once for all the bindings that share it.</summary>
public interface IServerHalf
{
    /// <summary>Adds the protocol's endpoints.</summary>
    void Map(IEndpointRouteBuilder endpoints);
}
