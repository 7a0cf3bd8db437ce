import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { causedBy, EventStore, type JsonObject, newEventId, type StoredEvent } from "@eventfold/store";
import { describe, expect, it } from "vitest";
import { type CausedEvent, traceEvent } from "../../src/index.ts";

async function openStore() {
  const adapter = await MemoryEventStorageAdapter.open();
  const store = new EventStore({ adapter });
  const publish = async (name: string, metadata?: JsonObject, id = newEventId()): Promise<StoredEvent> => {
    const { length } = await store.log().read();
    const stream = store.stream({ category: "things", stream: `${length}` });
    const [event] = await stream.publish({ events: [{ id, name, payload: null, metadata }] });
    if (event === undefined) throw new TypeError("a publish of one event gives that event");
    return event;
  };
  return { adapter, publish };
}

function namesOf({ event, effects }: CausedEvent): unknown {
  return effects.length === 0 ? event.name : { [event.name]: effects.map(namesOf) };
}

describe("traceEvent", () => {
  it("climbs to the causes, and finds effects and effects of effects", async () => {
    const { adapter, publish } = await openStore();
    const origin = await publish("origin");
    const cause = await publish("cause", causedBy(origin));
    await publish("sibling", causedBy(origin));
    const event = await publish("event", causedBy(cause));
    const effect = await publish("effect", causedBy(event));
    await publish("unrelated");
    await publish("other effect", causedBy(event));
    await publish("effect of effect", causedBy(effect));
    const trace = await traceEvent(adapter, event.id);
    expect(trace?.causes.map(({ name }) => name)).toEqual(["cause", "origin"]);
    expect(trace?.causesEnd).toEqual({ kind: "origin" });
    expect(trace && namesOf(trace)).toEqual({ event: [{ effect: ["effect of effect"] }, "other effect"] });
    expect(trace?.search).toEqual({ after: event.sequenceNumber, upTo: 8, isComplete: true });
  });

  it("says how far it looked, and looks no further", async () => {
    const { adapter, publish } = await openStore();
    const event = await publish("event");
    await publish("effect", causedBy(event));
    await publish("late effect", causedBy(event));
    const trace = await traceEvent(adapter, event.id, { numbers: 1 });
    expect(trace && namesOf(trace)).toEqual({ event: ["effect"] });
    expect(trace?.search).toEqual({ after: 1, upTo: 2, isComplete: false });
    const full = await traceEvent(adapter, event.id, { limit: 1 });
    expect(full && namesOf(full)).toEqual({ event: ["effect"] });
    expect(full?.search).toEqual({ after: 1, upTo: 2, isComplete: false });
  });

  it("says where the causes end that are not in the log, or go in a circle", async () => {
    const { adapter, publish } = await openStore();
    const orphan = await publish("orphan", { causationId: "no id at all" });
    expect((await traceEvent(adapter, orphan.id))?.causesEnd).toEqual({ kind: "missing", id: "no id at all" });
    const [first, second] = [newEventId(), newEventId()];
    await publish("first", { causationId: second }, first);
    await publish("second", { causationId: first }, second);
    const trace = await traceEvent(adapter, first);
    expect(trace?.causes.map(({ name }) => name)).toEqual(["second"]);
    expect(trace?.causesEnd).toEqual({ kind: "circle", id: first });
    expect(trace && namesOf(trace)).toEqual({ first: ["second"] });
  });

  it("finds a cause behind any amount of other metadata", async () => {
    const { adapter, publish } = await openStore();
    const event = await publish("event");
    await publish("effect", { note: "é".repeat(5_000), ...causedBy(event) });
    const trace = await traceEvent(adapter, event.id);
    expect(trace && namesOf(trace)).toEqual({ event: ["effect"] });
  });

  it("knows no event by what is not its id", async () => {
    const { adapter, publish } = await openStore();
    await publish("event");
    expect(await traceEvent(adapter, newEventId())).toBeUndefined();
    expect(await traceEvent(adapter, "' OR 1=1")).toBeUndefined();
  });

  it("rejects with the reason of the signal", async () => {
    const { adapter, publish } = await openStore();
    const event = await publish("event");
    await publish("effect", causedBy(event));
    const reason = new Error("enough");
    await expect(traceEvent(adapter, event.id, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
