using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Sample;

/// <summary>The client: one line for each thing that typed stubs can do.</summary>
internal static class Client
{
    public static async IAsyncEnumerable<string> RunAsync(RpcSession session)
    {
        await using var api = new ApiStub(session.Main.Duplicate());
        IApi plain = api;
        yield return await plain.GreetAsync("world");

        // All these calls need one round trip. The client calls the user and passes the user's name on before the server has answered.
        await using UserStub user = api.Authenticate("secret");
        yield return await api.Greet(user.Name, "Good day");

        Profile profile = await user.GetProfile();
        yield return $"{profile.Name} since {profile.Since.Year}: {string.Join(", ", profile.Roles)}; "
            + string.Join(", ", profile.Visits.Select(visit => $"{visit.Key} {visit.Value}"));

        yield return await ListenAsync(user);
        yield return await FailAsync(plain);
    }

    private static async Task<string> ListenAsync(IUser user)
    {
        var texts = new List<string>();
        int told = await user.ListenAsync(note =>
        {
            texts.Add(note.Text);
            return Task.FromResult(note.Number < 3);
        });
        return $"{string.Join(", ", texts)}: {told} told";
    }

    private static async Task<string> FailAsync(IApi api)
    {
        try
        {
            await using var user = (UserStub)await api.AuthenticateAsync("wrong");
            return "A wrong token was taken.";
        }
        catch (RpcException error)
        {
            return $"{error.Code}: {error.Message}";
        }
    }
}
