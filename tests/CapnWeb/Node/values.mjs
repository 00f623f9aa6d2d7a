// Every kind of value: `make` creates one, `is` checks a received one and its type.
import { isDeepStrictEqual } from "node:util";

const bytes = [0, 1, 127, 128, 254, 255, 7, 9];
const exactly = (make) => ({ make, is: (value) => isDeepStrictEqual(value, make()) });
const buffer = () => new Uint8Array(bytes).buffer;
const typed = (type) => ({
    make: () => new type(buffer()),
    is: (value) => value?.constructor === type && isDeepStrictEqual(bytesOf(value), bytes),
});
// Node returns a Buffer, which is a subclass of Uint8Array.
const plain = (...given) => ({
    make: () => new Uint8Array(given),
    is: (value) => value instanceof Uint8Array && isDeepStrictEqual(bytesOf(value), given),
});
const bytesOf = (view) => [...new Uint8Array(view.buffer, view.byteOffset, view.byteLength)];

/** Nests the number 7 in this many arrays. */
export function nested(arrays) {
    let value = 7;
    for (let i = 0; i < arrays; i++) {
        value = [value];
    }

    return value;
}

// Member names that a receiver drops: those of Object.prototype, and toJSON.
const inherited = ["__proto__", "constructor", "toString", "hasOwnProperty", "toJSON"];

function withInheritedNames() {
    const value = { kept: 1 };
    for (const name of inherited) {
        Object.defineProperty(value, name, { value: "dropped", enumerable: true });
    }

    return value;
}

export const values = {
    undefined: exactly(() => undefined),
    null: exactly(() => null),
    true: exactly(() => true),
    false: exactly(() => false),
    zero: exactly(() => 0),
    int: exactly(() => 42),
    negative: exactly(() => -7),
    fraction: exactly(() => 0.1),
    largeNumber: exactly(() => 1e21),
    smallNumber: exactly(() => 1e-7),
    smallestNumber: exactly(() => Number.MIN_VALUE),
    safeInteger: exactly(() => Number.MAX_SAFE_INTEGER),
    // JSON.stringify writes −0 as 0.
    minusZero: { make: () => -0, is: (value) => value === 0 },
    inf: exactly(() => Infinity),
    minusInf: exactly(() => -Infinity),
    nan: exactly(() => NaN),
    string: exactly(() => "text"),
    emptyString: exactly(() => ""),
    escapes: exactly(() => "\" \\ / \b\f\n\r\t \0 \u001f \u007f \u0085 \u2028 <&'+>"),
    emoji: exactly(() => "é € 🦔"),
    loneSurrogate: exactly(() => "a\ud83db\udc00"),
    bytes: plain(...bytes),
    emptyBytes: plain(),
    // Every length modulo 3, because base64 is written without padding.
    bytesOfOne: plain(251),
    bytesOfTwo: plain(251, 255),
    arrayBuffer: {
        make: buffer,
        is: (value) => value instanceof ArrayBuffer && isDeepStrictEqual([...new Uint8Array(value)], bytes),
    },
    dataView: typed(DataView),
    int8Array: typed(Int8Array),
    uint8ClampedArray: typed(Uint8ClampedArray),
    int16Array: typed(Int16Array),
    uint16Array: typed(Uint16Array),
    int32Array: typed(Int32Array),
    uint32Array: typed(Uint32Array),
    bigInt64Array: typed(BigInt64Array),
    bigUint64Array: typed(BigUint64Array),
    float32Array: typed(Float32Array),
    float64Array: typed(Float64Array),
    bigint: exactly(() => 123456789012345678901234567890n),
    bigintZero: exactly(() => 0n),
    bigintNegative: exactly(() => -9007199254740993n),
    date: exactly(() => new Date(1_700_000_000_123)),
    dateBeforeEpoch: exactly(() => new Date(-1)),
    dateInvalid: { make: () => new Date(NaN), is: (value) => value instanceof Date && Number.isNaN(value.getTime()) },
    url: {
        make: () => new URL("https://example.com/a%20b?c=1#d"),
        is: (value) => value instanceof URL && value.href === "https://example.com/a%20b?c=1#d",
    },
    array: exactly(() => [1, "two", null, true]),
    emptyArray: exactly(() => []),
    nestedArrays: exactly(() => [[], [[1]], [["error"]], ["export", 1]]),
    // A hole arrives as undefined, or as a hole.
    sparse: {
        make: () => [1, , 3],
        is: (value) => Array.isArray(value) && value.length === 3 && value[0] === 1 && value[1] === undefined && value[2] === 3,
    },
    object: exactly(() => ({ a: 1, b: { c: [2, { d: "e" }] }, n: null, u: undefined })),
    emptyObject: exactly(() => ({})),
    // JavaScript orders array indexes first, ascending.
    integerKeys: {
        make: () => ({ b: 1, 10: 2, 2: 3, a: 4, "01": 5 }),
        is: (value) => isDeepStrictEqual(Object.entries(value), [["2", 3], ["10", 2], ["b", 1], ["a", 4], ["01", 5]]),
    },
    oddKeys: exactly(() => ({ "": 1, "a.b": 2, "é 🦔": 3, "\"": 4 })),
    inheritedNames: {
        make: withInheritedNames,
        is: (value) => value?.kept === 1 && inherited.every((name) => !Object.hasOwn(value, name)),
    },
    // An argument has depth 1, so the 7 in the innermost array has depth 255, the maximum.
    deep: exactly(() => nested(254)),
    text100KB: exactly(() => "x".repeat(100_000)),
    // 1 MB, longer than any socket buffer: every character takes two bytes in UTF-8.
    text1MB: exactly(() => "é".repeat(500_000)),
};
