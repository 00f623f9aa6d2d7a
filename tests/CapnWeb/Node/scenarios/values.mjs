import { assertIdle, check, equal, fails } from "../checks.mjs";
import { nested, values } from "../values.mjs";

/** Every kind of value as an argument, as a result, and echoed. */
export async function everyValue(main, session) {
    for (const [kind, { make, is }] of Object.entries(values)) {
        await equal(`${kind} arrives`, main.check(kind, make()), true);
        await check(`${kind} comes`, main.give(kind), is);
        await check(`${kind} is echoed`, main.echo(make()), is);
    }

    await equal("nothing is undefined", main.nothing(), undefined);
    await equal("a missing argument takes its default", main.greet("Ada"), "Hello, Ada!");
    await equal("an argument is taken before the default", main.greet("Ada", "Hi"), "Hi, Ada!");
    await equal("an extra argument is ignored", main.greet("Ada", "Hi", 3, { four: 4 }), "Hi, Ada!");
    await equal("a property", main.version, "1.2.3");
    await equal("a property of a property", main.settings.theme.color, "red");
    // JavaScript sends a path of strings, and the server does not treat a string as an index.
    await equal("an array has no member of that name", main.settings.sizes[1], undefined);
    await equal("a missing property", main.settings.theme.nothing, undefined);
    await assertIdle(session);
}

/** One array deeper than allowed: refused before it is sent, and the session goes on. */
export async function tooDeep(main) {
    await fails("too deep an argument", callTooDeep(main), (error) => error instanceof Error);
    await equal("the session goes on", main.square(3), 9);
}

// Async, because the package throws from the call itself.
const callTooDeep = async (main) => await main.echo(nested(255));
