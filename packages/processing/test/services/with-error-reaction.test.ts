import { describe, expect, expectTypeOf, it } from "vitest";
import {
  continueWith,
  exitProcess,
  exponentialBackoff,
  rethrow,
  retryWith,
  withErrorReaction,
} from "../../src/index.ts";

const backoff = exponentialBackoff({ firstMs: 0, longestMs: 1 });
const failing = async (): Promise<number> => {
  throw new Error("mine");
};

describe("withErrorReaction", () => {
  it("returns what the work returns", async () => {
    expect(await withErrorReaction(async () => 1, { name: "work", onError: rethrow() })).toBe(1);
  });

  it("passes on the error, or what the reaction makes of it", async () => {
    await expect(withErrorReaction(failing, { name: "work", onError: rethrow() })).rejects.toThrow("mine");
    const onError = rethrow((error) => new Error("another", { cause: error }));
    await expect(withErrorReaction(failing, { name: "work", onError })).rejects.toThrow("another");
  });

  it("goes on with a value in place of the work's", async () => {
    const result = withErrorReaction(failing, { name: "work", onError: continueWith((error) => String(error).length) });
    expectTypeOf(result).resolves.toEqualTypeOf<number>();
    expect(await result).toBe(11);
    // @ts-expect-error a value of the type of the work's
    void withErrorReaction(failing, { name: "work", onError: continueWith(() => "text") });
  });

  it("tries again until the work succeeds or the reaction differs", async () => {
    const told: unknown[] = [];
    const result = withErrorReaction(failing, {
      name: "work",
      onError: (error, context) => {
        told.push([String(error), context]);
        return context.failures < 3 ? retryWith(backoff) : continueWith(() => -1);
      },
    });
    expect(await result).toBe(-1);
    expect(told).toEqual([1, 2, 3].map((failures) => ["Error: mine", { name: "work", failures }]));
  });

  it("ends a wait between tries when the signal says so", async () => {
    const abort = new AbortController();
    const onError = retryWith(exponentialBackoff({ firstMs: 1_000_000, longestMs: 1_000_000 }));
    const result = withErrorReaction(failing, { name: "work", onError, signal: abort.signal });
    abort.abort(new Error("no longer wanted"));
    await expect(result).rejects.toThrow("no longer wanted");
  });

  it("refuses anything but a reaction, and invalid exit codes", async () => {
    await expect(withErrorReaction(failing, { name: "work", onError: 1 as never })).rejects.toThrow(TypeError);
    await expect(withErrorReaction(failing, { name: "work", onError: () => ({}) as never })).rejects.toThrow(TypeError);
    const onError = exitProcess(() => 256);
    await expect(withErrorReaction(failing, { name: "work", onError })).rejects.toThrow(RangeError);
    expect(() => retryWith({} as never)).toThrow(TypeError);
    expect(() => exitProcess(1 as never)).toThrow(TypeError);
  });
});
