import { describe, expect, it } from "vitest";
import { checkedOrderingGuarantee, checkedTimeoutMs } from "../src/adapter/index.ts";
import {
  allOf,
  EventStore,
  eventIdFrom,
  eventList,
  nameIn,
  newEventId,
  not,
  occurredAfter,
  positionAfter,
  positionBefore,
  positionIs,
  predicate,
  retryOnUnmetCondition,
  sequenceNumberAfter,
  sequenceNumberBefore,
  streamExists,
  taggedWith,
  unchangedSince,
  type WriteCondition,
} from "../src/index.ts";
import { adapterOn, scriptedStorage } from "./stand-in-storage.ts";

const adapter = adapterOn(scriptedStorage({ answers: [] }));
const store = new EventStore({ adapter });
const category = store.category("accounts");
const stream = category.stream("acc-1");
const events = [{ name: "opened", payload: null }];
const bad = (value: unknown): never => value as never;
const scan = (options: unknown): Promise<unknown> => eventList([]).read(bad(options));
const constrained = (...constraints: unknown[]): Promise<unknown> => scan({ constraints });
const published = (event: unknown): Promise<unknown> => stream.publish({ events: [bad(event)] });
const noStatus = { throwIfAborted: () => {} };

const misspelt = { failif: taggedWith("a") };

