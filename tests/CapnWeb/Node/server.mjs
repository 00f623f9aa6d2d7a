// Serves the interop target on a free loopback port, over WebSocket and HTTP batch at /rpc. Writes one line of JSON, {"port"},
// when it listens. Exits when its standard input ends. GET /state returns the table sizes and the counts of targets.
import { createServer } from "node:http";
import { RpcSession, WebSocketTransport, nodeHttpBatchRpcResponse } from "capnweb";
import { WebSocket, WebSocketServer } from "ws";
import { InteropTarget, counts } from "./target.mjs";

// Node 20 has no WebSocket, but the package needs its constants.
globalThis.WebSocket ??= WebSocket;

const sessions = new Map();

const server = createServer(async (request, response) => {
    if (request.url === "/rpc") {
        await nodeHttpBatchRpcResponse(request, response, new InteropTarget());
    } else if (request.url === "/state") {
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ sessions: [...sessions.values()].map((session) => session.getStats()), ...counts }));
    } else {
        response.writeHead(404).end();
    }
});

new WebSocketServer({ server, path: "/rpc" }).on("connection", (socket) => {
    const target = new InteropTarget();
    target.session = new RpcSession(new WebSocketTransport(socket), target);
    sessions.set(socket, target.session);
    socket.on("close", () => sessions.delete(socket));
});

server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: server.address().port })));
process.stdin.on("end", () => process.exit()).resume();
