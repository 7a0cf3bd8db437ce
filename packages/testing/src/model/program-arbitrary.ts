import {
  allOf,
  anyOf,
  noCondition,
  not,
  positionIs,
  predicate,
  streamExists,
  streamIsEmpty,
  type WriteCondition,
} from "@eventfold/store";
import fc from "fast-check";
import type {
  Command,
  ConcurrentProgram,
  ConditionPlan,
  ConstraintPlan,
  EntryPlan,
  EventPlan,
  FailIfPlan,
  Program,
  QueryItemPlan,
  SourcePlan,
} from "./program.ts";

const NAMES = ["a", "b", "c"];

const category = fc.nat(1);
const stream = fc.nat(1);
const timeMs = fc.nat(5).map((seconds) => seconds * 1_000);
const limit = fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined });
const adapter = fc.constantFrom<0 | 1>(0, 1);

/** Mostly `undefined`, otherwise what the arbitrary makes. */
function seldom<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

const tags = fc.oneof(fc.constant<number[]>([]), fc.array(fc.nat(2), { maxLength: 3 }));

/** Mostly of tags: many events have the few names. */
const queryItems: fc.Arbitrary<readonly QueryItemPlan[]> = fc.array(
  fc
    .tuple(
      fc.option(fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1 }), { nil: undefined }),
      fc.option(fc.uniqueArray(fc.nat(3), { minLength: 1, maxLength: 2 }), { nil: undefined, freq: 6 }),
    )
    .map(([names, own]) => ({ ...(names && { names }), ...((own ?? names === undefined) && { tags: own ?? [0] }) })),
  { minLength: 1, maxLength: 3 },
);

const failIf: fc.Arbitrary<FailIfPlan> = fc.oneof(
  fc.record({ kind: fc.constant("ever-matched" as const), items: queryItems }),
  fc.record({ kind: fc.constant("boundary-changed" as const), boundary: fc.nat(5) }),
);

const event: fc.Arbitrary<EventPlan> = fc.record({
  id: seldom(fc.nat(5)),
  name: fc.constantFrom(...NAMES),
  payload: fc.jsonValue({ maxDepth: 1 }),
  metadata: seldom(fc.jsonValue({ maxDepth: 1 })),
  version: seldom(fc.integer({ min: 1, max: 3 })),
  observedAtMs: timeMs,
  occurredAtMs: fc.option(timeMs, { nil: undefined }),
  tags,
}) as fc.Arbitrary<EventPlan>;

const closedCondition: fc.Arbitrary<WriteCondition> = fc.letrec<{ any: WriteCondition; leaf: WriteCondition }>(
  (tie) => ({
    leaf: fc.oneof(
      fc.constantFrom<WriteCondition>(noCondition(), streamIsEmpty(), streamExists()),
      fc.nat(4).map(positionIs),
      fc.constantFrom<WriteCondition>(
        predicate("its position is even", (latest) => latest !== undefined && latest.position % 2 === 0),
        predicate("it is not named a", (latest) => latest?.name !== "a"),
      ),
    ),
    any: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      tie("leaf"),
      fc.array(tie("any"), { maxLength: 3 }).map((conditions) => allOf(...conditions)),
      fc.array(tie("any"), { maxLength: 3 }).map((conditions) => anyOf(...conditions)),
      tie("any").map(not),
    ),
  }),
).any;

const condition: fc.Arbitrary<ConditionPlan> = fc.oneof(
  closedCondition,
  fc.constant<ConditionPlan>({ kind: "unchanged" }),
);

const events = fc.array(event, { minLength: 1, maxLength: 3 });
const entryWithEvents = fc.record({ events, condition: fc.option(condition, { nil: undefined }) });
const check = fc.record({ events: fc.constant([]), condition });
const entry: fc.Arbitrary<EntryPlan> = fc
  .tuple(
    fc.record({ category, stream }),
    fc.oneof({ weight: 3, arbitrary: entryWithEvents }, { weight: 1, arbitrary: check }),
  )
  .map(([names, what]) => ({ ...names, ...what }));

