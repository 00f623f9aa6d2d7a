using System.Net;
using System.Text.Json;

namespace WorkerRpc.Tests.RuntimeWorker;

/// <summary>Checks the answers of both workers.</summary>
internal static class AnswerAssert
{
    /// <summary>Checks that the answer is problem details with this status, and returns their detail.</summary>
    public static async Task<string> ProblemAsync(HttpStatusCode status, HttpResponseMessage response)
    {
        string body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(status == response.StatusCode, $"{(int)response.StatusCode} instead of {(int)status}: {body}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        JsonElement problem = JsonElement.Parse(body);
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.NotEqual("", problem.GetProperty("title").GetString());
        string detail = problem.GetProperty("detail").GetString()!;
        Assert.NotEqual("", detail);
        Assert.DoesNotContain("   at ", detail, StringComparison.Ordinal);
        return detail;
    }

    /// <summary>Checks that the answer is a JSON object with exactly these members, in this order.</summary>
    public static async Task<JsonElement> ObjectAsync(HttpResponseMessage response, params string[] members)
    {
        string body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{(int)response.StatusCode}: {body}");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        JsonElement answer = JsonElement.Parse(body);
        Assert.Equal(members, answer.EnumerateObject().Select(member => member.Name));
        return answer;
    }
}
