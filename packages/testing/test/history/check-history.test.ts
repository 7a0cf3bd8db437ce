import type { StoredEvent } from "@eventfold/store";
import {
  assertHistory,
  checkHistory,
  ForbiddenHistoryError,
  type History,
  type HistoryViolationKind,
} from "@eventfold/testing/history";
import { describe, expect, it } from "vitest";
import { boundary, call, event, id, publish, scan } from "./written-history.ts";

const [e1, e2, e3] = [event(1), event(2), event(3)];
const [a1, a2] = [event(1, { tags: ["a"] }), event(2, { stream: "t", position: 0, tags: ["a"] })];
const other = event(2, { stream: "t", position: 0 });
const failed = { kind: "failed", message: "cut" } as const;
const unmetAt = (latestPosition?: number) =>
  ({ kind: "unmet", answers: [], unmet: [{ category: "c", stream: "s", latestPosition }] }) as const;
const positionIs = (position: number) => ({ kind: "position-is", position }) as const;
const latest = (from: number, to: number, seen?: StoredEvent) =>
  call(
    [from, to],
    { kind: "latest", source: { kind: "log" } },
    { outcome: { kind: "read" }, events: seen ? [seen] : [] },
  );

/** That an event with the tag "a" was published after a number. */
const since = (after: number) => ({ items: [{ tags: ["a"] }], after });
const matchedBy = (sequenceNumber: number) => ({ kind: "matched", sequenceNumber, answers: [] }) as const;

interface Example {
  readonly what: string;
  readonly history: History;
}

const allowed: readonly Example[] = [
  {
    what: "publishes one after another",
    history: [publish([1, 2], [e1]), publish([3, 4], [e2, e3]), scan([8, 9], [e1, e2, e3])].flat(),
  },
  {
    what: "a lost reply, the event stored",
    history: [publish([1, 2], [e1], { outcome: failed }), scan([8, 9], [e1])].flat(),
  },
  {
    what: "a lost reply, nothing stored",
    history: [publish([1, 2], [e1], { outcome: failed }), scan([8, 9], [])].flat(),
  },
  {
    what: "a process that ended in its call, the event stored",
    history: [publish([1], [e1]), scan([8, 9], [e1])].flat(),
  },
  { what: "a process that ended in its call, nothing stored", history: [publish([1], [e1]), scan([8, 9], [])].flat() },
  {
    what: "a lost reply that is made good by a repeat",
    history: [
      publish([1, 2], [e1], { outcome: failed }),
      publish([3, 4], [e1], { outcome: { kind: "repeat", answers: [] } }),
      scan([8, 9], [e1]),
    ].flat(),
  },
  {
    what: "rivals of which one wins",
    history: [
      publish([1, 5], [e1], { condition: { kind: "stream-is-empty" } }),
      publish([2, 4], [event(7)], { condition: { kind: "stream-is-empty" }, outcome: unmetAt(0) }),
      scan([8, 9], [e1]),
    ].flat(),
  },
  {
    what: "a read that overlaps a publish, and shows it or not",
    history: [publish([1, 5], [e1]), scan([2, 3], []), scan([2, 4], [e1]), scan([8, 9], [e1])].flat(),
  },
  {
    what: "what was there before",
    history: [scan([1, 2], [e1]), publish([3, 4], [e2], { condition: positionIs(0) }), scan([8, 9], [e1, e2])].flat(),
  },
  {
    what: "a limited read backwards",
    history: [
      publish([1, 2], [e1, e2, e3]),
      scan([3, 4], [e3, e2], { direction: "backwards", limit: 2 }),
      scan([8, 9], [e1, e2, e3]),
    ].flat(),
  },
  {
    what: "a predicate that was asked of the event before",
    history: [
      publish([1, 2], [e1]),
      publish([3, 4], [e2], {
        condition: { kind: "predicate", description: "even", predicate: 1 },
        outcome: { kind: "stored", answers: [{ predicate: 1, latestPosition: 0, holds: true }] },
      }),
      scan([8, 9], [e1, e2]),
    ].flat(),
  },
];

