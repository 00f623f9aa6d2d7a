using WorkerRpc.CapnWeb.Targets;

namespace WorkerRpc.CapnWeb.Sample;

/// <summary>What the server offers everybody.</summary>
internal interface IApi
{
    /// <summary>A greeting.</summary>
    [RpcMember]
    Task<string> GreetAsync(string name, string greeting = "Hello");

    /// <summary>The user who has this token.</summary>
    [RpcMember]
    Task<IUser> AuthenticateAsync(string token);
}

/// <summary>What the server offers a user that it knows.</summary>
internal interface IUser
{
    /// <summary>The user's name.</summary>
    [RpcMember]
    ValueTask<string> Name { get; }

    /// <summary>What is kept of the user.</summary>
    [RpcMember]
    Task<Profile> GetProfileAsync();

    /// <summary>Tells of each note until the listener has enough; gives how many were told.</summary>
    [RpcMember]
    Task<int> ListenAsync(Func<Note, Task<bool>> onNote, CancellationToken cancellationToken = default);
}

/// <summary>What is kept of a user.</summary>
internal sealed record Profile(string Name, DateTimeOffset Since, IReadOnlyList<string> Roles, IReadOnlyDictionary<string, int> Visits);

/// <summary>Something that happened.</summary>
internal sealed record Note(int Number, string Text);
