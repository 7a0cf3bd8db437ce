import assert from "node:assert/strict";
import {
  type LogPublishEntry,
  nameIn,
  not,
  observedAfter,
  observedFrom,
  observedUpTo,
  occurredBefore,
  occurredFrom,
  occurredUpTo,
  positionAfter,
  positionBefore,
  positionIs,
  predicate,
  sequenceNumberAfter,
  sequenceNumberBefore,
  type WriteCondition,
} from "@eventfold/store";
import { isEventfoldError } from "@eventfold/types";
import { changingNothing } from "../observe/contents.ts";
import { described, rejectionOf, rejectsWith, rejectsWithClass } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { someEvents } from "../observe/some-events.ts";
import { sourcesOf } from "../observe/sources.ts";
import { ruleTest, type StorageRuleTest } from "../storage-rule-test.ts";
import { everyStorageCall } from "./every-call.ts";

const NAMES = { category: "c", stream: "s" };
const BAD_NUMBERS = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53] as const;
const untyped = <T>(value: unknown): T => value as T;

/** Rule 22: how and when misuse is reported. */
export const misuse: readonly StorageRuleTest[] = [
  ruleTest(
    22,
    "factories throw at once: negative, fractional and unsafe positions and sequence numbers are RangeErrors",
    async () => {
      for (const make of [positionIs, positionAfter, positionBefore, sequenceNumberAfter, sequenceNumberBefore]) {
        for (const bad of BAD_NUMBERS) assert.throws(() => make(bad), RangeError, `${make.name}(${bad})`);
        for (const bad of ["1", null, undefined, 1n, {}])
          assert.throws(() => make(untyped(bad)), TypeError, `${make.name}(${String(bad)})`);
      }
    },
  ),
  ruleTest(22, "factories throw at once for what is not a time, name, condition or predicate", async () => {
    for (const bad of [new Date(Number.NaN), 5, "2026-01-01", null]) {
      for (const make of [observedAfter, occurredBefore, observedFrom, observedUpTo, occurredFrom, occurredUpTo])
        assert.throws(() => make(untyped(bad)), TypeError, `${make.name}(${String(bad)})`);
    }
    assert.throws(() => nameIn(""), { code: "INVALID_NAME" });
    assert.throws(() => not(untyped({ kind: "odd" })), TypeError);
    assert.throws(() => predicate("x", untyped(5)), TypeError);
  }),
  ruleTest(22, "promise methods do not throw, they reject, whatever they are given", async ({ store }) => {
    const calls = (bad: unknown): (() => Promise<unknown>)[] => [
      () => store.stream(NAMES).publish(untyped(bad)),
      () => store.category("c").publish(untyped(bad)),
      () => store.publish(untyped<LogPublishEntry[]>(bad)),
    ];
    await changingNothing(store, async () => {
      for (const bad of [undefined, null, 5, "events", [], {}, { events: null }, { events: "abc" }, { events: {} }]) {
        for (const call of calls(bad)) {
          const error = await rejectionOf(promised(call));
          assert.ok(
            error instanceof TypeError || error instanceof RangeError,
            `${JSON.stringify(bad)}: ${String(error)}`,
          );
        }
      }
      for (const bad of [undefined, null, 5, {}])
        await rejectsWithClass(
          promised(() => store.eventById(untyped(bad))),
          TypeError,
        );
    });
  }),
  ruleTest(22, "an event that is not an object, and an event without a name, are refused", async ({ store }) => {
    await changingNothing(store, async () => {
      for (const bad of [undefined, null, 5, "event"]) {
        await rejectsWith(
          promised(() => store.stream(NAMES).publish({ events: [untyped(bad)] })),
          "INVALID_EVENT",
        );
      }
      await rejectsWith(store.stream(NAMES).publish({ events: [untyped({ payload: 1 })] }), "INVALID_NAME");
    });
  }),
  ruleTest(
    22,
    "unknown kinds of condition reject with a TypeError, nested ones too, and store nothing",
    async ({ store }) => {
      const odd = [
        5,
        null,
        {},
        { kind: "odd" },
        { kind: "constructor" },
        { kind: "not", condition: { kind: "odd" } },
        { kind: "any-of", conditions: [{ kind: "odd" }] },
      ];
      await changingNothing(store, async () => {
        for (const condition of odd.map((each) => untyped<WriteCondition>(each))) {
          await rejectsWithClass(store.stream(NAMES).publish({ events: someEvents(1), condition }), TypeError);
          await rejectsWithClass(store.publish([{ ...NAMES, condition }]), TypeError);
        }
      });
    },
  ),
  ruleTest(22, "a condition that no factory would make is refused, and stores nothing", async ({ store }) => {
    await changingNothing(store, async () => {
      for (const position of BAD_NUMBERS) {
        await rejectsWithClass(
          store.stream(NAMES).publish({ events: someEvents(1), condition: { kind: "position-is", position } }),
          RangeError,
        );
      }
      const text = untyped<WriteCondition>({ kind: "position-is", position: "0" });
      await rejectsWithClass(store.stream(NAMES).publish({ events: someEvents(1), condition: text }), TypeError);
    });
  }),
  ruleTest(
    22,
    "a scan fails at its first step, not before: unknown constraints, directions, limits and signals",
    async ({ store }) => {
      const bad: readonly (readonly [typeof TypeError | typeof RangeError, unknown])[] = [
        [TypeError, { constraints: [{ kind: "odd" }] }],
        [TypeError, { constraints: [5] }],
        [TypeError, { constraints: 5 }],
        [TypeError, { direction: "sideways" }],
        [TypeError, { limit: "1" }],
        [TypeError, { signal: {} }],
        ...[0, ...BAD_NUMBERS].map((limit) => [RangeError, { limit }] as const),
        ...BAD_NUMBERS.map(
          (sequenceNumber) =>
            [RangeError, { constraints: [{ kind: "sequence-number-after", sequenceNumber }] }] as const,
        ),
      ];
      for (const { source } of sourcesOf(store, NAMES)) {
        for (const [expected, options] of bad) {
          const scan = source.scan(untyped(options));
          await rejectsWithClass(scan.next(), expected);
          assertSame(await scan.next(), { done: true, value: undefined });
          await rejectsWithClass(
            promised(() => source.read(untyped(options))),
            expected,
          );
        }
      }
    },
  ),
  ruleTest(
    22,
    "an adapter that is closed throws nothing: its methods reject, and its iterations fail at their first step",
    async ({ adapter }) => {
      await adapter.close();
      const calls = everyStorageCall(adapter.storage); // makes the iterations already
      for (const [name, call] of calls) {
        const error = await rejectionOf(promised(call));
        assert.ok(isEventfoldError(error, "ADAPTER_CLOSED"), `${name}: ${described(error)}`);
      }
    },
  ),
  ruleTest(
    22,
    "errors of the library are Errors with a stable code, the name of their class and isRetryable",
    async ({ store }) => {
      const error = await rejectsWith(
        store.stream(NAMES).publish({ events: someEvents(1), condition: positionIs(3) }),
        "UNMET_WRITE_CONDITION",
      );
      assert.ok(error instanceof Error);
      assertSame(
        [error.name, error.code, error.isRetryable],
        ["UnmetWriteConditionError", "UNMET_WRITE_CONDITION", false],
      );
      assert.match(error.message, /c.*s|s.*c/s);
    },
  ),
];

/** The promise of a call. A call that throws fails the test, because promise methods only reject. */
function promised<T>(call: () => Promise<T>): Promise<T> {
  try {
    return call();
  } catch (error) {
    return assert.fail(`A promise method threw instead of rejecting: ${String(error)}`);
  }
}
