// A check prints one line of JSON: {"check", "ok"}, and the actual value as "got" if it failed.
import { inspect, isDeepStrictEqual } from "node:util";

const shown = (value) => inspect(value, { depth: 4, breakLength: Infinity, maxStringLength: 200, maxArrayLength: 20 });

/** Reports whether the value of a promise passes a test. */
export async function check(name, given, isRight) {
    let got;
    try {
        got = await given;
    } catch (error) {
        report(name, false, `threw ${shown(error)}`);
        return;
    }

    report(name, isRight(got), shown(got));
}

export const equal = (name, given, expected) => check(name, given, (got) => isDeepStrictEqual(got, expected));

/** Reports whether a promise fails with an error that passes a test. */
export async function fails(name, given, isRight) {
    try {
        const got = await given;
        report(name, false, `no failure, but ${shown(got)}`);
    } catch (error) {
        report(name, isRight(error), `threw ${shown(error)}`);
    }
}

/** Reports whether the tables of both ends hold only the main objects. */
export async function assertIdle(session) {
    const main = session.getRemoteMain();
    // After a round trip both sides have processed all releases.
    await main.square(1);
    await equal("the table is empty", session.getStats(), { imports: 1, exports: 1 });
    // The call of tables itself is one export there.
    await equal("the table of the other end is empty", main.tables(), { imports: 1, exports: 2 });
}

function report(name, ok, got) {
    console.log(JSON.stringify(ok ? { check: name, ok } : { check: name, ok: false, got }));
}
