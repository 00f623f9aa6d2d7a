// Calls a server of the interop target: node client.mjs URL SCENARIO; ws://… over WebSocket, http://… over batch. Writes a line
// of JSON a check, and ends with {"done"}.
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

const [url, scenario] = process.argv.slice(2);
// Node 20 has none of its own, and the package asks for its constants.
globalThis.WebSocket ??= WebSocket;
if (url.startsWith("ws:")) {
    const socket = new WebSocket(url);
    const session = new RpcSession(new WebSocketTransport(socket));
    await overWebSocket[scenario](session.getRemoteMain(), session);
    console.log(JSON.stringify({ done: scenario, ...session.getStats() }));
    session.getRemoteMain()[Symbol.dispose]();
    socket.close();
} else {
    await overBatch[scenario](() => newHttpBatchRpcSession(url));
    console.log(JSON.stringify({ done: scenario }));
}
