import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodedPath, streamNameOf } from "../../src/events/stream-name.ts";

/** The bytes that an encoded path was made of. */
function decodedPath(text: string): Buffer {
  const parts = text.split(/%([0-9A-F]{2})/);
  return Buffer.concat(parts.map((part, index) => Buffer.from(part, index % 2 === 0 ? "utf8" : "hex")));
}

/** Paths whose bytes are likely to be mistaken for something: pieces of characters, percent signs, digits. */
const paths = fc
  .array(
    fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 3 }),
      fc.string({ unit: "binary" }),
      fc.constantFrom("%", "%4", "1", "%25", "é", "\u0085", "\xff", "🚀"),
    ),
    { minLength: 1 },
  )
  .map((parts) => Buffer.concat(parts.map((part) => Buffer.from(part as string))));

const longPaths = fc
  .tuple(paths, fc.integer({ min: 1, max: 900 }), paths)
  .map(([first, times, last]) => Buffer.concat([...Array<Buffer>(times).fill(first), last]));

describe("encodedPath", () => {
  it("leaves what can be a name as it is", () => {
    for (const path of ["src/main.ts", "a b", 'q"q', "日本語/🚀", "e\u0301", "back\\slash"]) {
      expect(encodedPath(Buffer.from(path))).toBe(path);
    }
  });

  it("percent-encodes control characters, percent signs and bytes that are not UTF-8", () => {
    expect(encodedPath(Buffer.from("100%\t\n\x1b\x7f\u0085"))).toBe("100%25%09%0A%1B%7F%C2%85");
    expect(encodedPath(Buffer.from([0x61, 0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0xe2, 0x82]))).toBe(
      "a%FF%C3(%ED%A0%80%E2%82",
    );
    expect(encodedPath(Buffer.from([0xc2, 0xa0, 0xc0, 0x80, 0xf4, 0x90, 0x80, 0x80]))).toBe("\u00a0%C0%80%F4%90%80%80");
  });

  it("decodes to the very bytes of the path", () => {
    fc.assert(fc.property(fc.oneof(paths, longPaths), (path) => decodedPath(encodedPath(path)).equals(path)));
  });
});

describe("streamNameOf", () => {
  it("keeps a path of 512 code points and shortens a longer one to 512", () => {
    const exact = Buffer.from("🚀".repeat(512));
    expect(streamNameOf(exact)).toBe("🚀".repeat(512));
    const longer = streamNameOf(Buffer.from("🚀".repeat(513)));
    expect(longer).toMatch(/^(🚀){440}%sha256-[0-9a-f]{64}$/u);
    expect([...longer]).toHaveLength(512);
  });

  it("makes a name that every store takes", () => {
    const isName = (name: string): boolean => name.isWellFormed() && !/\p{Cc}/u.test(name) && [...name].length <= 512;
    fc.assert(fc.property(fc.oneof(paths, longPaths), (path) => isName(streamNameOf(path))));
  });

  it("gives two paths two names", () => {
    const neighbours = fc.oneof(
      fc.tuple(paths, paths),
      fc.tuple(longPaths, longPaths),
      longPaths.map((path) => [path, path.subarray(1)] as const),
      longPaths.map((path) => [path, Buffer.from(streamNameOf(path))] as const),
    );
    const differs = ([one, other]: readonly [Buffer, Buffer]): boolean =>
      one.equals(other) === (streamNameOf(one) === streamNameOf(other));
    fc.assert(fc.property(neighbours, differs), { numRuns: 200 });
  });
});
