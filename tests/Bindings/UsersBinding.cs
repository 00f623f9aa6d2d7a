using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Http;

namespace WorkerRpc.Tests.Bindings;

/// <summary>A binding as a user would write it. The tests' assembly plays the user's assembly.</summary>
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
