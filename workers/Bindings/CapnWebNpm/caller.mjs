// Caller and runtime of the capnweb-npm references, both on the event loop of this process: node caller.mjs memory|websocket.
// Reads commands from standard input, one JSON line each, and answers each with one JSON line.
import { once } from "node:events";
import { createInterface } from "node:readline";
import { RpcTarget } from "capnweb";
import { connectInMemory, connectOverWebSocket } from "./connections.mjs";

class Runtime extends RpcTarget {
    execute(request) {
        const started = performance.now();
        const result = request.payload;
        return { result, runtimeTimestamp: Date.now(), executionTimeMs: performance.now() - started };
    }
}

const connect = { memory: connectInMemory, websocket: connectOverWebSocket };
const runtime = await connect[process.argv[2]](new Runtime());
const held = [];

const commands = {
    // Stores a request, so that timed calls start with a parsed object. Returns the byte counts of its JSON and of the
    // response's JSON, because capnweb sends plain values as JSON.
    async hold({ request }) {
        held.push(request);
        return {
            held: held.length - 1,
            requestBytes: Buffer.byteLength(JSON.stringify(request)),
            responseBytes: Buffer.byteLength(JSON.stringify(await runtime.execute(request))),
        };
    },

    async call(command) {
        return { response: await runtime.execute(held[command.held]) };
    },

    async time({ held: index, calls, timeLimitNs }) {
        return { calls: await time(held[index], calls, BigInt(timeLimitNs)) };
    },
};

/** The timed loop: makes calls one after another and awaits each. */
async function time(request, calls, timeLimitNs) {
    const elapsedNs = new Float64Array(calls);
    const executionMs = new Float64Array(calls);
    const began = process.hrtime.bigint();
    const deadline = began + timeLimitNs;
    let end = began;
    let made = 0;
    while (made < calls && end < deadline) {
        const start = process.hrtime.bigint();
        const response = await runtime.execute(request);
        end = process.hrtime.bigint();
        elapsedNs[made] = Number(end - start);
        executionMs[made++] = response.executionTimeMs;
    }

    return {
        elapsedNs: [...elapsedNs.subarray(0, made)],
        executionMs: [...executionMs.subarray(0, made)],
        wallNs: Number(end - began),
    };
}

async function answer(line) {
    try {
        const command = JSON.parse(line);
        return await commands[command.do](command);
    } catch (error) {
        return { error: String(error) };
    }
}

for await (const line of createInterface({ input: process.stdin })) {
    if (!process.stdout.write(JSON.stringify(await answer(line)) + "\n")) {
        await once(process.stdout, "drain");
    }
}

process.exit();
