import { parseQuery } from "@eventfold/query";
import { eventList } from "@eventfold/store";
import { jsonFormOf } from "@eventfold/store/adapter";
import {
  aStoredEvent,
  generatedCondition,
  generatedConstraint,
  generatedProjection,
  generatedQuery,
  generatedState,
  generatedStreamConstraint,
  type Random,
  seededRandom,
} from "@eventfold/testing";
import { checkedName, parseJson } from "@eventfold/types";
import { describe, expect, it } from "vitest";

function many<T>(make: (random: Random) => T): T[] {
  const random = seededRandom(1);
  return Array.from({ length: 300 }, () => make(random));
}

describe("values from a seed", () => {
  it("are constraints that sources take", async () => {
    const events = aStoredEvent().buildMany(3);
    const stream = eventList(events, { kind: "stream", category: "things", stream: "thing-1" });
    for (const constraint of many(generatedConstraint)) await eventList(events).read({ constraints: [constraint] });
    for (const constraint of many(generatedStreamConstraint)) await stream.read({ constraints: [constraint as never] });
    expect(new Set(many(generatedStreamConstraint).map(({ kind }) => kind)).size).toBe(10);
  });

  it("are conditions of every closed kind", () => {
    expect(new Set(many((random) => generatedCondition(random, 2)).map(({ kind }) => kind)).size).toBe(7);
  });

  it("are projections, states and queries that can be stored and asked", () => {
    for (const { name, id, state, lastSequenceNumber } of many(generatedProjection)) {
      checkedName("stream", name);
      checkedName("stream", id);
      jsonFormOf(state, () => ["state"]);
      expect(Number.isSafeInteger(lastSequenceNumber)).toBe(true);
    }
    for (const state of many((random) => generatedState(random, 3))) jsonFormOf(state, () => ["state"]);
    for (const query of many(generatedQuery)) parseQuery(parseJson(JSON.stringify(query)));
  });
});