const allowedByQueries: readonly Example[] = [
  {
    what: "a publish on a boundary that has not changed",
    history: [
      publish([1, 2], [a1]),
      boundary([3, 4], 1, [a1]),
      publish([5, 6], [a2], { failIf: since(1) }),
      scan([8, 9], [a1, a2]),
    ].flat(),
  },
  {
    what: "rivals for a tag of which one wins",
    history: [
      publish([1, 5], [a1], { failIf: since(0) }),
      publish([2, 4], [event(7, { tags: ["a"] })], { failIf: since(0), outcome: matchedBy(1) }),
      scan([8, 9], [a1]),
    ].flat(),
  },
  {
    what: "a publish that does not fail for its own events, nor for those that were published later",
    history: [publish([1, 6], [a1], { failIf: since(0) }), publish([2, 7], [a2]), scan([8, 9], [a1, a2])].flat(),
  },
  {
    what: "a boundary that overlaps a publish, and holds it or not",
    history: [publish([1, 5], [a1]), boundary([2, 3], 0, []), boundary([2, 4], 1, [a1]), scan([8, 9], [a1])].flat(),
  },
  {
    what: "a boundary that is read past other events, and up to a number that nobody has",
    history: [publish([1, 2], [e1]), boundary([3, 4], 40, []), scan([8, 9], [e1])].flat(),
  },
  {
    what: "a repeat, whatever it is to be refused for",
    history: [
      publish([1, 2], [a1]),
      publish([3, 4], [a1], { failIf: since(0), outcome: { kind: "repeat", answers: [] } }),
      scan([8, 9], [a1]),
    ].flat(),
  },
  {
    what: "a publish that only checks, while somebody publishes what matches",
    history: [
      publish([1, 5], [a1]),
      call([2, 4], { kind: "publish", entries: [], failIf: since(0) }, { outcome: { kind: "stored", answers: [] } }),
      scan([8, 9], [a1]),
    ].flat(),
  },
];

interface Fault extends Example {
  readonly kind: HistoryViolationKind;
  readonly rule: number;
}

const forbiddenByQueries: readonly Fault[] = [
  {
    kind: "match-overlooked",
    rule: 26,
    what: "a publish was stored after an event that it was to be refused for",
    history: [
      publish([1, 5], [a1], { failIf: since(0) }),
      publish([2, 4], [a2], { failIf: since(0) }),
      scan([8, 9], [a1, a2]),
    ].flat(),
  },
  {
    kind: "match-overlooked",
    rule: 26,
    what: "a publish that only checks went through, though what matches was known",
    history: [
      publish([1, 2], [a1]),
      call([3, 4], { kind: "publish", entries: [], failIf: since(0) }, { outcome: { kind: "stored", answers: [] } }),
      scan([8, 9], [a1]),
    ].flat(),
  },
  {
    kind: "false-refusal",
    rule: 26,
    what: "a publish was refused for an event that does not match",
    history: [
      publish([1, 2], [e1]),
      publish([3, 4], [a2], { failIf: since(0), outcome: matchedBy(1) }),
      scan([8, 9], [e1]),
    ].flat(),
  },
  {
    kind: "false-refusal",
    rule: 26,
    what: "a publish was refused for the second event that matches",
    history: [
      publish([1, 2], [a1]),
      publish([3, 4], [a2]),
      publish([5, 6], [e3], { failIf: since(0), outcome: matchedBy(2) }),
      scan([8, 9], [a1, a2]),
    ].flat(),
  },
  {
    kind: "false-refusal",
    rule: 26,
    what: "a publish was refused for an event that was published later",
    history: [
      publish([1, 2], [e3], { failIf: since(0), outcome: matchedBy(1) }),
      publish([3, 4], [a1]),
      scan([8, 9], [a1]),
    ].flat(),
  },
  {
    kind: "false-refusal",
    rule: 26,
    what: "a publish was refused for an event, and asked for none",
    history: [publish([1, 2], [a1]), publish([3, 4], [a2], { outcome: matchedBy(1) }), scan([8, 9], [a1])].flat(),
  },
  {
    kind: "refused-but-stored",
    rule: 4,
    what: "a publish that was refused for an event is in the log",
    history: [
      publish([1, 2], [a1]),
      publish([3, 4], [a2], { failIf: since(0), outcome: matchedBy(1) }),
      scan([8, 9], [a1, a2]),
    ].flat(),
  },
  {
    kind: "false-refusal",
    rule: 6,
    what: "a repeat was refused for an event",
    history: [
      publish([1, 2], [a1]),
      publish([3, 4], [a1], { failIf: since(0), outcome: matchedBy(1) }),
      scan([8, 9], [a1]),
    ].flat(),
  },
  {
    kind: "skipped-event",
    rule: 27,
    what: "an event came to light below the number of a boundary",
    history: [publish([1, 5], [a1]), publish([2, 3], [a2]), boundary([3, 4], 2, [a2]), scan([8, 9], [a1, a2])].flat(),
  },
  {
    kind: "wrong-read",
    rule: 27,
    what: "a boundary holds what does not match",
    history: [publish([1, 2], [e1]), boundary([3, 4], 1, [e1]), scan([8, 9], [e1])].flat(),
  },
  {
    kind: "wrong-read",
    rule: 27,
    what: "a boundary holds what is above its number",
    history: [
      publish([1, 2], [a1]),
      publish([3, 4], [a2]),
      boundary([5, 6], 1, [a1, a2]),
      scan([8, 9], [a1, a2]),
    ].flat(),
  },
  {
    kind: "stale-read",
    rule: 27,
    what: "a boundary ends before what was acknowledged",
    history: [publish([1, 2], [a1]), boundary([3, 4], 0, []), scan([8, 9], [a1])].flat(),
  },
  {
    kind: "changed-event",
    rule: 1,
    what: "an event has other tags than were acknowledged",
    history: [publish([1, 2], [a1]), scan([8, 9], [{ ...a1, tags: ["b"] }])].flat(),
  },
];

