import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import { copyLog } from "@eventfold/operations";
import { consumeAll, EventBroker, ProcessingControl, retry, subscription } from "@eventfold/processing";
import { type EventStorageAdapter, EventStore } from "@eventfold/store";
import { afterAll, describe, expect, it } from "vitest";
import { type DatabaseKind, Databases } from "../src/database.ts";
import { publishSamples } from "../src/publish-samples.ts";

const databases = new Databases();
afterAll(() => databases[Symbol.asyncDispose]());

/** Events and processing in one database. */
async function open(kind: DatabaseKind) {
  if (kind === "sqlite") {
    const events = await SqliteEventStorageAdapter.open({ filename: databases.nextFile(".db") });
    return { events, processing: await SqliteProcessingStorageAdapter.open({ shareWith: events }) };
  }
  const events = await PostgresEventStorageAdapter.open({ connectionString: await databases.createPostgres() });
  return { events, processing: await PostgresProcessingStorageAdapter.open({ shareWith: events }) };
}

/** Records what it handles, and fails for some numbers. */
function recording(events: EventStorageAdapter, failing: readonly number[]) {
  const handled: number[] = [];
  const recorder = subscription({
    name: "recorder",
    source: new EventStore({ adapter: events }).category("users"),
    partitions: 4,
    handleEvent: ({ sequenceNumber }) => {
      if (failing.includes(sequenceNumber)) throw new Error("of the handler");
      handled.push(sequenceNumber);
    },
    onFailure: retry({ times: 0 }).then("park-stream"),
  });
  return { recorder, handled };
}

describe.each<readonly [DatabaseKind, DatabaseKind]>([
  ["sqlite", "postgres"],
  ["postgres", "sqlite"],
])("subscriptions that a copy takes from %s to %s", (from, to) => {
  it("go on where they were, with what was parked and what was paused", async () => {
    const [source, target] = [await open(from), await open(to)];
    await publishSamples(source.events, 300);
    const users = await new EventStore({ adapter: source.events }).category("users").read();
    const failing = users.filter(({ stream }) => stream === "stream-3").map(({ sequenceNumber }) => sequenceNumber);
    const before = recording(source.events, failing.slice(0, 1));
    await consumeAll(before.recorder, { storage: source.processing });
    await new ProcessingControl({ storage: source.processing }).pause("recorder", { partitions: [2] });

    const subscriptions = { from: source.processing, to: target.processing };
    const copied = await copyLog({ from: source.events, to: target.events, subscriptions });
    expect(copied.subscriptions).toEqual(["recorder"]);
    await copyLog({ from: source.events, to: target.events, subscriptions }); // again: nothing changes

    const [was] = (await source.processing.storage.status({ names: undefined })).subscriptions;
    const [is] = (await target.processing.storage.status({ names: undefined })).subscriptions;
    const essence = (status: typeof was) =>
      status?.status.map(({ checkpoint, isPaused, parked }) => ({ checkpoint, isPaused, parked }));
    expect(essence(is)).toEqual(essence(was));
    expect(essence(is)?.some(({ isPaused }) => isPaused)).toBe(true);

    const control = new ProcessingControl({ storage: target.processing });
    await control.resume("recorder");
    await control.replay("recorder", { kind: "all" });
    const after = recording(target.events, []);
    await consumeAll(after.recorder, { storage: target.processing });
    expect(after.handled.toSorted((a, b) => a - b)).toEqual(failing);
    expect([...before.handled, ...after.handled].toSorted((a, b) => a - b)).toEqual(
      users.map(({ sequenceNumber }) => sequenceNumber),
    );
    for (const { processing, events } of [source, target]) {
      await processing.close();
      await events.close();
    }
  });

  it("are refused while a node works on them there", async () => {
    const [source, target] = [await open(from), await open(to)];
    await publishSamples(source.events, 10);
    await consumeAll(recording(source.events, []).recorder, { storage: source.processing });
    const { recorder } = recording(target.events, []);
    const broker = new EventBroker({ name: "early", storage: target.processing, subscriptions: [recorder] });
    await broker.start();
    await broker.whenCaughtUp(recorder);
    const subscriptions = { from: source.processing, to: target.processing };
    await expect(copyLog({ from: source.events, to: target.events, subscriptions })).rejects.toMatchObject({
      code: "SUBSCRIPTION_BUSY",
      nodes: ["early"],
    });
    await broker.stop();
    await copyLog({ from: source.events, to: target.events, subscriptions });
    for (const { processing, events } of [source, target]) {
      await processing.close();
      await events.close();
    }
  });
});
