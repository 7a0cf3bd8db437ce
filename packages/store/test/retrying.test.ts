import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import {
  EventsMatchedError,
  ignoreUnmetCondition,
  retryOnUnmetCondition,
  streamIsEmpty,
  taggedWith,
  UnmetWriteConditionError,
} from "../src/index.ts";
import { waitMs } from "../src/retrying.ts";

const unmet = new UnmetWriteConditionError([
  { category: "accounts", stream: "acc-1", condition: streamIsEmpty(), latestPosition: 0 },
]);
const matched = new EventsMatchedError({ sequenceNumber: 7, after: 3, query: taggedWith("a") });
const backoff = { firstMs: 0, longestMs: 1 };

/** Fails as often as it is told to, then returns the number of the call. */
function failing(times: number, error: Error): () => Promise<number> {
  let calls = 0;
  return async () => {
    calls++;
    if (calls <= times) throw error;
    return calls;
  };
}

describe("retryOnUnmetCondition", () => {
  it("calls again until the condition holds", async () => {
    expect(await retryOnUnmetCondition(failing(3, unmet), { backoff })).toBe(4);
  });

  it("calls again until the boundary has not changed meanwhile", async () => {
    expect(await retryOnUnmetCondition(failing(3, matched), { backoff })).toBe(4);
    await expect(retryOnUnmetCondition(failing(3, matched), { tries: 3, backoff })).rejects.toBe(matched);
  });

  it("gives up after the tries, with the last refusal", async () => {
    await expect(retryOnUnmetCondition(failing(3, unmet), { tries: 3, backoff })).rejects.toBe(unmet);
  });

  it("makes 20 tries by default", async () => {
    expect(await retryOnUnmetCondition(failing(19, unmet), { backoff })).toBe(20);
    await expect(retryOnUnmetCondition(failing(20, unmet), { backoff })).rejects.toBe(unmet);
  });

  it("passes any other error on at once", async () => {
    const other = new Error("other");
    const call = failing(1, other);
    await expect(retryOnUnmetCondition(call, { backoff })).rejects.toBe(other);
    expect(await call()).toBe(2);
  });

  it("retries errors of another realm too, and passes on whatever is thrown as it is", async () => {
    const foreign = runInNewContext(
      "Object.assign(new Error(), { code: 'UNMET_WRITE_CONDITION', isRetryable: false })",
    );
    expect(await retryOnUnmetCondition(failing(3, foreign), { backoff })).toBe(4);
    await expect(retryOnUnmetCondition(failing(3, foreign), { tries: 2, backoff })).rejects.toBe(foreign);
    const other = runInNewContext("new TypeError()");
    await expect(retryOnUnmetCondition(failing(1, other), { backoff })).rejects.toBe(other);
  });

  it("ends with the signal's reason", async () => {
    const reason = new Error("enough");
    const retried = retryOnUnmetCondition(failing(3, unmet), { backoff, signal: AbortSignal.abort(reason) });
    await expect(retried).rejects.toBe(reason);
  });

  it("ends while it waits", async () => {
    const end = new AbortController();
    const reason = new Error("enough");
    let calls = 0;
    const retried = retryOnUnmetCondition(
      async () => {
        calls++;
        setImmediate(() => end.abort(reason));
        throw unmet;
      },
      { backoff: { firstMs: 100_000, longestMs: 100_000 }, signal: end.signal },
    );
    await expect(retried).rejects.toBe(reason);
    expect(calls).toBe(1);
  });

  it("returns what a call has done although the signal was aborted meanwhile", async () => {
    const end = new AbortController();
    const call = async () => {
      end.abort();
      return "stored";
    };
    expect(await retryOnUnmetCondition(call, { signal: end.signal })).toBe("stored");
  });

  it("doubles its waits up to the longest, each shortened at random by up to a half", () => {
    for (let failures = 1; failures < 2_000; failures += failures < 40 ? 1 : 97) {
      const longest = failures < 12 ? Math.min(1_000, 5 * 2 ** (failures - 1)) : 1_000;
      const waits = Array.from({ length: 50 }, () => waitMs({ firstMs: 5, longestMs: 1_000 }, failures));
      for (const wait of waits) expect(wait > longest / 2 - 1e-9 && wait <= longest).toBe(true);
      expect(new Set(waits).size).toBeGreaterThan(40); // also where the longest is reached
    }
  });

  it("refuses what is no function, no signal and no numbers", async () => {
    await expect(retryOnUnmetCondition("call" as never)).rejects.toThrow(TypeError);
    await expect(retryOnUnmetCondition(failing(0, unmet), { signal: "now" as never })).rejects.toThrow(TypeError);
    await expect(retryOnUnmetCondition(failing(0, unmet), { backoff: null as never })).rejects.toThrow(TypeError);
    const words = { firstMs: "1", longestMs: "5" } as never;
    await expect(retryOnUnmetCondition(failing(0, unmet), { backoff: words })).rejects.toThrow(RangeError);
  });

  it.each([
    { firstMs: -1, longestMs: 5 },
    { firstMs: 10, longestMs: 5 },
    { firstMs: Number.NaN, longestMs: 5 },
    { firstMs: 0, longestMs: 2 ** 31 },
  ])("refuses waits from $firstMs to $longestMs", async (waits) => {
    await expect(retryOnUnmetCondition(failing(0, unmet), { backoff: waits })).rejects.toThrow(RangeError);
  });

  it.each([0, -1, 1.5])("refuses %d tries", async (tries) => {
    await expect(retryOnUnmetCondition(failing(0, unmet), { tries })).rejects.toThrow(RangeError);
  });
});

describe("ignoreUnmetCondition", () => {
  it("takes an unmet condition for an answer", async () => {
    expect(await ignoreUnmetCondition(failing(1, unmet))).toBeUndefined();
    expect(await ignoreUnmetCondition(failing(0, unmet))).toBe(1);
    expect(await ignoreUnmetCondition(failing(1, matched))).toBeUndefined();
  });

  it("passes any other error on", async () => {
    const other = new Error("other");
    await expect(ignoreUnmetCondition(failing(1, other))).rejects.toBe(other);
  });
});
