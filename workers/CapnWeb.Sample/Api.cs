using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Sample;

/// <summary>The server: a plain class that implements the interface.</summary>
internal sealed class Api : IApi
{
    public Task<string> GreetAsync(string name, string greeting) => Task.FromResult($"{greeting}, {name}!");

    public Task<IUser> AuthenticateAsync(string token) => token == "secret"
        ? Task.FromResult<IUser>(new User("Ada"))
        : throw new RpcException("No user has this token.") { Code = "unknown-token" };

    private sealed class User(string name) : IUser
    {
        public ValueTask<string> Name => new(name);

        public Task<Profile> GetProfileAsync() => Task.FromResult(new Profile(
            name, DateTimeOffset.UnixEpoch, ["reader", "writer"], new Dictionary<string, int> { ["monday"] = 2 }));

        public async Task<int> ListenAsync(Func<Note, Task<bool>> onNote, CancellationToken cancellationToken)
        {
            int sent = 1;
            while (await onNote(new Note(sent, $"note {sent}")))
            {
                cancellationToken.ThrowIfCancellationRequested();
                sent++;
            }

            return sent;
        }
    }
}