/** A call that is refused before any I/O, and what the refusal says: what failed, what was expected, what came. */
const refusals: readonly (readonly [string, () => unknown])[] = [
  // members that nothing reads
  [
    'TypeError: A publish may have events, condition, failIf, but no member "failif".',
    () => stream.publish(bad({ events, ...misspelt })),
  ],
  [
    'TypeError: The request of an entry may have events, condition, but no member "failif".',
    () => stream.entry(bad({ events, ...misspelt })),
  ],
  [
    'TypeError: An entry may have category, stream, events, condition, translation, but no member "conditions".',
    () => store.publish([bad({ category: "a", stream: "b", events, conditions: [] })]),
  ],
  [
    'TypeError: The options of a publish may have failIf, but no member "failif".',
    () => store.publish([{ category: "a", stream: "b", events }], bad(misspelt)),
  ],
  [
    'TypeError: The publish of a category may have streams, failIf, but no member "failif".',
    () => category.publish(bad({ streams: [{ stream: "b", events }], ...misspelt })),
  ],
  [
    'TypeError: An entry of a publish may have category, stream, events, condition, translation, but no member "event".',
    () => category.publish({ streams: [bad({ stream: "b", event: events })] }),
  ],
  [
    'TypeError: The options of a scan may have constraints, direction, limit, signal, but no member "limt".',
    () => stream.read(bad({ limt: 3 })),
  ],
  ["TypeError: The options of a scan must be an object, got null.", () => stream.scan(bad(null)).next()],
  [
    'TypeError: The options of a scan may have constraints, direction, limit, signal, but no member "after".',
    () => eventList([]).read(bad({ after: 3 })),
  ],
  [
    'TypeError: The options of a follow may have after, constraints, signal, whenAborted, but no member "limit".',
    () => category.follow(bad({ limit: 3 })).next(),
  ],
  [
    'TypeError: The options of a follow may have after, constraints, signal, whenAborted, but no member "afer".',
    () =>
      category
        .followPages(bad({ afer: 3 }))
        [Symbol.asyncIterator]()
        .next(),
  ],
  ["TypeError: The options of a follow must be an object, got null.", () => category.follow(bad(null)).next()],
  [
    'TypeError: The options of a listing may have after, limit, but no member "before".',
    () => store.categories(bad({ before: "a" })).next(),
  ],
  [
    'TypeError: The options of a source may have events, unknownEvents, but no member "event".',
    () => store.category("accounts", bad({ event: {} })),
  ],
  [
    'TypeError: The options of an event store may have adapter, transaction, logger, clock, newId, metadata, inline, but no member "metdata".',
    () => new EventStore(bad({ adapter, metdata: {} })),
  ],
  ["TypeError: The options of an event store must be an object, got undefined.", () => new EventStore(bad(undefined))],
  // values
  ["TypeError: A position must be a number, got string.", () => positionIs(bad("4"))],
  ["RangeError: A position must be an integer of 0 or more, got -1.", () => positionIs(-1)],
  ["TypeError: Expected a stored event or undefined, got null.", () => unchangedSince(bad(null))],
  ["TypeError: A predicate needs a description in words.", () => predicate(bad(7), () => true)],
  ["TypeError: A predicate needs a function that tests the latest event.", () => predicate("is seven", bad(7))],
  ["TypeError: all-of takes a list of conditions.", () => allOf(bad({ kind: "all-of", conditions: 7 }))],
  ['TypeError: Not a write condition: {"kind":"odd"}.', () => allOf(bad({ kind: "odd" }))],
  ["TypeError: Not a write condition: undefined.", () => allOf(bad(undefined))],
  ["TypeError: Not a write condition: null.", () => allOf(bad(null))],
  ["TypeError: A predicate needs a description in words.", () => allOf(bad({ kind: "predicate", test: () => true }))],
  [
    "RangeError: A write condition may nest at most 100 deep.",
    () =>
      Array(101)
        .fill(0)
        .reduce((each) => allOf(each), streamExists()),
  ],
  ["TypeError: A sequence number must be a number, got string.", () => sequenceNumberAfter(bad("4"))],
  ["RangeError: A sequence number must be a safe integer of 0 or more, got 0.5.", () => sequenceNumberBefore(0.5)],
  ["TypeError: A position must be a number, got boolean.", () => positionAfter(bad(true))],
  ["RangeError: A position must be a safe integer of 0 or more, got -1.", () => positionBefore(-1)],
  [
    "TypeError: Expected a valid Date in the years 1 to 9999, got Invalid Date.",
    () => occurredAfter(new Date(Number.NaN)),
  ],
  ["RangeError: An event id needs at least one part.", () => eventIdFrom(...(bad([]) as [string]))],
  ["TypeError: The parts of an event id must be strings or numbers, got object.", () => eventIdFrom(bad({}))],
  [
    "RangeError: A part of an event id must be a finite number or a string, got NaN.",
    () => eventIdFrom("order", Number.NaN),
  ],
  [
    "RangeError: tries must be an integer of 1 or more, got 0.",
    () => retryOnUnmetCondition(async () => {}, { tries: 0 }),
  ],
  // stores and adapters
  [
    "TypeError: A store needs an opened adapter: `await SomeEventStorageAdapter.open(…)`.",
    () => new EventStore(bad({})),
  ],
  [
    "TypeError: A store needs an opened adapter: `await SomeEventStorageAdapter.open(…)`.",
    () => new EventStore({ adapter: bad({ storage: adapter.storage }) }),
  ],
  [
    "TypeError: `within` takes an open transaction: what `adapter.transaction` or `adapter.using` hands out.",
    () => store.within(bad(undefined)),
  ],
  [
    'TypeError: newId must make canonical lower-case UUIDs, but it made "7".',
    () => new EventStore({ adapter, newId: () => "7" }).stream({ category: "c", stream: "s" }).publish({ events }),
  ],
  [
    "TypeError: The metadata of a store must be a JSON object, got [7].",
    () => new EventStore({ adapter, metadata: bad([7]) }).stream({ category: "c", stream: "s" }).publish({ events }),
  ],
  [
    "InvalidEventError: Invalid event at metadata.by: a bigint is not a JSON value.",
    () =>
      new EventStore({ adapter, metadata: bad(() => ({ by: 7n })) })
        .stream({ category: "c", stream: "s" })
        .publish({ events }),
  ],
  ["TypeError: An event id must be a string, got number.", () => store.eventById(bad(7))],
  [
    'TypeError: An ordering guarantee must be "log", "category" or "stream", got "odd".',
    () => checkedOrderingGuarantee(bad("odd")),
  ],
  [
    "RangeError: writeTimeoutMs must be an integer from 0 to 2147483647 milliseconds, got 2147483648.",
    () => checkedTimeoutMs("writeTimeoutMs", 2 ** 31),
  ],
  [
    "RangeError: writeTimeoutMs must be an integer from 0 to 2147483647 milliseconds, got -1.",
    () => checkedTimeoutMs("writeTimeoutMs", -1),
  ],
  // publishing
  ["TypeError: A publish must be an object, got null.", () => stream.publish(bad(null))],
  ["TypeError: A publish must be an object, got undefined.", () => stream.publish(bad(undefined))],
  ["TypeError: A publish must be an object, got string.", () => stream.publish(bad("events"))],
  ["TypeError: A publish must be an object, got an array.", () => stream.publish(bad(events))],
  ["TypeError: The events of a publish must be an array, got null.", () => stream.publish({ events: bad(null) })],
  ["TypeError: The events of a publish must be an array, got string.", () => stream.publish({ events: bad("e") })],
  ["RangeError: A publish needs at least one event.", () => stream.publish({ events: [] })],
  [
    "TypeError: A publish to several streams must be an array of entries, one per stream.",
    () => store.publish(bad({})),
  ],
  ["RangeError: A publish needs at least one entry.", () => store.publish([])],
  ["TypeError: An entry must be an object, got number.", () => store.publish([bad(7)])],
  [
    "RangeError: Entry 1 has neither events nor a condition.",
    () =>
      store.publish([
        { category: "a", stream: "s", events },
        { category: "a", stream: "t" },
      ]),
  ],
  [
    'RangeError: Stream ["a","s"] appears twice in one publish. Join its entries.',
    () =>
      store.publish([
        { category: "a", stream: "s", events },
        { category: "a", stream: "s", events },
      ]),
  ],
  ["TypeError: The publish of a category takes { streams: [...] }.", () => category.publish(bad(undefined))],
  ["TypeError: The publish of a category takes { streams: [...] }.", () => category.publish(bad({ streams: 7 }))],
  ["TypeError: An entry of a publish must be an object, got null.", () => category.publish({ streams: [bad(null)] })],
  ["TypeError: An entry of a publish must be an object, got string.", () => category.publish({ streams: [bad("s")] })],
  // events
  ["InvalidEventError: Invalid event at events[0]: an event must be an object.", () => published(7)],
  ["InvalidEventError: Invalid event at events[0]: an event must be an object.", () => published(null)],
  [
    "InvalidEventError: Invalid event at events[0].id: an id must be a canonical lower-case UUID.",
    () => published({ ...events[0], id: newEventId().toUpperCase() }),
  ],
  [
    "InvalidEventError: Invalid event at events[0].id: an id must be a canonical lower-case UUID.",
    () => published({ ...events[0], id: `x${newEventId()}` }),
  ],
  [
    "InvalidEventError: Invalid event at events[0].version: a version must be an integer from 1 to 2147483647.",
    () => published({ ...events[0], version: 0 }),
  ],
  [
    "InvalidEventError: Invalid event at events[0].occurredAt: a time must be a valid Date in the years 1 to 9999.",
    () => published({ ...events[0], occurredAt: bad("now") }),
  ],
  [
    "InvalidEventError: Invalid event at [1].events[0].payload: undefined is not a JSON value.",
    () =>
      store.publish([
        { category: "a", stream: "s", events },
        { category: "a", stream: "t", events: [bad({ name: "opened" })] },
      ]),
  ],
  [
    "InvalidEventError: Invalid event at events[0].metadata.at: a symbol is not a JSON value.",
    () => published({ ...events[0], metadata: { at: Symbol("now") } }),
  ],
  [
    "InvalidEventError: Invalid event at events[0].tags: the tags of an event must be an array of strings.",
    () => published({ ...events[0], tags: bad("a") }),
  ],
  [
    "InvalidEventError: Invalid event at events[0].tags[1]: it contains a control character.",
    () => published({ ...events[0], tags: ["a", "b\n"] }),
  ],
  [
    "InvalidEventError: Invalid event at events[0].tags: an event may have at most 100 tags, but it has 101.",
    () => published({ ...events[0], tags: Array.from({ length: 101 }, (_, n) => `t${n}`) }),
  ],
  // boundaries
  [
    "TypeError: A boundary is read by a query: what eventsMatch or taggedWith makes.",
    () => store.boundary(bad({ tags: ["a"] })),
  ],
  [
    "TypeError: failIf takes `changed` of a boundary, or a query: what eventsMatch or taggedWith makes.",
    () => stream.publish({ events, failIf: bad({ tags: ["a"] }) }),
  ],
  [
    "TypeError: failIf takes `changed` of a boundary, or a query: what eventsMatch or taggedWith makes.",
    () => category.publish({ streams: [{ stream: "s", events }], failIf: bad(null) }),
  ],
  [
    "TypeError: A sequence number must be a number, got undefined.",
    () => stream.publish({ events, failIf: bad({ kind: "boundary-changed", query: taggedWith("a") }) }),
  ],
  // reading
  ["TypeError: The constraints of a scan must be an array.", () => scan({ constraints: "all" })],
  ['TypeError: The direction of a scan must be "forwards" or "backwards", got "up".', () => scan({ direction: "up" })],
  ["TypeError: A limit must be a number, got string.", () => scan({ limit: "7" })],
  ["RangeError: A limit must be an integer of 1 or more, got 0.", () => scan({ limit: 0 })],
  ["TypeError: A signal must be an AbortSignal, got null.", () => scan({ signal: null })],
  ["TypeError: A signal must be an AbortSignal, got object.", () => scan({ signal: noStatus })],
  ["TypeError: A signal must be an AbortSignal, got object.", () => scan({ signal: { aborted: false } })],
  ['TypeError: Not a constraint: {"kind":"odd"}.', () => constrained({ kind: "odd" })],
  ["TypeError: Not a constraint: null.", () => constrained(null)],
  ["TypeError: Not a constraint: undefined.", () => constrained(undefined)],
  ["TypeError: Not a time in epoch milliseconds: 0.5.", () => constrained({ kind: "occurred-after", timeMs: 0.5 })],
  [
    "TypeError: Positions belong to a stream; a log cannot be narrowed by position.",
    () => constrained(positionAfter(1)),
  ],
  [
    "RangeError: A sequence number must be a safe integer of 0 or more, got -1.",
    () => constrained({ kind: "sequence-number-after", sequenceNumber: -1 }),
  ],
  ["TypeError: nameIn takes at least one name.", () => constrained({ kind: "name-in", names: [] })],
  ['InvalidNameError: Invalid event name "": it is empty.', () => constrained({ kind: "name-in", names: [""] })],
  [
    "TypeError: A transaction cannot be followed: nothing new comes into it from outside. Scan it.",
    () =>
      store
        .within({ storage: scriptedStorage({ answers: [] }) })
        .log()
        .follow()
        .next(),
  ],
];

