using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Http;

namespace WorkerRpc.Tests.Bindings;

/// <summary>A binding as a user would add one, in an assembly of their own: here this one.</summary>
public sealed class UsersBinding : IBinding
{
    public const string UsersId = "users-own";

    public string Id => UsersId;

    public IReadOnlyList<string> Tags => [];

    public string Settings => "as service-binding";

    public Channel? Channel => HttpChannels.InMemory;

    public IServerHalf? Server => ExecuteEndpoint.Shared;

    public IRuntimeStub Connect(IRuntimeHost host) => new ServiceBinding().Connect(host);
}
