import { defineEvents, event } from "@eventfold/events";
import {
  type AnyEvents,
  type EventQuery,
  EventStore,
  type EventTranslation,
  eventsMatch,
  nameIn,
  type StoredEvent,
  sequenceNumberAfter,
  sequenceNumberBefore,
} from "@eventfold/store";
import { chosenSeed, type Random, seededRandom } from "@eventfold/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { DATABASES, type OpenedDatabase } from "../src/databases.ts";

const ROUNDS = process.env.EVENTFOLD_SOAK ? 100 : 2;

const TODAY = ["a", "b", "c"] as const;
const OLD = ["old-1", "old-2", "old-3"] as const;
const STORED = [...TODAY, ...OLD, "unknown"];

type Name = (typeof TODAY)[number];

/** What each old name is read as, at random: up to three events of today, in order. */
type Renaming = Readonly<Record<string, readonly Name[]>>;

const someNames = (random: Random, count: number) => Array.from({ length: count }, () => random.pick(TODAY));

function definitionsOf(renaming: Renaming): EventTranslation {
  const today = defineEvents(
    Object.fromEntries(TODAY.map((name) => [name, event({ schema: z.json() as never })])) as never,
  );
  const readers = OLD.map((old) => [
    old,
    ({ payload }: StoredEvent) => renaming[old]?.map((name) => ({ name, payload })),
  ]);
  return (today as unknown as { reading: (readers: object) => EventTranslation }).reading(Object.fromEntries(readers));
}

/** What a stored event has to be read as. */
function readAs({ name, ...event }: StoredEvent, renaming: Renaming): readonly StoredEvent[] {
  if ((TODAY as readonly string[]).includes(name)) return [{ ...event, name }];
  const names = renaming[name] ?? [];
  return names.map((each, part) => ({ ...event, name: each, ...(names.length > 1 && { part }) }));
}

const brief = (events: readonly StoredEvent[]) =>
  events.map(({ sequenceNumber, part, name }) => `${sequenceNumber} ${part ?? ""} ${name}`);

/** The first events, so many or a few more: parts of one stored event stay together. */
function limited(events: readonly StoredEvent[], limit: number | undefined): readonly StoredEvent[] {
  const last = limit === undefined ? undefined : events[limit - 1];
  if (last === undefined) return events;
  return events.slice(0, events.findLastIndex(({ sequenceNumber }) => sequenceNumber === last.sequenceNumber) + 1);
}

const matches =
  ({ items }: EventQuery) =>
  ({ name, tags }: StoredEvent) =>
    items.some((item) => item.names?.includes(name) && item.tags?.every((tag) => tags.includes(tag)));

describe.each(DATABASES)("definitions made at random on $name", ({ open }) => {
  let database: OpenedDatabase;
  let store: EventStore;

  beforeAll(async () => {
    database = await open();
    store = new EventStore({ adapter: database.adapter });
  });
  afterAll(() => database.close());

  const random = seededRandom(chosenSeed());

  /** A category with some events, and what its definitions have to read. */
  async function openRound(round: number) {
    const renaming = Object.fromEntries(OLD.map((old) => [old, someNames(random, random.integer(0, 3))]));
    const [category, tags] = [`random-${round}`, [`x:${round}`, `y:${round}`]];
    const events = definitionsOf(renaming);
    const stored: StoredEvent[] = [];
    for (let n = 0; n < 12; n++) {
      const own = tags.filter(() => random.chance(0.6));
      const [one] = await store
        .stream({ category, stream: `s-${random.integer(0, 1)}` })
        .publish({ events: [{ name: random.pick(STORED), payload: n, tags: own }] });
      stored.push(one as StoredEvent);
    }
    const item = () => ({ names: someNames(random, random.integer(1, 2)), tags: [random.pick(tags)] });
    return {
      renaming,
      stored,
      read: stored.flatMap((each) => readAs(each, renaming)),
      source: store.category<AnyEvents, "skip">(category, { events, unknownEvents: "skip" }),
      boundaryOf: (query: EventQuery) => store.boundary<AnyEvents>(query, { events }),
      query: () => eventsMatch<string>(item(), item()),
    };
  }

  it("read what they have to, within all bounds, and refuse for nothing else", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { renaming, stored, read, source, boundaryOf, query: newQuery } = await openRound(round);
      const shown = `seed ${random.seed}, round ${round}: ${JSON.stringify(renaming)}`;
      for (let n = 0; n < 10; n++) {
        const query = newQuery();
        const numberAt = () => random.pick(stored).sequenceNumber;
        const [after, before] = [numberAt() - 1, numberAt() + 1];
        const direction = random.pick(["forwards", "backwards"] as const);
        const limit = random.chance(0.5) ? random.integer(1, 6) : undefined;
        const name = random.pick(TODAY);
        const [narrowed, isAsked] = random.pick([
          [[query], matches(query)],
          [[nameIn(name)], (each: StoredEvent) => each.name === name],
          [[query, nameIn(name)], (each: StoredEvent) => each.name === name && matches(query)(each)],
        ] as const);
        const within = read.filter(
          (each) => each.sequenceNumber > after && each.sequenceNumber < before && isAsked(each),
        );
        const constraints = [sequenceNumberAfter(after), sequenceNumberBefore(before), ...narrowed];
        const expected = limited(direction === "forwards" ? within : within.toReversed(), limit);
        expect(brief(await source.read({ constraints, direction, limit })), shown).toEqual(brief(expected));

        const { events, changed } = await boundaryOf(query);
        expect(brief(events), shown).toEqual(brief(read.filter(matches(query))));
        const since = random.pick([changed.after, 0, numberAt()]);
        const first = read.find((each) => each.sequenceNumber > since && matches(query)(each));
        const failIf = since === 0 && random.chance(0.5) ? query : { ...changed, after: since };
        const publish = source.stream(`t-${n}`).publish({ events: [{ name: "a", payload: null }], failIf });
        const refusal = await publish.then(
          () => undefined,
          (error: unknown) => error,
        );
        if (first === undefined) expect(refusal, shown).toBeUndefined();
        else expect(refusal, shown).toMatchObject({ sequenceNumber: first.sequenceNumber, after: since });
      }
    }
  });
});
