/** `[[…]]`, the given number of levels deep. */
function nested(levels: number, kind: "arrays" | "objects" = "arrays"): unknown {
  let value: unknown = kind === "arrays" ? [] : {};
  for (let level = 1; level < levels; level += 1) value = kind === "arrays" ? [value] : { a: value };
  return value;
}

const longText = 'ä€\u{1f600}"\\\n'.repeat(2_000);

/** Members whose order changes both in `jsonb`, which orders them by the length of their names first, and by sorting. */
export const ORDERED_MEMBERS = {
  total: 1,
  id: 2,
  amount: 3,
  by: { role: "teller", id: 5 },
  "\u00e4b": [{ quantity: 1, sku: "tea" }],
  a: 6,
};

/** Values that must come back as `JSON.parse(JSON.stringify(value))`, each with a title. */
export const KEPT_VALUES: readonly (readonly [string, unknown])[] = [
  ["null", null],
  ["true and false", [true, false]],
  ["an empty string, array and object", ["", [], {}]],
  ["zero, and −0, which JSON makes 0", [0, -0]],
  ["the last digit of numbers", [0.1, 0.1 + 0.2, 1 / 3, 123456789.12345679, 4.35, 1.1e-7, 100, 1e21, 1e23]],
  ["integers at and beyond the safe limit", [2 ** 53 - 1, -(2 ** 53 - 1), 2 ** 53, 2 ** 63, 2 ** 63 + 2 ** 11]],
  ["5e-324, the least number", 5e-324],
  ["the greatest number", [Number.MAX_VALUE, -Number.MAX_VALUE]],
  ["1e308", 1e308],
  ["numbers in text", ["1.0", "1e400", "007"]],
  ["emoji and other code points beyond the BMP", "\u{1f600}\u{1f469}\u200d\u{1f680}\u{10ffff}"],
  ["text that is not normalised", ["e\u0301", "\u00e9", "\u212b"]],
  ["quotes, backslashes and slashes", "\"'`\\/\\\\\\u0041"],
  ["control characters other than \\u0000", "\u0001\u0007\b\t\n\u000b\f\r\u001f\u007f\u0085"],
  ["line and paragraph separators, and a byte order mark", "\u2028\u2029\ufeff"],
  ["what looks like SQL, a template or a pattern", ["'; drop table events; --", "$1 ? :a @b %s {{x}} $y \\x00"]],
  ["text of many kilobytes", longText],
  ["an odd key", { "": 1, " ": 2, "a.b": 3, 'a"b': 4, "\u{1f600}": 5, "\n": 6 }],
  [
    "keys with escapes, after keys that begin like them", // Node 24 and later mix them up: nodejs/node#63785
    { a: { x: 1, "\\": 2 }, b: { x: 1, '"': 2 }, c: { x: 1, "\n": 2 }, d: { x: 1, "e\\": 2 }, e: { x: 1, "e\t": 2 } },
  ],
  [
    "keys from an object's prototype",
    JSON.parse('{"__proto__":{"polluted":true},"constructor":1,"toString":2,"hasOwnProperty":3}'),
  ],
  ["a nested __proto__ key", JSON.parse('{"a":[{"__proto__":{"x":1},"b":{"__proto__":null}}]}')],
  ["the order of keys", { z: 1, a: 2, m: { y: 1, b: 2 }, B: 3, A: 4 }],
  ["the order of keys of different lengths", ORDERED_MEMBERS],
  ["keys that differ by case or length", { a: 1, A: 2, aa: 3, AA: 4, "a ": 5 }],
  ["undefined members, which are dropped", { a: undefined, b: 1, c: { d: undefined } }],
  ["a date, which toJSON makes a string", { at: new Date("2026-01-02T03:04:05.678Z") }],
  ["toJSON of an own class", { money: { amount: 5, toJSON: () => ({ cents: 500 }) } }],
  [
    "toJSON that is told its key",
    { price: { toJSON: (key: string) => `at ${key}` }, list: [{ toJSON: (key: string) => key }] },
  ],
  ["toJSON that gives undefined, which is dropped", { a: { toJSON: () => undefined }, b: 1 }],
  ["500 levels of arrays", nested(500)],
  ["500 levels of objects", nested(500, "objects")],
  ["an array of many members", Array.from({ length: 5_000 }, (_, n) => n)],
  ["an object of many members", Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`key ${n}`, n]))],
  ["an object without a prototype", Object.assign(Object.create(null), { a: 1 })],
  ["the same object twice, which is not a cycle", twice({ a: 1 })],
];

function twice(shared: object): unknown {
  return { first: shared, second: [shared, shared] };
}

function cycle(): unknown {
  const value: { self?: unknown } = {};
  value.self = { list: [value] };
  return value;
}

/** Values that JSON would silently change, with the place of the fault in `{ a: [0, value] }`; each function makes its value afresh. */
export const REFUSED_VALUES: readonly (readonly [string, () => unknown])[] = [
  ["NaN", () => Number.NaN],
  ["Infinity", () => Number.POSITIVE_INFINITY],
  ["-Infinity", () => Number.NEGATIVE_INFINITY],
  ["a bigint", () => 5n],
  ["a symbol", () => Symbol("s")],
  ["a function", () => () => 1],
  ["a Map", () => new Map([["a", 1]])],
  ["a Set", () => new Set([1])],
  ["a cycle", cycle],
  ["a sparse array", () => Object.assign([], { 0: 1, 2: 3 })],
  ["an array with an empty end", () => new Array(3)],
  ["undefined in an array, which JSON makes null", () => [undefined]],
  ["a lone high surrogate", () => "a\ud83d"],
  ["a lone low surrogate", () => "\ude00a"],
  ["surrogates in the wrong order", () => "\ude00\ud83d"],
  ["a lone surrogate in a key", () => ({ "a\ud83d": 1 })],
  ["\\u0000", () => "a\u0000b"],
  ["\\u0000 in a key", () => ({ "a\u0000b": 1 })],
  ["an invalid date, which toJSON makes null", () => new Date(Number.NaN)],
  ["more than 500 levels", () => nested(499)],
  ["far more than 500 levels", () => nested(100_000)],
  ["toJSON that throws", () => ({ toJSON: () => assertNever() })],
  ["toJSON that gives what is refused", () => ({ toJSON: () => Number.NaN })],
  ["a getter that throws", () => Object.defineProperty({}, "a", { enumerable: true, get: () => assertNever() })],
];

function assertNever(): never {
  throw new Error("own failure");
}
