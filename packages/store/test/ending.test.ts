import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import type { EventStorage, StorageScanOptions } from "../src/adapter/index.ts";
import { EventStore, type StoredEvent } from "../src/index.ts";
import { adapterOn, scriptedStorage } from "./stand-in-storage.ts";

const page = [1, 2].map((sequenceNumber) => ({ sequenceNumber })) as unknown as StoredEvent[];

/** A storage whose scans hand out one page again and again, and how they were asked and ended. */
function repeatingStorage(own: Partial<AsyncIterator<StoredEvent[]>> = {}): {
  readonly storage: EventStorage;
  readonly asked: StorageScanOptions[];
  readonly ended: () => number;
} {
  const asked: StorageScanOptions[] = [];
  let returns = 0;
  const pages = {
    next: async () => ({ done: false as const, value: page }),
    return: async () => {
      returns += 1;
      throw new Error("that nobody waits for");
    },
    ...own,
  };
  const scan: EventStorage["scan"] = (_, options) => {
    asked.push(options);
    return { [Symbol.asyncIterator]: () => pages as AsyncIterator<StoredEvent[]> };
  };
  return { storage: { ...scriptedStorage({ answers: [] }), scan }, asked, ended: () => returns };
}

describe("a scan that is broken off", () => {
  it("ends the adapter's scan, and takes no notice of how that goes", async () => {
    const { storage, ended } = repeatingStorage();
    for await (const _ of new EventStore({ adapter: adapterOn(storage) }).log()) break;
    expect(ended()).toBe(1);
  });

  it("needs no end of the adapter's scan", async () => {
    const { storage } = repeatingStorage({ return: undefined } as object);
    for await (const _ of new EventStore({ adapter: adapterOn(storage) }).log()) break;
  });

  it("leaves nothing at the signal", async () => {
    const { signal } = new AbortController();
    const { storage, asked } = repeatingStorage();
    const scan = new EventStore({ adapter: adapterOn(storage) }).log().scan({ signal });
    for (let step = 0; step < 5; step += 1) await scan.next();
    expect(getEventListeners(signal, "abort")).toEqual([]);
    expect(asked).toEqual([{ bounds: {}, direction: "forwards", limit: undefined, signal, isFollowing: false }]);
  });

  it("rejects with the signal's reason while a page is under way", async () => {
    const { storage } = repeatingStorage({ next: () => new Promise(() => {}) });
    const controller = new AbortController();
    const step = new EventStore({ adapter: adapterOn(storage) }).log().scan({ signal: controller.signal }).next();
    controller.abort("enough");
    await expect(step).rejects.toBe("enough");
  });
});
