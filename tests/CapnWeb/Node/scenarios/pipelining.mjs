import { assertIdle, equal, fails } from "../checks.mjs";

export async function pipelining(main, session) {
    const owned = [];
    // A promise that is only used for pipelining is never awaited, so it must be disposed.
    const own = (promise) => (owned.push(promise), promise);

    await equal("a promise as an argument", main.square(own(main.square(3))), 81);
    await equal("a promise within an argument", main.echo({ a: [own(main.square(2)), own(main.square(3))] }), { a: [4, 9] });

    const login = own(main.authenticate("secret"));
    await equal("a property of a promise as an argument", main.greet(login.user.name), "Hello, Ada!");
    await equal("a property path of a promise", login.user.id, 7);
    await equal("a method of a stub in a promise", login.account.greet("Hi"), "Hi, Ada!");
    await equal("a property of a stub in a promise", login.account.name, "Ada");
    await equal("a stub made by a stub in a promise", own(login.account.counter(5)).increment(2), 7);

    const counter = own(main.counter(10));
    const increments = [counter.increment(1), counter.increment(2), counter.increment(3)];
    await equal("three calls pipelined on one stub", Promise.all(increments), [11, 13, 16]);
    await equal("a promised stub as an argument", main.increment(counter, 4), 20);
    await equal("a property of a promised stub", counter.value, 20);

    await equal("promises within a result", main.nested(), { one: 1, more: [{ two: 2 }, [3]] });
    await equal("a result that comes late", main.later("late"), "late");
    await equal("a call on a result that comes late", main.square(own(main.later(6))), 36);

    await fails(
        "a call whose argument fails",
        main.square(own(main.fail("RangeError"))),
        (error) => error instanceof RangeError && error.message === "an RangeError");
    await fails(
        "a call on a promise that fails",
        own(main.authenticate("wrong")).account.greet("Hi"),
        (error) => error instanceof TypeError && error.message === "unknown token");

    owned.forEach((promise) => promise[Symbol.dispose]());
    await assertIdle(session);
}

export async function map(main) {
    await equal("map to a member", main.users().map((user) => user.name), ["Ada", "Grace", "Edsger"]);
    await equal("map to calls on a captured stub", main.ids().map((id) => main.square(id)), [1, 4, 9]);
    await equal(
        "map to objects",
        main.users().map((user) => ({ id: user.id, twice: main.add(user.id, user.id) })),
        [{ id: 1, twice: 2 }, { id: 2, twice: 4 }, { id: 3, twice: 6 }]);
    await equal("map of one value", main.square(3).map((nine) => main.square(nine)), 81);
    await equal("map of null", main.echo(null).map((value) => main.square(value)), null);
    await equal("map of undefined", main.nothing().map((value) => main.square(value)), undefined);
    await equal("map of no element", main.echo([]).map((value) => main.square(value)), []);
    await equal("map within map", main.echo([[1, 2], [3]]).map((row) => row.map((n) => main.square(n))), [[1, 4], [9]]);
    await fails("map to a call that fails", main.ids().map(() => main.fail("TypeError")), (error) => error instanceof TypeError);
}

/** Calls start in the order in which they were made, on a stub and on a promised stub. */
export async function order(main) {
    const numbers = Array.from({ length: 500 }, (_, i) => i);
    const calls = numbers.map((n) => main.append(n));
    await equal("calls begin in order", main.takeAppended(), numbers);
    await Promise.all(calls);

    const counter = main.counter(0);
    await equal("calls on a promise begin in order", Promise.all(numbers.map(() => counter.increment(1))), numbers.map((n) => n + 1));
    counter[Symbol.dispose]();

    const waiting = main.wait();
    // Calling then sends the pull, so the call is pending while others are answered.
    const waited = waiting.then((value) => value);
    await equal("a call is answered while an earlier one is pending", main.square(4), 16);
    await main.completeWait("gone");
    await equal("the earlier call is answered afterwards", waited, "gone");
}
