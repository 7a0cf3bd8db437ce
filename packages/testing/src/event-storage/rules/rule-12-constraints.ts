import assert from "node:assert/strict";
import {
  nameIn,
  observedAfter,
  observedBefore,
  observedFrom,
  observedUpTo,
  occurredAfter,
  occurredBefore,
  occurredFrom,
  occurredUpTo,
  positionAfter,
  positionBefore,
  type SourceConstraint,
  type StoredEvent,
  sequenceNumberAfter,
  sequenceNumberBefore,
} from "@eventfold/store";
import { rejectsWithClass } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { sourcesOf } from "../observe/sources.ts";
import { ruleTest, type StorageRuleTest } from "../storage-rule-test.ts";
import { EVENT_NAMES, FILLED_BASE_MS, FILLED_STREAM, filledLog } from "./filled-log.ts";
import { generatedConstraints, isAdmitted } from "./generated-constraints.ts";

const at = (ms: number): Date => new Date(FILLED_BASE_MS + ms);
const sorted = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b);

/** Rule 12: constraints. */
export const constraints: readonly StorageRuleTest[] = [
  ruleTest(
    12,
    "a scan with generated constraints is the filter of the full scan, for every scope, direction and limit",
    async ({ store, otherStore, random, sizes }) => {
      const log = await filledLog(store, random, 300);
      for (const { identifier, source, includes } of sourcesOf(otherStore, FILLED_STREAM)) {
        const all = log.filter(includes);
        for (let round = 0; round < sizes.cases; round += 1) {
          const constraints = generatedConstraints(random, { log: all, allowsPositions: identifier.kind === "stream" });
          const admitted = all.filter((event) => constraints.every((constraint) => isAdmitted(constraint, event)));
          const direction = random.chance(0.5) ? "forwards" : "backwards";
          const limit = random.chance(0.3) ? random.integer(1, 40) : undefined;
          const expected = (direction === "forwards" ? admitted : admitted.toReversed()).slice(0, limit);
          const read = await source.read({ constraints: constraints as SourceConstraint[], direction, limit });
          const title = JSON.stringify({ identifier, constraints, direction, limit });
          assertSame(
            read.map(({ sequenceNumber }) => sequenceNumber),
            expected.map(({ sequenceNumber }) => sequenceNumber),
            title,
          );
        }
      }
    },
  ),
  ruleTest(
    12,
    "sequenceNumberAfter and Before are exclusive, and sequenceNumberAfter(0) is from the start",
    async ({ store, random }) => {
      const log = await filledLog(store, random, 30);
      const numbers = log.map(({ sequenceNumber }) => sequenceNumber);
      const [low = 0, high = 0] = [numbers[9], numbers[19]];
      const read = async (...of: Parameters<typeof nameless>): Promise<number[]> =>
        (await store.log().read({ constraints: nameless(...of) })).map(({ sequenceNumber }) => sequenceNumber);
      assertSame(await read(sequenceNumberAfter(low), sequenceNumberBefore(high)), numbers.slice(10, 19));
      assertSame(await read(sequenceNumberAfter(0)), numbers);
      assertSame(await read(sequenceNumberBefore(numbers[0] ?? 0)), []);
      assertSame(await read(sequenceNumberAfter(numbers.at(-1) ?? 0)), []);
      assertSame(await read(sequenceNumberAfter(low), sequenceNumberBefore(low)), []);
      assertSame(await read(sequenceNumberAfter(Number.MAX_SAFE_INTEGER)), []);
      assertSame(
        await read(sequenceNumberBefore(Number.MAX_SAFE_INTEGER), sequenceNumberBefore(high)),
        numbers.slice(0, 19),
      );
    },
  ),
  ruleTest(12, "positionAfter and positionBefore are exclusive", async ({ store, random }) => {
    const log = (await filledLog(store, random, 200)).filter(
      ({ category, stream }) => category === "category-0" && stream === "stream-0",
    );
    const stream = store.stream(FILLED_STREAM);
    assertSame(await stream.read({ constraints: [positionAfter(2), positionBefore(6)] }), log.slice(3, 6));
    assertSame(await stream.read({ constraints: [positionBefore(0)] }), []);
    assertSame(
      await stream.read({ constraints: [positionAfter(0)], direction: "backwards" }),
      log.slice(1).toReversed(),
    );
    assertSame(await stream.read({ constraints: [positionAfter(log.length - 1)] }), []);
  }),
  ruleTest(12, "a position narrows streams only: on a category or the log it is a TypeError", async ({ store }) => {
    for (const source of [store.log(), store.category("c")]) {
      for (const constraint of [positionAfter(1), positionBefore(1)]) {
        const options = { constraints: [constraint] } as unknown as Parameters<typeof source.read>[0];
        await rejectsWithClass(source.read(options), TypeError);
        await rejectsWithClass(source.scan(options).next(), TypeError);
      }
    }
  }),
  ruleTest(12, "occurred and observed bounds are exclusive, to the millisecond, and independent", async ({ store }) => {
    const stream = store.stream(FILLED_STREAM);
    const events = [0, 1, 2, 3, 4].map((n) => ({
      name: "noted",
      payload: n,
      observedAt: at(n),
      occurredAt: at(10 - n),
    }));
    await stream.publish({ events });
    for (const { source } of sourcesOf(store, FILLED_STREAM)) {
      const read = async (...of: Parameters<typeof nameless>): Promise<unknown[]> =>
        (await source.read({ constraints: nameless(...of) })).map(({ payload }) => payload);
      assertSame(await read(observedAfter(at(1)), observedBefore(at(4))), [2, 3]);
      assertSame(await read(occurredAfter(at(6)), occurredBefore(at(9))), [2, 3]);
      assertSame(await read(observedAfter(at(2)), occurredAfter(at(6))), [3]);
      assertSame(await read(observedBefore(at(0))), []);
      assertSame(await read(occurredAfter(at(10))), []);
    }
  }),
  ruleTest(12, "From and UpTo include their time, to the millisecond", async ({ store }) => {
    const events = [0, 1, 2, 3, 4].map((n) => ({
      name: "noted",
      payload: n,
      observedAt: at(n),
      occurredAt: at(10 - n),
    }));
    await store.stream(FILLED_STREAM).publish({ events });
    for (const { source } of sourcesOf(store, FILLED_STREAM)) {
      const read = async (...of: Parameters<typeof nameless>): Promise<unknown[]> =>
        (await source.read({ constraints: nameless(...of) })).map(({ payload }) => payload);
      assertSame(await read(observedFrom(at(1)), observedUpTo(at(3))), [1, 2, 3]);
      assertSame(await read(occurredFrom(at(7)), occurredUpTo(at(9))), [1, 2, 3]);
      assertSame(await read(observedFrom(at(2)), observedUpTo(at(2)), occurredFrom(at(8)), occurredUpTo(at(8))), [2]);
      assertSame(await read(observedFrom(at(2)), observedBefore(at(2))), []);
      assertSame(await read(occurredAfter(at(8)), occurredUpTo(at(8))), []);
    }
  }),
  ruleTest(12, "time bounds hold in the years 1 and 9999 and before 1970", async ({ store }) => {
    const dates = [
      "0001-01-01T00:00:00.000Z",
      "0099-06-01T00:00:00.001Z",
      "1969-12-31T23:59:59.999Z",
      "9999-12-31T23:59:59.999Z",
    ].map((text) => new Date(text));
    await store
      .stream(FILLED_STREAM)
      .publish({ events: dates.map((date, n) => ({ name: "noted", payload: n, occurredAt: date })) });
    for (const [n, date] of dates.entries()) {
      const before = await store.log().read({ constraints: [occurredBefore(date)] });
      const after = await store.log().read({ constraints: [occurredAfter(date)] });
      assertSame(
        [sorted(before.map(({ payload }) => payload as number)), after.map(({ payload }) => payload)],
        [[0, 1, 2, 3].slice(0, n), [0, 1, 2, 3].slice(n + 1)],
      );
      const upTo = await store.log().read({ constraints: [occurredUpTo(date)] });
      const from = await store.log().read({ constraints: [occurredFrom(date)] });
      assertSame(
        [upTo.map(({ payload }) => payload), from.map(({ payload }) => payload)],
        [[0, 1, 2, 3].slice(0, n + 1), [0, 1, 2, 3].slice(n)],
      );
    }
  }),
  ruleTest(
    12,
    "nameIn admits exactly the names given, by case, one or many, known or not",
    async ({ store, random }) => {
      const log = await filledLog(store, random, 200);
      const expected = (...names: string[]): StoredEvent[] => log.filter(({ name }) => names.includes(name));
      assertSame(await store.log().read({ constraints: [nameIn("opened")] }), expected("opened"));
      assertSame(await store.log().read({ constraints: [nameIn("Opened", "paid")] }), expected("Opened", "paid"));
      assertSame(await store.log().read({ constraints: [nameIn("paid", "paid", "unknown")] }), expected("paid"));
      assertSame(await store.log().read({ constraints: [nameIn("unknown")] }), []);
      assertSame(
        await store.log().read({ constraints: [nameIn("opened", "paid"), nameIn("paid", "closed")] }),
        expected("paid"),
      );
      assertSame(await store.log().read({ constraints: [nameIn("opened"), nameIn("paid")] }), []);
      const many = Array.from({ length: 2_000 }, (_, n) => `name-${n}`);
      assertSame(await store.log().read({ constraints: [nameIn("closed", ...many)] }), expected("closed"));
      assert.equal(
        (await store.log().read({ constraints: [nameIn(EVENT_NAMES[0], ...EVENT_NAMES.slice(1))] })).length,
        200,
      );
    },
  ),
  ruleTest(
    12,
    "a rare event is found across many pages, with a limit, in both directions",
    async ({ store, sizes }) => {
      const count = sizes.manyEvents;
      const events = Array.from({ length: count }, (_, n) => ({
        name: n === 3 || n === count - 4 ? "rare" : "common",
        payload: n,
      }));
      await store.stream(FILLED_STREAM).publish({ events });
      for (const { source } of sourcesOf(store, FILLED_STREAM)) {
        const found = async (direction: "forwards" | "backwards", limit: number): Promise<unknown[]> =>
          (await source.read({ constraints: [nameIn("rare")], direction, limit })).map(({ payload }) => payload);
        assertSame(await found("forwards", 1), [3]);
        assertSame(await found("forwards", 9), [3, count - 4]);
        assertSame(await found("backwards", 1), [count - 4]);
        assertSame(await found("backwards", 9), [count - 4, 3]);
      }
    },
  ),
];

/** Only gives the list of constraints its type. */
function nameless(
  ...constraints: ReturnType<typeof sequenceNumberAfter | typeof sequenceNumberBefore | typeof observedAfter>[]
) {
  return constraints;
}
