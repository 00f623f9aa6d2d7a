using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using WorkerRpc.CapnWeb.AspNetCore;
using WorkerRpc.CapnWeb.Sample;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Transports;
using WorkerRpc.CapnWeb.Values.Serialization;

// Server and client run in one process, over a real WebSocket. When published as native code, this sample proves that the library needs no
// JIT compiler.
var options = new RpcSessionOptions { Serializer = new RpcSerializer(SampleJson.Default) };

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
await using WebApplication server = builder.Build();
server.Urls.Add("http://127.0.0.1:0");
server.MapCapnWeb("/rpc", _ => (IApi)new Api(), new RpcEndpointOptions { Session = options });
await server.StartAsync();

var address = new UriBuilder(server.Urls.Single()) { Scheme = "ws", Path = "/rpc" };
await using var session = new RpcSession(await RpcWebSocketTransport.ConnectAsync(address.Uri), options: options);
string[] seen = [.. await Client.RunAsync(session).ToListAsync()];
foreach (string line in seen)
{
    Console.WriteLine(line);
}

string[] wanted =
[
    "Hello, world!",
    "Good day, Ada!",
    "Ada since 1970: reader, writer; monday 2",
    "note 1, note 2, note 3: 3 told",
    "unknown-token: No user has this token.",
];
if (!seen.SequenceEqual(wanted))
{
    await Console.Error.WriteLineAsync($"Expected:\n{string.Join('\n', wanted)}");
    return 1;
}

return 0;
