import { exponentialBackoff, ProcessingControl, retry, subscription } from "@eventfold/processing";
import type { StoredEvent } from "@eventfold/types";
import { describe, expect, it } from "vitest";
import { SeenEvents } from "../src/seen-events.ts";
import { openStage, type Stage } from "../src/stage.ts";
import { waitFor } from "../src/waiting-for.ts";

const onFailure = retry({ times: 1, backoff: exponentialBackoff({ firstMs: 1, longestMs: 1 }) }).then("pause");
const LEASE_MS = 150;

/** A node, and the tries that it made of the stream that fails. */
function nodeOf(stage: Stage, seen: SeenEvents, fails: () => boolean) {
  const tries: number[] = [];
  const things = subscription({
    name: "things",
    source: stage.store.category("things"),
    partitions: 4,
    onFailure,
    handleEvent: (event: StoredEvent) => {
      if (event.stream === "thing-0") {
        tries.push(event.sequenceNumber);
        if (fails()) throw new Error("not here");
      }
      seen.note(event);
    },
  });
  return { things, tries, broker: stage.broker({ leaseMs: LEASE_MS, subscriptions: [things] }) };
}

/** Starts two nodes, and waits until each has its share and knows that the other has. */
async function startTwo(...nodes: readonly ReturnType<typeof nodeOf>[]) {
  for (const { broker } of nodes) await broker.start();
  await waitFor(() =>
    nodes.every(({ broker }) => {
      const { held = [], others = [] } = broker.status().subscriptions[0] ?? {};
      return held.length === 2 && others.every(({ owner }) => owner !== undefined);
    }),
  );
}

async function rowsOf({ storage }: Stage) {
  const { subscriptions } = await storage.storage.status({ names: ["things"] });
  return subscriptions[0]?.status ?? [];
}

describe("a partition that fails in vain while other nodes are at work", () => {
  it("is handled by another node if that can, and is not paused", async () => {
    await using stage = await openStage();
    const seen = new SeenEvents();
    let broken: typeof first | undefined;
    const first = nodeOf(stage, seen, () => broken === first);
    const second = nodeOf(stage, seen, () => broken === second);
    await startTwo(first, second);
    await first.broker.whenHandled(first.things, await stage.publish(8, 8));
    const [owner, other] = first.tries.length > 0 ? [first, second] : [second, first];
    broken = owner;
    const [event] = await stage.publish(8, 8);
    await other.broker.whenCaughtUp(other.things);
    expect(other.tries).toContain(event?.sequenceNumber);
    expect(owner.tries.filter((number) => number === event?.sequenceNumber)).toHaveLength(2);
    await waitFor(async () => (await rowsOf(stage)).every(({ isPaused, error }) => !isPaused && error === undefined));
    expect(new Set(seen.numbers).size).toBe(16);
  });

  it("is paused when another node has failed with it too, and each has made all of its tries once", async () => {
    await using stage = await openStage();
    const seen = new SeenEvents();
    const first = nodeOf(stage, seen, () => true);
    const second = nodeOf(stage, seen, () => true);
    await startTwo(first, second);
    const [event] = await stage.publish(8, 8);
    await waitFor(async () => (await rowsOf(stage)).some(({ isPaused }) => isPaused));
    expect(first.tries).toEqual([event?.sequenceNumber, event?.sequenceNumber]);
    expect(second.tries).toEqual(first.tries);
    expect((await rowsOf(stage)).filter(({ isPaused }) => isPaused)).toMatchObject([{ error: "Error: not here" }]);
  });

  it("is offered again after it was resumed", async () => {
    await using stage = await openStage();
    const seen = new SeenEvents();
    const first = nodeOf(stage, seen, () => true);
    let isMended = false;
    const second = nodeOf(stage, seen, () => !isMended);
    await startTwo(first, second);
    await stage.publish(1, 8);
    await waitFor(async () => (await rowsOf(stage)).some(({ isPaused }) => isPaused));
    isMended = true;
    await new ProcessingControl(stage).resume("things");
    await seen.count(1);
    await waitFor(async () => (await rowsOf(stage)).every(({ isPaused, error }) => !isPaused && error === undefined));
  });
});

describe("a partition that fails in vain", () => {
  it("is paused at once where no other node is at work", async () => {
    await using stage = await openStage();
    const node = nodeOf(stage, new SeenEvents(), () => true);
    await node.broker.start();
    await stage.publish(1, 8);
    await waitFor(() => node.broker.status().subscriptions[0]?.state === "paused");
    expect(node.tries).toHaveLength(2);
  });
});
