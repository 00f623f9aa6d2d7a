using WorkerRpc.CapnWeb.Targets;

namespace WorkerRpc.CapnWeb.Sample;

/// <summary>The public API: anybody can call it.</summary>
internal interface IApi
{
    /// <summary>Returns a greeting for the name.</summary>
    [RpcMember]
    Task<string> GreetAsync(string name, string greeting = "Hello");

    /// <summary>Signs a user in by token and returns the user's own API.</summary>
    [RpcMember]
    Task<IUser> AuthenticateAsync(string token);
}

/// <summary>The API of a signed-in user.</summary>
internal interface IUser
{
    /// <summary>The user's name.</summary>
    [RpcMember]
    ValueTask<string> Name { get; }

    /// <summary>Returns the stored profile.</summary>
    [RpcMember]
    Task<Profile> GetProfileAsync();

    /// <summary>Sends notes to the listener until it returns false, and returns the number sent.</summary>
    [RpcMember]
    Task<int> ListenAsync(Func<Note, Task<bool>> onNote, CancellationToken cancellationToken = default);
}

/// <summary>A user's stored profile.</summary>
internal sealed record Profile(string Name, DateTimeOffset Since, IReadOnlyList<string> Roles, IReadOnlyDictionary<string, int> Visits);

/// <summary>A notification.</summary>
internal sealed record Note(int Number, string Text);
