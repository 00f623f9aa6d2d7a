// Connects a caller to the runtime's main object, with the package's default settings.
import { once } from "node:events";
import { RpcSession, newWebSocketRpcSession } from "capnweb";
import { WebSocket, WebSocketServer } from "ws";

/** One end of an in-memory connection: passes the package's message strings without a copy. */
class MemoryTransport {
    peer;
    #arrived = [];
    #wake;

    send(message) {
        this.peer.#deliver(message);
    }

    receive() {
        return this.#arrived.length > 0 ? Promise.resolve(this.#arrived.shift()) : new Promise((wake) => this.#wake = wake);
    }

    #deliver(message) {
        if (this.#wake) {
            this.#wake(message);
            this.#wake = undefined;
        } else {
            this.#arrived.push(message);
        }
    }
}

export function connectInMemory(main) {
    const caller = new MemoryTransport();
    const runtime = new MemoryTransport();
    [caller.peer, runtime.peer] = [runtime, caller];
    new RpcSession(runtime, main);
    return new RpcSession(caller).getRemoteMain();
}

export async function connectOverWebSocket(main) {
    // Node 20 has no global WebSocket, but the package needs the constants of that class.
    globalThis.WebSocket ??= WebSocket;
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    server.on("connection", (socket) => newWebSocketRpcSession(socket, main));
    await once(server, "listening");
    return newWebSocketRpcSession(new WebSocket(`ws://127.0.0.1:${server.address().port}`));
}
