using System.Globalization;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Tests.Bindings;

/// <summary>A binding whose endpoint answers with the largest buffer segment in which the server read the body.</summary>
public sealed class SegmentsBinding : IBinding, IServerHalf
{
    public const string Path = "/largest-segment";

    public string Id => "segments";

    public IReadOnlyList<string> Tags => [];

    public string Settings => "none";

    public Channel? Channel => HttpChannels.Loopback;

    public IServerHalf? Server => this;

    public IRuntimeStub Connect(IRuntimeHost host) => throw new NotSupportedException();

    public void Map(IEndpointRouteBuilder endpoints) => endpoints.MapPost(Path, (RequestDelegate)AnswerAsync);

    private static async Task AnswerAsync(HttpContext context)
    {
        int largest = 0;
        ReadResult read;
        do
        {
            read = await context.Request.BodyReader.ReadAsync(context.RequestAborted);
            foreach (ReadOnlyMemory<byte> segment in read.Buffer)
            {
                largest = Math.Max(largest, segment.Length);
            }

            context.Request.BodyReader.AdvanceTo(read.Buffer.End);
        }
        while (!read.IsCompleted);
        await context.Response.WriteAsync(largest.ToString(CultureInfo.InvariantCulture));
    }
}