const forbidden: readonly Fault[] = [
  {
    kind: "lost-acknowledgement",
    rule: 20,
    what: "an acknowledged event is gone",
    history: [publish([1, 2], [e1]), scan([8, 9], [])].flat(),
  },
  {
    kind: "vanished-event",
    rule: 13,
    what: "an event was read before it was rolled back",
    history: [publish([1, 4], [e1], { outcome: failed }), scan([2, 3], [e1]), scan([8, 9], [])].flat(),
  },
  {
    kind: "changed-event",
    rule: 1,
    what: "an event has another payload than was acknowledged",
    history: [publish([1, 2], [e1]), scan([8, 9], [{ ...e1, payload: "other" }])].flat(),
  },
  {
    kind: "unknown-event",
    rule: 1,
    what: "an event comes out of nowhere",
    history: [publish([1, 2], [e1]), scan([8, 9], [e1, e2])].flat(),
  },
  {
    kind: "unknown-event",
    rule: 1,
    what: "an event of a lost publish is in another stream",
    history: [publish([1], [e1]), scan([8, 9], [{ ...e1, stream: "t" }])].flat(),
  },
  {
    kind: "duplicate-event",
    rule: 6,
    what: "two publishes of one id were both stored",
    history: [publish([1, 2], [e1]), publish([3, 4], [e1]), scan([8, 9], [e1])].flat(),
  },
  {
    kind: "duplicate-event",
    rule: 6,
    what: "an id is in the log twice",
    history: [publish([1], [e1]), scan([8, 9], [e1, { ...e2, id: e1.id }])].flat(),
  },
  {
    kind: "disorder",
    rule: 1,
    what: "a position is left out",
    history: [publish([1, 2], [event(1, { position: 1 })]), scan([8, 9], [event(1, { position: 1 })])].flat(),
  },
  {
    kind: "disorder",
    rule: 2,
    what: "the events of a publish are stored in another order",
    history: [publish([1], [e2, e1]), scan([8, 9], [e1, e2])].flat(),
  },
  {
    kind: "half-publish",
    rule: 2,
    what: "half of a lost publish is stored",
    history: [publish([1], [e1, other]), scan([8, 9], [e1])].flat(),
  },
  {
    kind: "half-publish",
    rule: 2,
    what: "a read shows half of a publish",
    history: [publish([1, 4], [e1, other]), scan([2, 3], [e1]), scan([8, 9], [e1, other])].flat(),
  },
  {
    kind: "wrong-reply",
    rule: 1,
    what: "a publish returns nothing",
    history: [
      call(
        [1, 2],
        { kind: "publish", entries: [{ category: "c", stream: "s", eventIds: [id(1)] }] },
        { outcome: { kind: "stored", answers: [] } },
      ),
      scan([8, 9], [e1]),
    ].flat(),
  },
  {
    kind: "refused-but-stored",
    rule: 4,
    what: "a refused publish is stored",
    history: [publish([1, 2], [e1], { condition: positionIs(4), outcome: unmetAt() }), scan([8, 9], [e1])].flat(),
  },
  {
    kind: "condition-ignored",
    rule: 3,
    what: "two rivals win",
    history: [
      publish([1, 5], [e1], { condition: { kind: "stream-is-empty" } }),
      publish([1, 5], [e2], { condition: { kind: "stream-is-empty" } }),
      scan([8, 9], [e1, e2]),
    ].flat(),
  },
  {
    kind: "condition-ignored",
    rule: 3,
    what: "an entry that only checks did not hold",
    history: [
      publish([1, 2], [e1]),
      call(
        [3, 4],
        {
          kind: "publish",
          entries: [
            { category: "c", stream: "t", eventIds: [other.id] },
            { category: "c", stream: "s", eventIds: [], condition: { kind: "stream-is-empty" } },
          ],
        },
        { outcome: { kind: "stored", answers: [] }, events: [other] },
      ),
      scan([8, 9], [e1, other]),
    ].flat(),
  },
  {
    kind: "condition-ignored",
    rule: 3,
    what: "a predicate was asked of an older event",
    history: [
      publish([1, 2], [e1]),
      call(
        [1, 4],
        {
          kind: "publish",
          entries: [
            {
              category: "c",
              stream: "s",
              eventIds: [e2.id],
              condition: { kind: "predicate", description: "d", predicate: 1 },
            },
          ],
        },
        { outcome: { kind: "stored", answers: [{ predicate: 1, latestPosition: -1, holds: true }] }, events: [e2] },
      ),
      scan([8, 9], [e1, e2]),
    ].flat(),
  },
  {
    kind: "false-refusal",
    rule: 4,
    what: "a publish is refused where its condition holds",
    history: [
      publish([1, 2], [e1]),
      publish([3, 4], [e2], { condition: positionIs(0), outcome: unmetAt(0) }),
      scan([8, 9], [e1]),
    ].flat(),
  },
  {
    kind: "false-refusal",
    rule: 4,
    what: "a publish is refused by what was long ago",
    history: [
      publish([1, 2], [e1]),
      publish([3, 4], [e2], { condition: positionIs(0), outcome: unmetAt() }),
      scan([8, 9], [e1]),
    ].flat(),
  },
  {
    kind: "false-refusal",
    rule: 6,
    what: "a repeat is refused",
    history: [
      publish([1, 2], [e1], { condition: { kind: "stream-is-empty" } }),
      publish([3, 4], [e1], { condition: { kind: "stream-is-empty" }, outcome: unmetAt(0) }),
      scan([8, 9], [e1]),
    ].flat(),
  },
  {
    kind: "false-refusal",
    rule: 6,
    what: "an id is said to be taken that nobody stored",
    history: [publish([1, 2], [e1], { outcome: { kind: "duplicate", ids: [e1.id] } }), scan([8, 9], [])].flat(),
  },
  {
    kind: "late-event",
    rule: 7,
    what: "an event is stored before one that was seen",
    history: [
      publish([1, 2], [{ ...other, sequenceNumber: 5 }]),
      publish([3, 4], [e1]),
      scan([8, 9], [e1, { ...other, sequenceNumber: 5 }]),
    ].flat(),
  },
  {
    kind: "skipped-event",
    rule: 7,
    what: "a reader skips an event that is committed late",
    history: [publish([1, 5], [e1]), publish([1, 3], [other]), scan([2, 4], [other]), scan([8, 9], [e1, other])].flat(),
  },
  {
    kind: "skipped-event",
    rule: 7,
    what: "a follower skips an event",
    history: [
      publish([1, 2], [e1, e2, e3]),
      scan([3, 4], [e1, e3], { kind: "follow" }),
      scan([8, 9], [e1, e2, e3]),
    ].flat(),
  },
  {
    kind: "stale-read",
    rule: 13,
    what: "a read shows an old state",
    history: [publish([1, 2], [e1]), scan([3, 4], []), scan([8, 9], [e1])].flat(),
  },
  {
    kind: "stale-read",
    rule: 13,
    what: "a reader sees less than another one did before",
    history: [publish([1, 9], [e1]), scan([2, 3], [e1]), scan([4, 5], []), scan([10, 11], [e1])].flat(),
  },
  {
    kind: "stale-read",
    rule: 13,
    what: "the latest event is not the latest",
    history: [publish([1, 2], [e1]), publish([3, 4], [e2]), latest(5, 6, e1), scan([8, 9], [e1, e2])].flat(),
  },
  {
    kind: "stale-read",
    rule: 15,
    what: "an event is not found by its id",
    history: [
      publish([1, 2], [e1]),
      call([3, 4], { kind: "event-by-id", id: e1.id }, { outcome: { kind: "read" } }),
      scan([8, 9], [e1]),
    ].flat(),
  },
  {
    kind: "wrong-read",
    rule: 11,
    what: "a read shows an event twice",
    history: [publish([1, 2], [e1]), scan([3, 4], [e1, e1]), scan([8, 9], [e1])].flat(),
  },
  {
    kind: "wrong-read",
    rule: 12,
    what: "a read shows an event of another stream",
    history: [
      publish([1, 2], [e1]),
      scan([3, 4], [e1], { source: { kind: "stream", category: "c", stream: "t" } }),
      scan([8, 9], [e1]),
    ].flat(),
  },
  {
    kind: "wrong-read",
    rule: 12,
    what: "a read shows more than its limit",
    history: [publish([1, 2], [e1, e2]), scan([3, 4], [e1, e2], { limit: 1 }), scan([8, 9], [e1, e2])].flat(),
  },
];

