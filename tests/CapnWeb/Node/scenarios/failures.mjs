import { assertIdle, check, equal, fails } from "../checks.mjs";
import { errors, thrown } from "../errors.mjs";

export async function failures(main, session) {
    for (const [kind, { make, is }] of Object.entries(errors)) {
        await fails(`${kind} is thrown`, main.fail(kind), is);
        await check(`${kind} is a result`, main.giveError(kind), is);
        await equal(`${kind} is an argument`, main.checkError(kind, make()), true);
        await fails(`${kind} is thrown by a callback`, main.callMe(() => { throw make(); }), is);
    }

    for (const [kind, { is }] of Object.entries(thrown)) {
        await fails(`${kind} is thrown, no error`, main.failWith(kind), is);
    }

    await fails(
        "no method of that name",
        main.missing(),
        (error) => error instanceof TypeError && error.message === "'missing' is not a function.");
    const four = main.square(2);
    await fails("a member of a value is no method", four.missing(), (error) => error instanceof TypeError);
    four[Symbol.dispose]();
    await check("an error has no stack of the other side", main.giveError("Error"), (error) => !/target\.mjs|\.cs/.test(error.stack));
    await assertIdle(session);
}
