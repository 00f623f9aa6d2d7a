// Runs scenarios against servers of the interop target. Reads one line of JSON per scenario, [URL, SCENARIO]. A ws:// URL uses
// a WebSocket, an http:// URL a batch. Writes one line per check, and {"done"} when the connection is closed. An empty line ends it.
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

// Node 20 has no WebSocket, but the package needs its constants.
globalThis.WebSocket ??= WebSocket;

for await (const line of createInterface({ input: process.stdin })) {
    if (line === "") {
        break;
    }

    const [url, scenario] = JSON.parse(line);
    await (url.startsWith("ws:") ? connected(url, overWebSocket[scenario]) : overBatch[scenario](() => newHttpBatchRpcSession(url)));
    console.log(JSON.stringify({ done: scenario }));
}

// An open standard input would keep the process alive. Without it, the exit shows that no scenario left a handle open.
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
