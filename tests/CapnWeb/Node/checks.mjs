// A check is one line of JSON: {"check", "ok"}, and what was seen instead where it is not ok.
import { inspect, isDeepStrictEqual } from "node:util";

const shown = (value) => inspect(value, { depth: 4, breakLength: Infinity, maxStringLength: 200, maxArrayLength: 20 });

/** Says whether what a promise gives passes a test. */
export async function check(name, given, isRight) {
    let got;
    try {
        got = await given;
    } catch (error) {
        say(name, false, `threw ${shown(error)}`);
        return;
    }

    say(name, isRight(got), shown(got));
}

export const equal = (name, given, expected) => check(name, given, (got) => isDeepStrictEqual(got, expected));

/** Says whether a promise fails with what passes a test. */
export async function fails(name, given, isRight) {
    try {
        const got = await given;
        say(name, false, `no failure, but ${shown(got)}`);
    } catch (error) {
        say(name, isRight(error), `threw ${shown(error)}`);
    }
}

/** Says whether both ends' tables are where they began. */
export async function atRest(session) {
    const main = session.getRemoteMain();
    // A round trip, so that what was released has been heard of on both sides.
    await main.square(1);
    await equal("the table is where it began", session.getStats(), { imports: 1, exports: 1 });
    // The call that asks is an export there.
    await equal("the other end's too", main.tables(), { imports: 1, exports: 2 });
}

function say(name, ok, got) {
    console.log(JSON.stringify(ok ? { check: name, ok } : { check: name, ok: false, got }));
}
