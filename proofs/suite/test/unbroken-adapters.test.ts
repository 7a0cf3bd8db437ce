import { eventStorageAdapterSuite } from "@eventfold/testing";
import { describe, expect, it } from "vitest";
import { keptStorage } from "../src/kept-storage.ts";
import { memorySuiteOptions } from "../src/memory-storage.ts";
import { RecordingRunner } from "../src/recording-runner.ts";

describe("the recording runner that the broken adapters meet", () => {
  it("passes the unbroken memory adapter, and skips only what it declares", async () => {
    const runner = new RecordingRunner();
    eventStorageAdapterSuite(runner, { name: "unbroken", ...memorySuiteOptions() });
    const outcomes = await runner.run();
    expect(outcomes.filter(({ kind }) => kind === "failed")).toEqual([]);
    expect(outcomes.filter(({ kind }) => kind === "passed").length).toBeGreaterThan(180);
    for (const { title, kind } of outcomes) {
      if (kind === "skipped")
        expect(title).toMatch(
          /\(skipped: (the adapter declares \w+: false|the adapter has no \w+|the storage has no connections)/,
        );
    }
  });

  it("passes the durable, shared storage that is made of memory, on the rules about opening it", async () => {
    const runner = new RecordingRunner();
    eventStorageAdapterSuite(runner, { name: "unbroken, kept", create: () => keptStorage() });
    const outcomes = await runner.run((title) => /^rule (7|13|18|19|20|28):/.test(title));
    expect(outcomes.filter(({ kind }) => kind === "failed")).toEqual([]);
  });
});
