// The target that the interop tests call. The C# server has the same members with the same names.
import { RpcPromise, RpcTarget } from "capnweb";
import { errors, thrown } from "./errors.mjs";
import { values } from "./values.mjs";

/** Numbers of targets created and disposed, over all connections. */
export const counts = { made: 0, disposed: 0 };

/** A counter that is returned by reference. It counts its creation and disposal. */
class Counter extends RpcTarget {
    #value;

    constructor(start) {
        super();
        this.#value = start;
        counts.made++;
    }

    get value() {
        return this.#value;
    }

    increment(by = 1) {
        return this.#value += by;
    }

    fail() {
        throw new RangeError("the counter fails");
    }

    [Symbol.dispose]() {
        counts.disposed++;
    }
}

class Account extends RpcTarget {
    #name;

    constructor(name) {
        super();
        this.#name = name;
        counts.made++;
    }

    get name() {
        return this.#name;
    }

    greet(greeting) {
        return `${greeting}, ${this.#name}!`;
    }

    counter(start) {
        return new Counter(start);
    }

    [Symbol.dispose]() {
        counts.disposed++;
    }
}

export class InteropTarget extends RpcTarget {
    #appended = [];
    #kept;
    #gate;

    /** The session of a WebSocket connection. Undefined for a batch. */
    session;

    // Values.
    echo(value) {
        return value;
    }

    give(kind) {
        return values[kind].make();
    }

    check(kind, value) {
        return values[kind].is(value);
    }

    nothing() {
    }

    // Arguments.
    square(n) {
        return n * n;
    }

    add(a, b) {
        return a + b;
    }

    greet(name, greeting = "Hello") {
        return `${greeting}, ${name}!`;
    }

    // Properties.
    get version() {
        return "1.2.3";
    }

    get settings() {
        return { theme: { color: "red" }, sizes: [10, 20, 30] };
    }

    // Stubs, promises and pipelining.
    counter(start = 0) {
        return new Counter(start);
    }

    authenticate(token) {
        if (token !== "secret") {
            throw new TypeError("unknown token");
        }

        return { user: { name: "Ada", id: 7 }, account: new Account("Ada") };
    }

    later(value) {
        return new Promise((resolve) => setImmediate(() => resolve(value)));
    }

    nested() {
        const promise = (value) => new RpcPromise(this.later(value));
        return { one: promise(1), more: [promise({ two: 2 }), promise([3])] };
    }

    increment(counter, by) {
        return counter.increment(by);
    }

    users() {
        return [{ id: 1, name: "Ada" }, { id: 2, name: "Grace" }, { id: 3, name: "Edsger" }];
    }

    ids() {
        return [1, 2, 3];
    }

    // Callbacks.
    callMe(callback, value) {
        return callback(value);
    }

    async callMeOften(callback, times) {
        const given = [];
        for (let i = 0; i < times; i++) {
            given.push(await callback(i));
        }

        return given;
    }

    // A stub in an argument is disposed with the call, so these methods keep a duplicate.
    giveBack(callback) {
        return { callback: callback.dup() };
    }

    keep(callback) {
        this.dropKept();
        this.#kept = callback.dup();
    }

    callKept(value) {
        return this.#kept(value);
    }

    dropKept() {
        this.#kept?.[Symbol.dispose]();
        this.#kept = undefined;
    }

    // Errors.
    fail(kind) {
        throw errors[kind].make();
    }

    failWith(kind) {
        throw thrown[kind].make();
    }

    giveError(kind) {
        return errors[kind].make();
    }

    checkError(kind, error) {
        return errors[kind].is(error);
    }

    // Order of calls.
    append(n) {
        this.#appended.push(n);
    }

    takeAppended() {
        return this.#appended.splice(0);
    }

    // A call that stays pending until completeWait is called.
    wait() {
        return new Promise((resolve) => this.#gate = resolve);
    }

    completeWait(value) {
        this.#gate(value);
    }

    counts() {
        return { ...counts };
    }

    // Waits, because this call itself counts as an export only once it is pending.
    async tables() {
        await null;
        return this.session.getStats();
    }
}
