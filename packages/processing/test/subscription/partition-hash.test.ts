import { createHash } from "node:crypto";
import type { StoredEvent } from "@eventfold/types";
import { describe, expect, it } from "vitest";
import { PartitionHashes, partitionHash, streamKeyOf } from "../../src/subscription/partition-hash.ts";

describe("partitionHash", () => {
  it("is the first 32 bits of SHA-256 over category, U+001F, stream", () => {
    const key = streamKeyOf({ category: "users", stream: "ü-1" });
    const digest = createHash("sha256").update("users\u001fü-1", "utf8").digest("hex");
    expect(partitionHash(key)).toBe(Number.parseInt(digest.slice(0, 8), 16));
    expect(partitionHash("users\u001fu-1")).toBe(0xa977da6c);
  });
});

describe("PartitionHashes", () => {
  const event = { id: "018f0000-0000-7000-8000-000000000000", category: "users", stream: "u-1" } as StoredEvent;

  it("deals out by stream unless told otherwise", () => {
    expect(new PartitionHashes(undefined).of(event).key).toBe("users\u001fu-1");
    expect(new PartitionHashes(({ stream }) => stream).of(event).key).toBe("u-1");
  });

  it("says the same of a key again and again, however many there are", () => {
    const hashes = new PartitionHashes(undefined);
    const arrivalOf = (n: number) => ({ events: undefined, location: { ...event, category: "c", stream: `s-${n}` } });
    const first = hashes.ofArrival(arrivalOf(0));
    for (let n = 0; n < 50_001; n += 1) hashes.ofArrival(arrivalOf(n));
    expect(hashes.ofArrival(arrivalOf(0))).toEqual(first);
  });

  it("refuses a key that is no string", () => {
    const hashes = new PartitionHashes((() => 7) as unknown as () => string);
    expect(() => hashes.of(event)).toThrow("partitionBy must return a string for every event, but returned number");
  });
});
