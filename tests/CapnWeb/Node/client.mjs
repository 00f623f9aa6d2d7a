// Calls servers of the interop target. Reads a line of JSON a scenario, [URL, SCENARIO]; ws://… over WebSocket, http://… over
// batch. Writes a line a check, and {"done"} when the connection has closed. An empty line is the last.
import { once } from "node:events";
import { createInterface } from "node:readline";
import { RpcSession, WebSocketTransport, newHttpBatchRpcSession } from "capnweb";
import { WebSocket } from "ws";
import * as batch from "./scenarios/batch.mjs";
import { callbacks } from "./scenarios/callbacks.mjs";
import { disposal, many } from "./scenarios/disposal.mjs";
import { failures } from "./scenarios/failures.mjs";
import { map, order, pipelining } from "./scenarios/pipelining.mjs";
import { everyValue, tooDeep } from "./scenarios/values.mjs";

const overWebSocket = { values: everyValue, tooDeep, pipelining, map, order, callbacks, failures, disposal, many };
const overBatch = { values: batch.values, failures: batch.failures, pipelining: batch.pipelining, stubs: batch.stubs };

// Node 20 has none of its own, and the package asks for its constants.
globalThis.WebSocket ??= WebSocket;

for await (const line of createInterface({ input: process.stdin })) {
    if (line === "") {
        break;
    }

    const [url, scenario] = JSON.parse(line);
    await (url.startsWith("ws:") ? connected(url, overWebSocket[scenario]) : overBatch[scenario](() => newHttpBatchRpcSession(url)));
    console.log(JSON.stringify({ done: scenario }));
}

// Else the other end of the pipe keeps the process; that nothing more does is what its end tells.
process.stdin.destroy();

async function connected(url, scenario) {
    const socket = new WebSocket(url);
    const session = new RpcSession(new WebSocketTransport(socket));
    await scenario(session.getRemoteMain(), session);
    session.getRemoteMain()[Symbol.dispose]();
    const closed = once(socket, "close");
    socket.close();
    await closed;
}
