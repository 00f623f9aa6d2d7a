using System.Net;
using System.Text.Json;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring.Calling;

/// <summary>An HTTP client of a running caller worker. Validates every answer.</summary>
internal sealed class CallerClient : IDisposable
{
    private const int MaxAnswerBytes = 4 * 1024 * 1024;
    private const int ExcerptLength = 80;
    private const int MaxProblemLength = 500;

    // A longer result is not valid: 1 hour is the longest call timeout that a caller worker's settings allow.
    private const double MaxResultMs = 3_600_000;

    private readonly HttpClient _http;
    private readonly Uri _address;
    private readonly TimeSpan _timeout;

    /// <param name="address">The caller worker's address, without a query.</param>
    /// <param name="timeout">The longest wait for one answer.</param>
    public CallerClient(Uri address, TimeSpan timeout)
    {
        (_address, _timeout) = (address, timeout);
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false })
        {
            BaseAddress = new Uri(address.ToString().TrimEnd('/') + "/"),
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
    }

    /// <summary>Whether the address is one of this machine's loopback addresses.</summary>
    public bool IsOnThisMachine => _address.IsLoopback;

    /// <summary>
    /// Returns the methods that both the catalog and the caller worker offer, in the catalog's order. A caller worker without
    /// <c>/methods</c>, as that of the project's brief, is asked for one call by each core method and by each method that the user named.
    /// </summary>
    /// <param name="catalog">The known methods.</param>
    /// <param name="named">The names in the user's filters. Some may be no methods.</param>
    /// <param name="cancellation">Ends the requests.</param>
    /// <exception cref="UnusableInputException">
    /// No method is offered by both, the address has no caller worker, or the connection fails.
    /// </exception>
    public async Task<BindingCatalog> OfferedOfAsync(
        BindingCatalog catalog, IReadOnlyCollection<string> named, CancellationToken cancellation)
    {
        string[] offered;
        try
        {
            (HttpStatusCode status, string body) = await GetAsync("methods", cancellation);
            offered = status switch
            {
                HttpStatusCode.OK => Methods(body),
                HttpStatusCode.NotFound => await TryMethodsAsync(
                    [.. catalog.All.Where(binding => binding.Tags.Contains(BindingTags.Core) || named.Contains(binding.Id))], cancellation),
                _ => throw new UnusableAnswerException($"GET /methods is answered with {Problem(status, body)}"),
            };
        }
        catch (CallerLostException e)
        {
            throw new UnusableInputException($"{e.Message}. To start one: dotnet run -c Release --project workers/CallerWorker", e);
        }
        catch (UnusableAnswerException e)
        {
            throw new UnusableInputException($"{_address} is no caller worker that can be asked for its methods: {e.Message}", e);
        }

        BindingCatalog both = catalog.Only(offered);
        return both.All.Count > 0
            ? both
            : throw new UnusableInputException(
                $"{_address} offers no method that is known here: {Excerpt(string.Join(", ", offered))}. "
                + $"Known: {string.Join(", ", catalog.All.Select(binding => binding.Id))}.");
    }

    /// <summary>
    /// Asks the caller worker to make calls of a case. The query names the payload kind only if it is not letters, because a caller worker
    /// that does not know payload kinds sends letters. The answer to a query with a kind must name the kind.
    /// </summary>
    /// <returns>The duration of each call, in ns, in the order of the calls.</returns>
    /// <exception cref="UnusableAnswerException">The answer is an error or does not match the request.</exception>
    /// <exception cref="CallerLostException">The caller worker did not answer.</exception>
    public async Task<long[]> BenchmarkAsync(CaseId id, PayloadKind kind, int calls, CancellationToken cancellation)
    {
        int payloadBytes = Matrix.Size(id.Payload).Bytes;
        string method = Uri.EscapeDataString(id.Method);
        string function = Uri.EscapeDataString(id.Function);
        string path = FormattableString.Invariant(
            $"benchmark?method={method}&function={function}&payloadSize={payloadBytes}&iterations={calls}");
        string asked = kind == PayloadKind.Letters ? "" : $"&payloadKind={kind.Name()}";
        (HttpStatusCode status, string body) = await GetAsync(path + asked, cancellation);
        if (status != HttpStatusCode.OK)
        {
            throw new UnusableAnswerException($"the caller worker answered {Problem(status, body)}");
        }

        return Read<long[]>(body, answer =>
        {
            RequireText(answer, "method", id.Method);
            RequireText(answer, "functionId", id.Function);
            RequireNumber(answer, "payloadSize", payloadBytes);
            if (kind != PayloadKind.Letters || answer.TryGetProperty("payloadKind", out _))
            {
                RequireText(answer, "payloadKind", kind.Name());
            }

            RequireNumber(answer, "iterations", calls);
            JsonElement results = Member(answer, "rawResults");
            return results.ValueKind == JsonValueKind.Array && results.GetArrayLength() == calls
                ? [.. results.EnumerateArray().Select((result, index) => Ns(result, index))]
                : throw Unexpected("rawResults", results.ValueKind == JsonValueKind.Array
                    ? FormattableString.Invariant($"{results.GetArrayLength()} results")
                    : Excerpt(results.GetRawText()), FormattableString.Invariant($"{calls} results"));
        });
    }

    public void Dispose() => _http.Dispose();

    private async Task<(HttpStatusCode Status, string Body)> GetAsync(string path, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(_timeout);
        try
        {
            using HttpResponseMessage response = await _http.GetAsync(path, deadline.Token);
            // The answer is read as bytes and decoded as UTF-8, because ReadAsStringAsync throws if the answer names an unknown charset.
            byte[] body = await response.Content.ReadAsByteArrayAsync(deadline.Token);
            return (response.StatusCode, System.Text.Encoding.UTF8.GetString(body));
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            string message = FormattableString.Invariant(
                $"The caller worker at {_address} gave no answer within {_timeout.TotalSeconds} s (--timeout)");
            throw new CallerLostException(message, e);
        }
        catch (HttpRequestException e)
            when (e.HttpRequestError is HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.InvalidResponse)
        {
            throw new UnusableAnswerException(e.HttpRequestError == HttpRequestError.InvalidResponse
                ? $"the answer is no HTTP: {Excerpt(e.Message)}"
                : FormattableString.Invariant($"the answer is longer than {MaxAnswerBytes} bytes"));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new CallerLostException($"No caller worker answers at {_address}: {(e.InnerException ?? e).Message.TrimEnd('.')}", e);
        }
    }

    // Returns the ids of the bindings by which the caller worker makes a call.
    private async Task<string[]> TryMethodsAsync(IReadOnlyList<IBinding> bindings, CancellationToken cancellation)
    {
        var offered = new List<string>();
        string last = "";
        foreach (string id in bindings.Select(binding => binding.Id))
        {
            (HttpStatusCode status, string body) = await GetAsync($"execute?method={Uri.EscapeDataString(id)}", cancellation);
            if (status == HttpStatusCode.OK && Read(body, answer => Member(answer, "method").ValueEquals(id)))
            {
                offered.Add(id);
            }

            last = $"GET /execute?method={id} with {Problem(status, body)}";
        }

        return offered.Count > 0
            ? [.. offered]
            : throw new UnusableAnswerException($"GET /methods is answered with 404, and {last}");
    }

    private static string[] Methods(string body) => Read<string[]>(body, answer =>
    {
        JsonElement methods = Member(answer, "methods");
        return methods.ValueKind == JsonValueKind.Array && methods.EnumerateArray().All(method => method.ValueKind == JsonValueKind.String)
            ? [.. methods.EnumerateArray().Select(method => method.GetString()!)]
            : throw Unexpected("methods", Excerpt(methods.GetRawText()), "a list of names");
    });

    private static T Read<T>(string body, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? read(document.RootElement)
                : throw new UnusableAnswerException($"the caller worker answered {Excerpt(body)} instead of a JSON object");
        }
        // JsonElement.GetString throws InvalidOperationException if a string contains only one half of a surrogate pair.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new UnusableAnswerException($"the caller worker answered what is no JSON: {Excerpt(body)}");
        }
    }

    private static long Ns(JsonElement result, int index) =>
        result.ValueKind == JsonValueKind.Number && result.TryGetDouble(out double ms) && ms is >= 0 and <= MaxResultMs
            ? (long)Math.Round(ms * 1e6)
            : throw Unexpected(
                FormattableString.Invariant($"rawResults[{index}]"),
                Excerpt(result.GetRawText()),
                FormattableString.Invariant($"0 to {MaxResultMs} ms"));

    private static void RequireText(JsonElement answer, string name, string expected)
    {
        JsonElement given = Member(answer, name);
        if (given.ValueKind != JsonValueKind.String || given.GetString() != expected)
        {
            throw Unexpected(name, Excerpt(given.GetRawText()), expected);
        }
    }

    private static void RequireNumber(JsonElement answer, string name, int expected)
    {
        JsonElement given = Member(answer, name);
        if (given.ValueKind != JsonValueKind.Number || !given.TryGetInt32(out int number) || number != expected)
        {
            throw Unexpected(name, Excerpt(given.GetRawText()), FormattableString.Invariant($"{expected}"));
        }
    }

    private static JsonElement Member(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out JsonElement member)
            ? member
            : throw new UnusableAnswerException($"the caller worker's answer has no {name}");

    private static UnusableAnswerException Unexpected(string member, string given, string expected) =>
        new($"the caller worker's answer has {member} {given}: expected {expected}");

    // Describes an error answer: the HTTP status, and the detail from its problem details (RFC 9457). Without problem details,
    // an excerpt of the body follows the status.
    private static string Problem(HttpStatusCode status, string body)
    {
        string words = Excerpt(body);
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("detail", out JsonElement detail) && detail.ValueKind == JsonValueKind.String)
            {
                words = Plain(detail.GetString()!, MaxProblemLength);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The body is not JSON, so the error message shows an excerpt of the body.
        }

        return FormattableString.Invariant($"{(int)status}: {words}");
    }

    private static string Excerpt(string text) => text.Length == 0 ? "nothing" : $"'{Plain(text, ExcerptLength)}'";

    // Removes control characters, because they could change the terminal or break a table.
    private static string Plain(string text, int length) =>
        string.Concat(text.Take(length).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c))
        + (text.Length > length ? "…" : "");
}
