using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace WorkerRpc.Bindings.Contracts;

/// <summary>The part of a protocol that the runtime worker hosts. All bindings of the protocol share one instance.</summary>
public interface IServerHalf
{
    /// <summary>Registers the services that the protocol needs in addition to its endpoints.</summary>
    void AddServices(IServiceCollection services)
    {
    }

    /// <summary>Adds the protocol's endpoints.</summary>
    void Map(IEndpointRouteBuilder endpoints)
    {
    }
}
