import assert from "node:assert/strict";
import type { EventQuery, LogPublishEntry, StoredEvent } from "@eventfold/store";
import { described } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import type { StorageStage } from "../storage-stage.ts";
import { isMatch } from "./generated-constraints.ts";

/** A publish that went through, and what it would have been refused for. */
export interface Winner {
  readonly events: readonly StoredEvent[];
  readonly query: EventQuery;
  readonly after: number;
}

/** The publishes that went through; those that did not must have been refused for a match. */
export async function winnersOf(publishes: readonly Promise<Winner>[]): Promise<Winner[]> {
  const outcomes = await Promise.allSettled(publishes);
  return outcomes.flatMap((outcome) => {
    if (outcome.status === "fulfilled") return [outcome.value];
    assert.equal(outcome.reason?.code, "EVENTS_MATCHED", described(outcome.reason));
    return [];
  });
}

/** Asserts that no event that is stored should have kept one of the publishes from going through. */
export function assertNoneOverlooked(winners: readonly Winner[], log: readonly StoredEvent[]): void {
  for (const { events, query, after } of winners) {
    const first = events[0]?.sequenceNumber ?? 0;
    const overlooked = log.filter(
      (event) => event.sequenceNumber > after && event.sequenceNumber < first && isMatch(query.items, event),
    );
    assertSame(
      overlooked.map(({ sequenceNumber }) => sequenceNumber),
      [],
      `events above ${after} that match ${JSON.stringify(query.items)}, before the publish that was stored at ${first}`,
    );
  }
}

/** Reads a boundary, publishes on it, and says what became of it. */
export async function decideOn(
  { store, otherStore }: Pick<StorageStage, "store" | "otherStore">,
  query: EventQuery,
  entry: LogPublishEntry,
): Promise<Winner & { readonly seen: readonly StoredEvent[] }> {
  const { events: seen, changed } = await store.boundary(query);
  const published = await otherStore.publish([entry], { failIf: changed });
  return { events: published.flat(), query, after: changed.after, seen };
}