const maybeFailIf = fc.record({ failIf: fc.option(failIf, { nil: undefined, freq: 2 }) });
const publishToStream = fc
  .tuple(fc.record({ category, stream }), entryWithEvents, maybeFailIf)
  .map(
    ([names, what, own]) => ({ kind: "publish", through: "stream", entries: [{ ...names, ...what }], ...own }) as const,
  );
const publishToStore = fc
  .tuple(
    fc.uniqueArray(entry, { minLength: 1, maxLength: 3, selector: (each) => each.category * 3 + each.stream }),
    maybeFailIf,
  )
  .map(([entries, own]) => ({ kind: "publish", through: "store", entries, ...own }) as const);
const publishToCategory = fc
  .tuple(category, fc.uniqueArray(entry, { minLength: 1, maxLength: 3, selector: (each) => each.stream }), maybeFailIf)
  .map(([own, entries, refusal]) => {
    const moved = entries.map((each) => ({ ...each, category: own }));
    return { kind: "publish", through: "category", entries: moved, ...refusal } as const;
  });

const source: fc.Arbitrary<SourcePlan> = fc.oneof(
  fc.constant<SourcePlan>({ kind: "log" }),
  fc.record({ kind: fc.constant("category" as const), category }),
  fc.record({ kind: fc.constant("stream" as const), category, stream }),
);

const constraint: fc.Arbitrary<ConstraintPlan> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("sequence-number-after" as const, "sequence-number-before" as const),
    of: fc.nat(30),
    shift: fc.integer({ min: -1, max: 1 }),
  }),
  fc.record({
    kind: fc.constantFrom(
      "occurred-after" as const,
      "occurred-before" as const,
      "observed-after" as const,
      "observed-before" as const,
    ),
    timeMs,
  }),
  fc.record({
    kind: fc.constant("name-in" as const),
    names: fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1 }),
  }),
  fc.record({ kind: fc.constant("events-match" as const), items: queryItems }),
  fc.record({
    kind: fc.constantFrom("position-after" as const, "position-before" as const),
    position: fc.nat(5),
  }),
);

const read = fc.record({
  kind: fc.constantFrom("read" as const, "scan" as const),
  source,
  constraints: fc.oneof(fc.constant([]), fc.array(constraint, { maxLength: 2 })),
  direction: fc.constantFrom("forwards" as const, "backwards" as const),
  limit,
});

/** Every command except closing and opening again. */
const everyday: readonly Choice[] = [
  { weight: 25, arbitrary: publishToStream },
  { weight: 15, arbitrary: publishToStore },
  { weight: 10, arbitrary: publishToCategory },
  { weight: 10, arbitrary: fc.record({ kind: fc.constant("publish-again" as const), publish: fc.nat(10) }) },
  { weight: 30, arbitrary: read },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant("boundary" as const), items: queryItems }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("latest" as const), source }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("event-by-id" as const), id: fc.nat(7) }) },
];

const listings: readonly Choice[] = [
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("categories" as const), limit }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("streams" as const),
      category,
      after: fc.option(stream, { nil: undefined }),
      limit,
    }),
  },
];

interface Choice {
  readonly weight: number;
  readonly arbitrary: fc.Arbitrary<object>;
}

/** Each with the adapter that it goes through. */
function commands(choices: readonly Choice[]): fc.Arbitrary<Command> {
  return fc
    .tuple(adapter, fc.oneof(...choices))
    .map(([through, command]) => ({ adapter: through, ...command }) as Command);
}

/** Programs for one caller. */
export const programs: fc.Arbitrary<Program> = fc.array(
  commands([...everyday, ...listings, { weight: 1, arbitrary: fc.constant({ kind: "reopen" }) }]),
  { minLength: 1, maxLength: 14, size: "max" },
);

/** Programs for two to four callers at once. */
export const concurrentPrograms: fc.Arbitrary<ConcurrentProgram> = fc.array(
  fc.array(fc.record({ turns: fc.nat(2), command: commands(everyday) }), { minLength: 1, maxLength: 5, size: "max" }),
  { minLength: 2, maxLength: 4, size: "max" },
);
