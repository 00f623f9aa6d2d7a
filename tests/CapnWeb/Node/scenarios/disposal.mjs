import { assertIdle, equal } from "../checks.mjs";

/** Disposing a stub here disposes its target on the server, once. */
export async function disposal(main, session) {
    const before = await main.counts();
    const first = await main.counter(1);
    const second = await main.counter(2);
    const kept = first.dup();
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    second[Symbol.dispose]();
    await equal("a duplicate keeps the target alive", kept.increment(1), 2);
    await equal("a target without stubs is disposed", disposedSince(main, before), 1);
    kept[Symbol.dispose]();
    await equal("a target is disposed after its last duplicate", disposedSince(main, before), 2);

    const login = await main.authenticate("secret");
    login[Symbol.dispose]();
    await equal("the stubs of a disposed result are disposed", disposedSince(main, before), 3);

    main.counter(3)[Symbol.dispose]();
    await equal("the target of a call that is never awaited is disposed", disposedSince(main, before), 4);
    await assertIdle(session);
}

/** Ten thousand calls, after which both tables are empty. */
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
    await assertIdle(session);
}

async function disposedSince(main, before) {
    return (await main.counts()).disposed - before.disposed;
}
