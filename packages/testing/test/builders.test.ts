import { aNewEvent, aStoredEvent } from "@eventfold/testing";
import { parseStoredEvent, printStoredEvent } from "@eventfold/types";
import { describe, expect, it } from "vitest";

describe("aNewEvent", () => {
  it("builds a plain literal with the given values, and leaves the rest to the store", () => {
    expect(aNewEvent().build()).toStrictEqual({ name: "something-happened", payload: {} });
    const at = new Date(5);
    const event = aNewEvent().withName("paid").withPayload(1).withMetadata("m").withId("i").withVersion(2);
    expect(event.observedAt(at).occurredAt(at).build()).toStrictEqual({
      name: "paid",
      payload: 1,
      metadata: "m",
      id: "i",
      version: 2,
      observedAt: at,
      occurredAt: at,
    });
  });

  it("gives another builder at each step, so that one can be kept and varied", () => {
    const paid = aNewEvent().withName("paid");
    paid.withPayload("other");
    expect(paid.build()).toStrictEqual({ name: "paid", payload: {} });
  });

  it("builds many that can be told apart and share no id", () => {
    expect(aNewEvent().withName("paid").withId("i").buildMany(2)).toStrictEqual([
      { name: "paid", payload: { n: 0 } },
      { name: "paid", payload: { n: 1 } },
    ]);
  });
});

describe("aStoredEvent", () => {
  it("builds an event that survives being printed and parsed", () => {
    const event = aStoredEvent().withName("paid").inStream({ category: "c", stream: "s" }).at(3).build();
    expect(event).toMatchObject({ category: "c", stream: "s", position: 3, sequenceNumber: 4 });
    expect(parseStoredEvent(printStoredEvent(event))).toStrictEqual(event);
  });

  it("builds the events of a stream, with numbers that rise and ids of their own", () => {
    const events = aStoredEvent().at(2).withSequenceNumber(40).buildMany(3);
    expect(events.map(({ position, sequenceNumber }) => [position, sequenceNumber])).toStrictEqual([
      [2, 40],
      [3, 41],
      [4, 42],
    ]);
    expect(new Set(events.map(({ id }) => id)).size).toBe(3);
  });

  it("gives each event dates of its own", () => {
    const builder = aStoredEvent();
    builder.build().observedAt.setTime(0);
    expect(builder.build().observedAt.getTime()).not.toBe(0);
  });
});
