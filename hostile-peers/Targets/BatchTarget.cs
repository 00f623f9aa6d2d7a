using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using WorkerRpc.Hostile.Mutating;

namespace WorkerRpc.Hostile.Targets;

/// <summary>
/// Posts a batch to the endpoint, without a network. It must be answered by messages, or refused by problem details.
/// </summary>
internal sealed class BatchTarget : IFuzzTarget
{
    private readonly Endpoint _endpoint = new(socket: null);

    public IEnumerable<KeyValuePair<string, byte[]>> Seeds =>
        Inputs.Traces.Concat(Inputs.Hostile).Select(input => KeyValuePair.Create(input.Name, Encoding.UTF8.GetBytes(input.Text)));

    public bool NeedsRecipes => false;

    public FuzzOutcome Run(byte[] input)
    {
        byte[] body = Recipe.IsRecipe(input) ? Costs.Text(Lines(input)) : input;
        return Costs.Check(body, () => Post(body));
    }

    private static IEnumerable<string> Lines(byte[] recipe)
    {
        List<JsonList> messages = Recipe.Apply(recipe, Inputs.Parsed);
        var peer = new Peer();
        return messages.Select(message => Recipe.IsWild(recipe) ? message : peer.Repair(message)).OfType<JsonList>()
            .Select(message => message.ToString());
    }

    private FuzzOutcome Post(byte[] body)
    {
        var answer = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = _endpoint.Services };
        context.Request.Method = HttpMethods.Post;
        context.Request.Body = new MemoryStream(body);
        context.Response.Body = answer;
        try
        {
            Task served = _endpoint.Serve(context);
            List<Victim> victims = _endpoint.TakeVictims();
            // The end of a call can let the next one begin, at once or on the thread pool.
            if (!Blocking.TryWait(served, meanwhile: () => victims.ForEach(victim => victim.Finish())))
            {
                throw new FuzzFailureException("The batch was not answered.", body);
            }

            Blocking.Wait(served);
            Blocking.Wait(context.Response.CompleteAsync());
            CheckAnswer(context.Response.StatusCode, answer.ToArray());
        }
        catch (Exception e) when (e is not FuzzFailureException)
        {
            throw new FuzzFailureException($"The batch ended by {e.GetType().Name}: {e.Message}", body, e);
        }

        return new FuzzOutcome(context.Response.StatusCode == StatusCodes.Status200OK, body.AsSpan().Count((byte)'\n') + 1);
    }

    private static void CheckAnswer(int status, byte[] answer)
    {
        string text = Encoding.UTF8.GetString(answer);
        if (status is not (StatusCodes.Status200OK or StatusCodes.Status400BadRequest or StatusCodes.Status413PayloadTooLarge))
        {
            throw new InvalidDataException($"status {status}");
        }

        foreach (string line in status == StatusCodes.Status200OK && text.Length > 0 ? text.Split('\n') : text.Length > 0 ? [text] : [])
        {
            if (JsonTree.TryParse(line) is null)
            {
                throw new JsonException($"the answer has invalid JSON: {line}");
            }
        }
    }
}
