import {
  consumeAll,
  foreignSource,
  type ParkedEvent,
  ProcessingControl,
  retry,
  subscription,
} from "@eventfold/processing";
import type { StoredEvent } from "@eventfold/types";
import { describe, expect, it } from "vitest";
import { withChanges } from "../src/changed-storage.ts";
import { SeenEvents } from "../src/seen-events.ts";
import { openStage, type Stage } from "../src/stage.ts";
import { waitFor } from "../src/waiting-for.ts";

const parkStream = retry({ times: 0 }).then("park-stream");

async function parkedOf({ storage }: Stage) {
  const all: ParkedEvent[] = [];
  for await (const parked of new ProcessingControl({ storage }).parked("things")) all.push(parked);
  return all;
}

/** A handler that fails on event 2, and from the call of `mend` on stands still in it until it may go on. */
function standingStill() {
  const seen = new SeenEvents();
  const begun = Promise.withResolvers<void>();
  const mayGoOn = Promise.withResolvers<void>();
  let isMended = false;
  return {
    seen,
    begun: begun.promise,
    goOn: () => mayGoOn.resolve(),
    mend: () => {
      isMended = true;
    },
    handleEvent: async (event: StoredEvent) => {
      if (event.sequenceNumber === 2 && !isMended) throw new Error("no");
      if (event.sequenceNumber === 2) {
        begun.resolve();
        await mayGoOn.promise;
      }
      seen.note(event);
    },
  };
}

describe("a replay of a stream", () => {
  it("loses nothing when its node is stopped before the handler has returned", async () => {
    await using stage = await openStage();
    await stage.publish(6);
    const { seen, begun, goOn, mend, handleEvent } = standingStill();
    const source = stage.store.category("things");
    const things = subscription({ name: "things", source, onFailure: parkStream, handleEvent });
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.whenCaughtUp(things);
    mend();
    await new ProcessingControl(stage).replay("things");
    await begun;
    const stopped = broker.stop({ timeoutMs: 0 });
    await waitFor(() => broker.status().subscriptions.every(({ held }) => held.length === 0));
    goOn();
    await stopped;
    expect(await parkedOf(stage)).toHaveLength(1);
    await consumeAll(things, { storage: stage.storage });
    expect(await parkedOf(stage)).toEqual([]);
    expect(seen.numbers).toEqual([1, 2, 2, 3, 4, 5, 6]);
  });

  it("ends between two events when its node is stopped, and another node goes on from there", async () => {
    await using stage = await openStage();
    await stage.publish(6);
    const { seen, begun, goOn, mend, handleEvent } = standingStill();
    const source = stage.store.category("things");
    const things = subscription({ name: "things", source, onFailure: parkStream, handleEvent });
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.whenCaughtUp(things);
    mend();
    await new ProcessingControl(stage).replay("things");
    await begun;
    const stopped = broker.stop();
    await waitFor(() => broker.status().state === "stopping");
    goOn();
    await stopped;
    expect(seen.numbers).toEqual([1, 2]);
    expect(await parkedOf(stage)).toMatchObject([{ sequenceNumber: 3, isWholeStream: true }]);
    await consumeAll(things, { storage: stage.storage });
    expect(await parkedOf(stage)).toEqual([]);
    expect(seen.numbers).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("starts nothing more while the last sign of life of its node is older than its lease", async () => {
    await using stage = await openStage();
    await stage.publish(6);
    const { seen, begun, goOn, mend, handleEvent } = standingStill();
    const source = stage.store.category("things");
    const things = subscription({ name: "things", source, onFailure: parkStream, handleEvent });
    let mayBeat = Promise.resolve();
    const storage = withChanges(stage.storage, {
      beat: async (request) => {
        await mayBeat;
        return stage.storage.storage.beat(request);
      },
    });
    const broker = stage.broker({ subscriptions: [things], storage, leaseMs: 150 });
    await broker.start();
    await broker.whenCaughtUp(things);
    mend();
    await new ProcessingControl(stage).replay("things");
    await begun;
    const beats = Promise.withResolvers<void>();
    mayBeat = beats.promise;
    await waitFor(() => !broker.health().isHealthy);
    goOn();
    await seen.count(2);
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    const seenMeanwhile = [...seen.numbers];
    beats.resolve();
    expect(seenMeanwhile).toEqual([1, 2]);
    await waitFor(async () => (await parkedOf(stage)).length === 0);
    expect(seen.numbers).toEqual([1, 2, 2, 3, 4, 5, 6]);
  });

  it.each<[string, boolean, boolean]>([
    ["a handler", true, false],
    ["a source", false, true],
  ])("holds up the end of its node no longer than allowed by %s that never answers", async (_, handler, reading) => {
    await using stage = await openStage();
    const never = new Promise<void>(() => {});
    const begun = Promise.withResolvers<void>();
    let isMended = false;
    const hang = async () => {
      begun.resolve();
      await never;
    };
    const source = foreignSource({
      identifier: "queue",
      pollIntervalMs: 5,
      async *read(after: number) {
        if (isMended && reading && after > 0 && after < 3) await hang();
        yield [1, 2, 3].filter((n) => n > after).map((position) => ({ position, message: position }));
      },
      decode: (n: number) => ({ name: "happened", payload: n }),
      latest: async () => 3,
    });
    const things = subscription({
      name: "things",
      source,
      onFailure: parkStream,
      handleEvent: async ({ sequenceNumber }) => {
        if (!isMended && sequenceNumber === 2) throw new Error("no");
        if (isMended && handler) await hang();
      },
    });
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.whenCaughtUp(things);
    isMended = true;
    await new ProcessingControl(stage).replay("things");
    await begun.promise;
    await broker.stop({ timeoutMs: 1 });
    expect((await stage.storage.storage.status({ names: undefined })).sessions).toEqual([]);
    expect(await parkedOf(stage)).toHaveLength(1);
  });

  it("waits while the source cannot be read", async () => {
    await using stage = await openStage();
    const seen: number[] = [];
    let isBroken = true;
    let failures = 0;
    const source = foreignSource({
      identifier: "queue",
      pollIntervalMs: 5,
      async *read(after: number) {
        if (!isBroken && failures > 0 && failures < 3) {
          failures += 1;
          throw new Error("The queue cannot be reached.");
        }
        yield [1, 2, 3].filter((n) => n > after).map((position) => ({ position, message: position }));
      },
      decode: (n: number) => ({ name: "happened", payload: n }),
      latest: async () => 3,
    });
    const things = subscription({
      name: "things",
      source,
      onFailure: parkStream,
      handleEvent: ({ sequenceNumber }) => {
        if (isBroken && sequenceNumber === 2) throw new Error("no");
        seen.push(sequenceNumber);
      },
    });
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await broker.whenCaughtUp(things);
    isBroken = false;
    failures = 1;
    await new ProcessingControl(stage).replay("things");
    await Promise.race([broker.done, waitFor(async () => (await parkedOf(stage)).length === 0)]);
    expect(broker.health()).toMatchObject({ isHealthy: true });
    expect(seen).toEqual([1, 2, 3]);
  });
});