describe("what cannot be done is refused, and the refusal says what was expected and what came", () => {
  it.each(refusals)("%s", async (refusal, call) => {
    await expect((async () => call())().then(JSON.stringify, String)).resolves.toBe(refusal);
  });

  it("a position of a stream that is not a number", async () => {
    const read = eventList([], { kind: "stream", category: "c", stream: "s" }).read({
      constraints: [bad({ kind: "position-before", position: "4" })],
    });
    await expect(read).rejects.toThrow("A position must be a number, got string.");
  });

  it("an answer of a predicate that is not a boolean", async () => {
    const storage = scriptedStorage({ answers: [{ kind: "unmet", unmet: [{ write: 0, latestPosition: undefined }] }] });
    const condition = predicate("is odd", () => bad(7));
    const publish = new EventStore({ adapter: adapterOn(storage) })
      .stream({ category: "c", stream: "s" })
      .publish({ events, condition });
    await expect(publish).rejects.toThrow('The predicate "is odd" must return a boolean, but it returned number.');
  });

  it("an adapter that refuses for events that it was not asked about", async () => {
    const storage = scriptedStorage({ answers: [{ kind: "matched", sequenceNumber: 7 }] });
    const publish = new EventStore({ adapter: adapterOn(storage) })
      .stream({ category: "c", stream: "s" })
      .publish({ events });
    await expect(publish).rejects.toThrow("The adapter refused a publish for events that it was not asked about.");
  });

  it("an adapter that refuses without a reason", async () => {
    const storage = scriptedStorage({ answers: [{ kind: "unmet", unmet: [] }] });
    const publish = new EventStore({ adapter: adapterOn(storage) })
      .stream({ category: "c", stream: "s" })
      .publish({ events });
    await expect(publish).rejects.toThrow("The adapter refused a publish without naming an unmet write.");
  });
});

it("takes the limits themselves", async () => {
  expect(checkedTimeoutMs("writeTimeoutMs", 0)).toBe(0);
  expect(checkedTimeoutMs("writeTimeoutMs", 2_147_483_647)).toBe(2_147_483_647);
  expect(await retryOnUnmetCondition(async () => "done", { tries: 1 })).toBe("done");
  for (const nest of [allOf, not]) {
    const nested = (depth: number): WriteCondition =>
      Array.from({ length: depth - 1 }).reduce<WriteCondition>((condition) => nest(condition), streamExists());
    expect(nested(101).kind).toBe(nest(streamExists()).kind);
    expect(() => nested(102)).toThrow("A write condition may nest at most 100 deep.");
  }
  expect(() => nameIn("x".repeat(256))).toThrow("it is longer than 255 code points");
  expect(nameIn("x".repeat(255)).names).toHaveLength(1);
});
