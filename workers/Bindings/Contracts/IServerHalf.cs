using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace WorkerRpc.Bindings.Contracts;

/// <summary>The part of a protocol that the runtime worker hosts. All bindings of the protocol share one.</summary>
public interface IServerHalf
{
    /// <summary>Registers services of a protocol that is not an endpoint.</summary>
    void AddServices(IServiceCollection services)
    {
    }

    /// <summary>Adds the protocol's endpoints.</summary>
    void Map(IEndpointRouteBuilder endpoints)
    {
    }
}
