import { EventStore } from "@eventfold/store";
import { describe, expect, it } from "vitest";
import {
  MemoryEventStorageAdapter,
  MemoryKeyStorageAdapter,
  MemoryProcessingStorageAdapter,
  MemoryProjectionStorageAdapter,
} from "../src/index.ts";

const bad = (value: unknown): never => value as never;
const TIMEOUT = "writeTimeoutMs must be an integer from 0 to 2147483647 milliseconds, got -1.";

describe("what cannot be done is refused, and the refusal says why", () => {
  it("an invalid time-out", async () => {
    await expect(MemoryEventStorageAdapter.open({ writeTimeoutMs: -1 })).rejects.toThrow(new RangeError(TIMEOUT));
    await expect(MemoryProjectionStorageAdapter.open({ writeTimeoutMs: -1 })).rejects.toThrow(new RangeError(TIMEOUT));
    await expect(MemoryProcessingStorageAdapter.open({ writeTimeoutMs: -1 })).rejects.toThrow(new RangeError(TIMEOUT));
  });

  it("an option that there is not", async () => {
    const others = [MemoryEventStorageAdapter, MemoryProjectionStorageAdapter, MemoryProcessingStorageAdapter];
    for (const Adapter of [...others, MemoryKeyStorageAdapter]) {
      await expect(Adapter.open(bad({ writeTimeout: 7 }))).rejects.toThrow(
        `The options of ${Adapter.name}.open may have`,
      );
      await expect(Adapter.open(bad({ writeTimeout: 7 }))).rejects.toThrow('but no member "writeTimeout".');
    }
  });

  it("sharing with what is not an event adapter of memory, or with a time-out of its own", async () => {
    const shareWith = await MemoryEventStorageAdapter.open();
    for (const Adapter of [MemoryProjectionStorageAdapter, MemoryProcessingStorageAdapter]) {
      await expect(Adapter.open({ shareWith: bad({}) })).rejects.toThrow(
        new TypeError("shareWith must be a MemoryEventStorageAdapter."),
      );
      await expect(Adapter.open({ shareWith, writeTimeoutMs: 7 })).rejects.toThrow(
        new TypeError("With shareWith, the event adapter's writeTimeoutMs applies."),
      );
    }
  });

  it("a transaction of another adapter", async () => {
    for (const Adapter of [MemoryProjectionStorageAdapter, MemoryProcessingStorageAdapter]) {
      const adapter = await Adapter.open();
      expect(() => adapter.within({})).toThrow(
        "The transaction belongs to another adapter. Open this one with `shareWith` to use the event adapter's transactions.",
      );
    }
  });

  it("a publish whose turn does not come in time", async () => {
    const adapter = await MemoryEventStorageAdapter.open({ writeTimeoutMs: 1 });
    const mayEnd = Promise.withResolvers<void>();
    const transaction = adapter.transaction(() => mayEnd.promise);
    const stream = new EventStore({ adapter }).stream({ category: "c", stream: "s" });
    await expect(stream.publish({ events: [{ name: "opened", payload: null }] })).rejects.toMatchObject({
      code: "STORAGE_BUSY",
      message: "The turn to write did not come within 1 ms. Nothing was stored.",
    });
    mayEnd.resolve();
    await transaction;
  });
});

it("closing an adapter inside its own transaction, which would wait for itself, is refused", async () => {
  for (const adapter of [await MemoryEventStorageAdapter.open(), await MemoryProjectionStorageAdapter.open()]) {
    await adapter.transaction(async () => {
      await expect(adapter.close()).rejects.toMatchObject({ code: "NESTED_PUBLISH" });
    });
    expect(adapter.isClosed).toBe(false);
    await adapter.close();
  }
});
