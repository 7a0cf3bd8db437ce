import { type SubscribableSource, subscription } from "@eventfold/processing";
import type { EventCategory } from "@eventfold/store";
import type { StoredEvent } from "@eventfold/types";
import { describe, expect, it } from "vitest";
import { SeenEvents } from "../src/seen-events.ts";
import { openStage, type Stage } from "../src/stage.ts";
import { waitFor } from "../src/waiting-for.ts";

async function publishMany(stage: Awaited<ReturnType<typeof openStage>>, rounds: number, streams: number) {
  const category = stage.store.category("things");
  for (let round = 0; round < rounds; round += 1) {
    await category.publish({
      streams: Array.from({ length: streams }, (_, n) => ({
        stream: `thing-${n}`,
        events: [{ name: "happened", payload: { round } }],
      })),
    });
  }
}

/** A category whose pages have some events each. */
function pagedBy(size: number, category: EventCategory): SubscribableSource {
  return {
    identifier: category.identifier,
    scan: (options) => category.scan(options),
    latest: () => category.latest(),
    horizon: () => category.horizon(),
    async *followPages(options) {
      for await (const { events, upTo, isEnd } of category.followPages(options)) {
        for (let start = 0; start < events.length; start += size) {
          const part = events.slice(start, start + size);
          yield { events: part, upTo: part.at(-1)?.sequenceNumber ?? upTo, isEnd: false };
        }
        yield { events: [], upTo, isEnd };
      }
    },
  };
}

describe("a partition that is stuck", () => {
  it("holds up no other, and catches up when it is free again", async () => {
    await using stage = await openStage();
    await publishMany(stage, 400, 32);
    const seen = new SeenEvents();
    const held = Promise.withResolvers<void>();
    let stuckToken: number | undefined;
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      partitions: 4,
      handleEvent: async (event: StoredEvent, { fencingToken, signal: _ }) => {
        if (event.stream === "thing-0") {
          stuckToken = fencingToken;
          await held.promise;
        }
        seen.note(event);
      },
    });
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await waitFor(() => broker.status().subscriptions[0]?.held.length === 4);
    await waitFor(() => {
      const others = broker
        .status()
        .subscriptions[0]?.held.filter(({ checkpoint }) => checkpoint.sequenceNumber >= 12_800);
      return others?.length === 3;
    });
    expect(stuckToken).toBeDefined();
    await publishMany(stage, 10, 32);
    held.resolve();
    await broker.whenCaughtUp(things);
    expect(seen.all).toHaveLength(13_120);
    for (const events of Map.groupBy(seen.all, ({ stream }) => stream).values()) {
      expect(events.map(({ position }) => position)).toEqual(Array.from({ length: 410 }, (_, n) => n));
    }
  });

  it("holds a bounded number of events", async () => {
    await using stage = await openStage();
    await publishMany(stage, 400, 32);
    const things = subscription({
      name: "things",
      source: stage.store.category("things"),
      handleEvent: async () => new Promise<void>(() => {}),
    });
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    const lagOf = () => broker.status().subscriptions[0]?.held[0]?.lag;
    await waitFor(() => (lagOf()?.numbers ?? 0) >= 1_000);
    for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate);
    expect(lagOf()?.numbers).toBeLessThan(5_000);
    expect(lagOf()?.oldestMs).toBeGreaterThanOrEqual(0);
  });
});

describe("a lane of large events", () => {
  /** Rounds of one event of a megabyte to each of two streams. */
  async function publishLarge(stage: Stage, rounds: number) {
    const payload = { text: "x".repeat(1024 * 1024) };
    for (let round = 0; round < rounds; round += 1) {
      await stage.store.category("things").publish({
        streams: ["stuck", "going"].map((stream) => ({ stream, events: [{ name: "happened", payload }] })),
      });
    }
  }

  it("holds a bounded number of bytes, and reads on when there is room", async () => {
    await using stage = await openStage();
    const seen = new SeenEvents();
    const held = Promise.withResolvers<void>();
    const things = subscription({
      name: "things",
      source: pagedBy(8, stage.store.category("things")),
      concurrency: 2,
      handleEvent: async (event: StoredEvent) => {
        if (event.stream === "stuck") await held.promise;
        seen.note(event);
      },
    });
    await publishLarge(stage, 60);
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    const lagOf = () => broker.status().subscriptions[0]?.held[0]?.lag.numbers ?? 0;
    await waitFor(() => lagOf() >= 32);
    for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate);
    expect(lagOf()).toBeLessThanOrEqual(40);
    expect(seen.all.length).toBeLessThanOrEqual(20);
    held.resolve();
    await broker.whenCaughtUp(things);
    expect(seen.all).toHaveLength(120);
  });
});

describe("a source that cannot be read", () => {
  it("is reported and tried again", async () => {
    await using stage = await openStage();
    const seen = new SeenEvents();
    const category = stage.store.category("things");
    let failures = 2;
    const source = Object.assign(Object.create(category), {
      identifier: category.identifier,
      scan: category.scan.bind(category),
      horizon: category.horizon.bind(category),
      latest: category.latest.bind(category),
      raw: category.raw.bind(category),
      followPages: (options: never) => {
        if (failures-- > 0) throw new TypeError("It cannot be decoded.");
        return category.followPages(options);
      },
    }) as typeof category;
    const things = subscription({ name: "things", source, handleEvent: (event) => seen.note(event) });
    await stage.publish(5);
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.whenCaughtUp(things);
    expect(seen.all).toHaveLength(5);
    expect(stage.told).toMatchObject([{ message: "It cannot be decoded." }, { message: "It cannot be decoded." }]);
  });
});
