import { atRest, equal } from "../checks.mjs";

/** What is disposed here is released there, once. */
export async function disposal(main, session) {
    const before = await main.counts();
    const first = await main.counter(1);
    const second = await main.counter(2);
    const kept = first.dup();
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    second[Symbol.dispose]();
    await equal("a duplicate holds what was disposed", kept.increment(1), 2);
    await equal("what nothing holds is disposed of", disposedSince(main, before), 1);
    kept[Symbol.dispose]();
    await equal("and so is the other, when its duplicate is", disposedSince(main, before), 2);

    const login = await main.authenticate("secret");
    login[Symbol.dispose]();
    await equal("a result's stubs are the result's", disposedSince(main, before), 3);

    // Never awaited: disposed of all the same.
    main.counter(3)[Symbol.dispose]();
    await equal("so is what was never awaited", disposedSince(main, before), 4);
    await atRest(session);
}

/** Ten thousand calls of every kind, then both tables are where they began. */
export async function many(main, session) {
    const rounds = 2_500;
    let sum = 0;
    for (let i = 0; i < rounds; i++) {
        const counter = main.counter(i);
        const [next, square, called] = await Promise.all([counter.increment(1), main.square(2), main.callMe((value) => value, 1)]);
        sum += next + square + called;
        counter[Symbol.dispose]();
    }

    await equal("ten thousand calls are answered", sum, rounds * (rounds - 1) / 2 + rounds * 6);
    await atRest(session);
}

async function disposedSince(main, before) {
    return (await main.counts()).disposed - before.disposed;
}
