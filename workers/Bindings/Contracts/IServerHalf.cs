using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace WorkerRpc.Bindings.Contracts;

/// <summary>The half of a protocol that the runtime worker hosts, once for all the bindings that share it.</summary>
public interface IServerHalf
{
    /// <summary>Adds what serves the protocol where it is no endpoint.</summary>
    void AddServices(IServiceCollection services)
    {
    }

    /// <summary>Adds the protocol's endpoints.</summary>
    void Map(IEndpointRouteBuilder endpoints)
    {
    }
}
