import { RpcTarget } from "capnweb";
import { assertIdle, equal, fails } from "../checks.mjs";

export async function callbacks(main, session) {
    await equal("a function is called back", main.callMe((value) => value * 2, 21), 42);
    await equal("a function that answers late", main.callMe(async (value) => { await null; return { value }; }, 1), { value: 1 });
    await equal("a function is called often", main.callMeOften((i) => i * i, 5), [0, 1, 4, 9, 16]);
    await fails(
        "a function that fails",
        main.callMe(() => { throw new RangeError("not today"); }),
        (error) => error instanceof RangeError && error.message === "not today");

    class Doubler extends RpcTarget {
        increment(by) {
            return by * 2;
        }
    }

    await equal("a target of the caller is called back", main.increment(new Doubler(), 4), 8);
    const counter = await main.counter(1);
    await equal("the server's own stub as an argument", main.increment(counter, 2), 3);
    counter[Symbol.dispose]();
    const home = await main.giveBack((value) => `home ${value}`);
    await equal("the caller's own function in a result", home.callback(1), "home 1");
    home[Symbol.dispose]();

    await kept(main);
    await assertIdle(session);
}

async function kept(main) {
    let calls = 0;
    let disposed = 0;
    class Kept extends RpcTarget {
        increment() {
            return ++calls;
        }

        [Symbol.dispose]() {
            disposed++;
        }
    }

    await main.keep((value) => `kept ${value}`);
    await equal("a function is kept and called later", main.callKept(1), "kept 1");
    await equal("a kept function is called again", main.callKept(2), "kept 2");
    await main.dropKept();

    await main.increment(new Kept(), 1);
    // After a round trip the release has arrived.
    await main.square(1);
    await equal("a target of the caller is released after the call", [calls, disposed], [1, 1]);
}
