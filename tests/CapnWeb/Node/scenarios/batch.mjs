import { check, equal, fails } from "../checks.mjs";
import { errors, thrown } from "../errors.mjs";
import { values as kinds } from "../values.mjs";

/** All values in two batches: one sends them, one receives them. */
export async function values(connect) {
    const there = connect();
    const arrived = Object.entries(kinds).map(([kind, { make }]) => equal(`${kind} arrives`, there.check(kind, make()), true));
    await Promise.all(arrived);
    const back = connect();
    await Promise.all(Object.entries(kinds).map(([kind, { is }]) => check(`${kind} comes`, back.give(kind), is)));
    await equal("a property", connect().settings.theme.color, "red");
}

export async function failures(connect) {
    const main = connect();
    await Promise.all([
        ...Object.entries(errors).map(([kind, { is }]) => fails(`${kind} is thrown`, main.fail(kind), is)),
        ...Object.entries(thrown).map(([kind, { is }]) => fails(`${kind} is thrown, no error`, main.failWith(kind), is)),
        fails("a missing method", main.missing(), (error) => error instanceof TypeError),
        equal("a call among failing calls", main.square(5), 25),
    ]);
}

export async function pipelining(connect) {
    const main = connect();
    const login = main.authenticate("secret");
    const counter = login.account.counter(5);
    await Promise.all([
        equal("a promise as an argument", main.square(main.square(3)), 81),
        equal("a property path of a promise", login.user.name, "Ada"),
        equal("a method of a stub in a promise", login.account.greet(main.later("Hi")), "Hi, Ada!"),
        equal("calls on a stub in a promise, in order", Promise.all([counter.increment(1), counter.increment(2)]), [6, 8]),
        equal("promises within a result", main.nested(), { one: 1, more: [{ two: 2 }, [3]] }),
        equal("map", main.ids().map((id) => main.square(id)), [1, 4, 9]),
        fails("a call whose argument fails", main.square(main.fail("RangeError")), (error) => error instanceof RangeError),
        fails("a call on a promise that fails", main.authenticate("wrong").account.greet("Hi"), (error) => error instanceof TypeError),
    ]);
}

/** Stubs of the server as arguments, while they are promises. */
export async function stubs(connect) {
    const main = connect();
    const counter = main.counter(1);
    await Promise.all([
        equal("the server's own stub as an argument", main.increment(counter, 2), 3),
        equal("a property of a stub as an argument", main.square(main.counter(3).value), 9),
    ]);
    await fails("a stub is unusable after its batch", counter.increment(1), (error) => error instanceof Error);
}
