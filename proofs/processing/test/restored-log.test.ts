import { ProcessingControl, subscription } from "@eventfold/processing";
import { nameIn } from "@eventfold/store";
import { describe, expect, it } from "vitest";
import { openRestorableLog, type RestorableLog } from "../src/restorable-log.ts";
import { SeenEvents } from "../src/seen-events.ts";
import { openStage, type Stage } from "../src/stage.ts";
import { waitFor } from "../src/waiting-for.ts";

function thingsOf({ source }: RestorableLog, seen: SeenEvents) {
  return subscription({ name: "things", source, partitions: 2, handleEvent: (event) => seen.note(event) });
}

/** Waits for longer than a reader takes a log for the same without looking. */
async function quietTime(): Promise<void> {
  const endMs = performance.now() + 600;
  await waitFor(() => performance.now() > endMs);
}

function areAhead(stage: Stage): boolean {
  const partitions = stage.told.filter(
    (error) =>
      typeof error === "object" && error !== null && "code" in error && error.code === "CHECKPOINT_AHEAD_OF_LOG",
  );
  return partitions.length >= 2;
}

describe("a broker whose log was restored from an older backup under it", () => {
  it("handles no event that has the number of another, and goes on after a reset", async () => {
    await using stage = await openStage();
    const log = await openRestorableLog();
    const seen = new SeenEvents();
    const things = thingsOf(log, seen);
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await log.publish(20);
    await seen.count(20);
    await broker.whenCaughtUp(things);
    await quietTime();
    await log.restore(12);
    await log.publish(20); // 13 to 32: the first eight of them would be passed over
    await waitFor(() => areAhead(stage));
    expect(stage.told[0]).toMatchObject({ code: "CHECKPOINT_AHEAD_OF_LOG", subscription: "things" });
    expect(broker.status().subscriptions[0]?.state).toBe("failed");
    expect(seen.all).toHaveLength(20);

    await new ProcessingControl(stage).reset("things", { sequenceNumber: 12 });
    await seen.count(40);
    expect(seen.numbers.slice(20).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => 13 + n));
    await broker.whenCaughtUp(things);
    await waitFor(() => broker.status().subscriptions[0]?.state === "live");
  });

  it("notices it although its constraints leave out the new events", async () => {
    await using stage = await openStage();
    const log = await openRestorableLog();
    const seen = new SeenEvents();
    const things = subscription({
      name: "things",
      source: log.source,
      constraints: [nameIn("wanted")],
      partitions: 2,
      handleEvent: (event) => seen.note(event),
    });
    const broker = stage.broker({ subscriptions: [things] });
    await broker.start();
    await log.publish(8, "wanted");
    await log.publish(8);
    await broker.whenCaughtUp(things);
    await quietTime();
    await log.restore(6);
    await log.publish(20);
    await waitFor(() => areAhead(stage));
    expect(seen.all).toHaveLength(8);
  });

  it("goes on without a report when the log is the same, however often it was quiet", async () => {
    await using stage = await openStage();
    const log = await openRestorableLog();
    const seen = new SeenEvents();
    const broker = stage.broker({ subscriptions: [thingsOf(log, seen)] });
    await broker.start();
    for (let round = 1; round <= 2; round += 1) {
      await log.publish(4);
      await seen.count(round * 4);
      await quietTime();
    }
    expect(stage.told).toEqual([]);
  });
});