describe("a history", () => {
  it.each([...allowed, ...allowedByQueries])("is allowed with $what", ({ history }) => {
    expect(checkHistory(history).violations.map(({ message }) => message)).toEqual([]);
    expect(() => assertHistory(history)).not.toThrow();
  });

  it.each([...forbidden, ...forbiddenByQueries])("is forbidden where $what: $kind", ({ kind, rule, history }) => {
    const { isAllowed, violations } = checkHistory(history);
    expect(isAllowed).toBe(false);
    const found = violations.find((each) => each.kind === kind && each.rule === rule);
    expect(found?.message, violations.map(({ message }) => message).join("\n")).toContain(`Rule ${rule}, ${kind}: `);
    expect(() => assertHistory(history)).toThrow(ForbiddenHistoryError);
  });

  it("is shown with the calls and events that break a rule", () => {
    const history = [
      publish([1, 2], [e1]),
      publish([3, 4], [e2], { condition: positionIs(5) }),
      scan([8, 9], [e1, e2]),
    ].flat();
    const [violation] = checkHistory(history).violations;
    const calls = violation?.operations.map(({ process, number }) => `${process}#${number}`) ?? [];
    expect(violation?.message.split("\n")).toEqual([
      `Rule 3, condition-ignored: positionIs(5) did not hold of c/s, which was at position 0, and yet ${e2.id} (c/s at position 1, sequence number 2) was stored.`,
      `  ${calls[0]}: publish 1 event to c/s → stored (sequence numbers 1)`,
      `  ${calls[1]}: publish 1 event to c/s if positionIs(5) → stored (sequence numbers 2)`,
    ]);
    expect(violation?.eventIds).toEqual([e2.id]);
  });

  it("allows, under a narrower guarantee, what only a wider one forbids", () => {
    const late = { ...other, sequenceNumber: 5 };
    const history = [publish([1, 2], [late]), publish([3, 4], [e1]), scan([8, 9], [e1, late])].flat();
    expect(checkHistory(history).isAllowed).toBe(false);
    expect(checkHistory(history, { orderingGuarantee: "category" }).isAllowed).toBe(false);
    expect(checkHistory(history, { orderingGuarantee: "stream" }).isAllowed).toBe(true);
  });

  it("needs a reading of the log at its end", () => {
    const history = [scan([1, 2], []), publish([3, 4], [e1])].flat();
    expect(() => checkHistory(history)).toThrow(RangeError);
  });
});
