import { atRest, equal, fails } from "../checks.mjs";

export async function pipelining(main, session) {
    const owned = [];
    // What is only pipelined on is held until it is disposed of.
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
    await equal("three calls pipelined on one stub", Promise.all([counter.increment(1), counter.increment(2), counter.increment(3)]), [11, 13, 16]);
    await equal("a stub that is yet a promise as an argument", main.increment(counter, 4), 20);
    await equal("its property", counter.value, 20);

    await equal("promises within a result", main.nested(), { one: 1, more: [{ two: 2 }, [3]] });
    await equal("a result that comes late", main.later("late"), "late");
    await equal("a call on a result that comes late", main.square(own(main.later(6))), 36);

    await fails("a call whose argument fails", main.square(own(main.fail("RangeError"))), (error) => error instanceof RangeError && error.message === "an RangeError");
    await fails("a call on a promise that fails", own(main.authenticate("wrong")).account.greet("Hi"), (error) => error instanceof TypeError && error.message === "unknown token");

    owned.forEach((promise) => promise[Symbol.dispose]());
    await atRest(session);
}

export async function map(main) {
    await equal("map to a member", main.users().map((user) => user.name), ["Ada", "Grace", "Edsger"]);
    await equal("map to calls of what it captures", main.ids().map((id) => main.square(id)), [1, 4, 9]);
    await equal("map to objects", main.users().map((user) => ({ id: user.id, twice: main.add(user.id, user.id) })), [{ id: 1, twice: 2 }, { id: 2, twice: 4 }, { id: 3, twice: 6 }]);
    await equal("map of one value", main.square(3).map((nine) => main.square(nine)), 81);
    await equal("map of null", main.echo(null).map((value) => main.square(value)), null);
    await equal("map of undefined", main.nothing().map((value) => main.square(value)), undefined);
    await equal("map of no element", main.echo([]).map((value) => main.square(value)), []);
    await equal("map within map", main.echo([[1, 2], [3]]).map((row) => row.map((n) => main.square(n))), [[1, 4], [9]]);
    await fails("map to a call that fails", main.ids().map(() => main.fail("TypeError")), (error) => error instanceof TypeError);
}

/** Calls on one stub begin in the order in which they were made, also on one that is yet a promise. */
export async function order(main) {
    const numbers = Array.from({ length: 500 }, (_, i) => i);
    const calls = numbers.map((n) => main.append(n));
    await equal("calls begin in order", main.takeAppended(), numbers);
    await Promise.all(calls);

    const counter = main.counter(0);
    await equal("calls on a promise begin in order", Promise.all(numbers.map(() => counter.increment(1))), numbers.map((n) => n + 1));
    counter[Symbol.dispose]();

    const waiting = main.wait();
    // Pulled now, so that it is out while others are answered.
    const waited = waiting.then((value) => value);
    await equal("a call is answered while an earlier one is out", main.square(4), 16);
    await main.letGo("gone");
    await equal("the earlier one is answered then", waited, "gone");
}
