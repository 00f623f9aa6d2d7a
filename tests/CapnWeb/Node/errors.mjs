// Every kind of thrown value: `make` creates one, `is` checks a received one.
import { isDeepStrictEqual } from "node:util";

const known = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

const isA = (type, message) => (error) => error?.constructor === type && error.message === message;
const withMembers = (error, members) => Object.assign(error, members);

export const errors = {
    ...Object.fromEntries(Object.entries(known).map(([name, type]) => [name, {
        make: () => new type(`an ${name}`),
        is: isA(type, `an ${name}`),
    }])),
    // The receiver turns an unknown error name into Error, so the check looks at the code.
    ownType: {
        make: () => withMembers(new Error("of its own type"), { name: "OrderError", code: "E_ORDER" }),
        is: (error) => isA(Error, "of its own type")(error) && error.code === "E_ORDER",
    },
    emptyMessage: { make: () => new Error(""), is: isA(Error, "") },
    properties: {
        make: () => withMembers(
            new RangeError("with properties"), { code: "E_RANGE", limit: 3, at: new Date(5), path: ["a", 1], none: undefined }),
        is: (error) => isA(RangeError, "with properties")(error) && error.code === "E_RANGE" && error.limit === 3
            && isDeepStrictEqual(error.at, new Date(5)) && isDeepStrictEqual(error.path, ["a", 1]),
    },
    cause: {
        make: () => new TypeError("outer", { cause: new RangeError("inner", { cause: "innermost" }) }),
        is: (error) => isA(TypeError, "outer")(error) && isA(RangeError, "inner")(error.cause) && error.cause.cause === "innermost",
    },
    aggregate: {
        make: () => new AggregateError([new TypeError("first"), new Error("second"), "third"], "several"),
        is: (error) => isA(AggregateError, "several")(error) && error.errors.length === 3
            && isA(TypeError, "first")(error.errors[0]) && isA(Error, "second")(error.errors[1]) && error.errors[2] === "third",
    },
};

/** Thrown values that are not Error objects. */
export const thrown = {
    string: { make: () => "a string", is: (value) => value === "a string" },
    object: { make: () => ({ reason: "an object", at: [1] }), is: (value) => isDeepStrictEqual(value, { reason: "an object", at: [1] }) },
    undefined: { make: () => undefined, is: (value) => value === undefined },
};
