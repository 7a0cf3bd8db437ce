import assert from "node:assert/strict";
import {
  type EventQuery,
  eventsMatch,
  type LogPublishEntry,
  retryOnUnmetCondition,
  type StoredEvent,
  taggedWith,
} from "@eventfold/store";
import { someEvents } from "../observe/some-events.ts";
import { ruleTest, type StorageRuleTest, withAmpleTime } from "../storage-rule-test.ts";
import type { StorageStage } from "../storage-stage.ts";
import { assertNoneOverlooked, decideOn, type Winner, winnersOf } from "./publishes-on-queries.ts";

/** What one rival publishes in one round, and what it is refused for. */
interface Move {
  readonly name?: string;
  readonly tags?: readonly string[];
  readonly stream?: string;
  readonly failIf: EventQuery;
}

/** A race: what each rival does in a round, and how many of them get through. */
interface Race {
  readonly title: string;
  readonly move: (round: number, rival: number) => Move;
  readonly winners: "one" | "all";
}

const CHAIN = [
  (n: number) => taggedWith(`a:${n}`, `b:${n}`),
  (n: number) => taggedWith(`b:${n}`, `c:${n}`),
  (n: number) => eventsMatch({ tags: [`c:${n}`, `a:${n}`], names: ["moved", "other"] }),
] as const;

/** The seven ways in which publishes may fail for one another, or not. Rivals publish to streams of their own, unless they say which. */
const RACES: readonly Race[] = [
  {
    title: "of rivals for one tag exactly one wins",
    move: (round, rival) => ({
      tags: [`course:${round}`, `student:${rival}`],
      failIf: eventsMatch({ names: ["moved"], tags: [`course:${round}`] }),
    }),
    winners: "one",
  },
  {
    title: "of rivals that look at two tags and write one of them exactly one wins",
    move: (round, rival) => ({
      tags: [rival % 2 === 0 ? `x:${round}` : `y:${round}`],
      failIf: eventsMatch({ tags: [`x:${round}`] }, { tags: [`y:${round}`] }),
    }),
    winners: "one",
  },
  {
    title: "of rivals that look at two of three tags each exactly one wins",
    move: (round, rival) => ({
      tags: [`a:${round}`, `b:${round}`, `c:${round}`],
      failIf: (CHAIN[rival % 3] ?? CHAIN[0])(round),
    }),
    winners: "one",
  },
  {
    title: "of rivals for a name, without tags, exactly one wins",
    move: (round) => ({ name: `only-${round}`, failIf: eventsMatch({ names: [`only-${round}`] }) }),
    winners: "one",
  },
  {
    title: "of rivals of which some look at a name and some at a tag exactly one wins",
    move: (round, rival) => ({
      name: `named-${round}`,
      tags: [`tagged:${round}`],
      failIf: rival % 2 === 0 ? taggedWith(`tagged:${round}`) : eventsMatch({ names: [`named-${round}`] }),
    }),
    winners: "one",
  },
  {
    title: "of rivals for one tag in one stream exactly one wins",
    move: (round) => ({ stream: "contested", tags: [`t:${round}`], failIf: taggedWith(`t:${round}`) }),
    winners: "one",
  },
  {
    title: "rivals that do not match one another all get through",
    move: (round, rival) => ({
      tags: [`own:${round}-${rival}`, "shared"],
      failIf: taggedWith(`own:${round}-${rival}`),
    }),
    winners: "all",
  },
];

/** For each repeat of a race: 10 rounds, and 100 in a soak. */
const ROUNDS = 2;

async function winner(
  { query, after }: Omit<Winner, "events">,
  publish: Promise<readonly (readonly StoredEvent[])[]>,
): Promise<Winner> {
  return { events: (await publish).flat(), query, after };
}

async function race({ store, otherStore, sizes }: StorageStage, { move, winners: expected }: Race): Promise<void> {
  const all: Winner[] = [];
  for (let round = 0; round < sizes.repeats * ROUNDS; round += 1) {
    const publishes = Array.from({ length: sizes.writers }, (_, rival) => {
      const { name = "moved", tags = [], stream = `s${rival}`, failIf } = move(round, rival);
      const entry: LogPublishEntry = { category: `c${rival % 3}`, stream, events: [{ name, payload: rival, tags }] };
      const entries = stream === "contested" ? [{ ...entry, category: "c" }] : [entry];
      return winner({ query: failIf, after: 0 }, (rival % 2 === 0 ? store : otherStore).publish(entries, { failIf }));
    });
    const bystander = store
      .stream({ category: "bystanders", stream: `s${round % 3}` })
      .publish({ events: someEvents(1) });
    const winners = await winnersOf(publishes);
    await bystander;
    const expectedWinners = expected === "one" ? 1 : sizes.writers;
    assert.equal(
      winners.length,
      expectedWinners,
      `round ${round} of ${sizes.writers} rivals has ${winners.length} winners`,
    );
    all.push(...winners);
  }
  const log = await otherStore.log().read();
  assertNoneOverlooked(all, log);
  const stored = log.filter(({ category }) => category !== "bystanders");
  assert.equal(stored.length, all.length, "only the events of winners are stored");
}

/** Rule 26: simultaneous publishes. */
export const taggedRivals: readonly StorageRuleTest[] = [
  ...RACES.map((each) => withAmpleTime(ruleTest(26, each.title, (stage) => race(stage, each)))),
  withAmpleTime(
    ruleTest(
      26,
      "rivals that read boundaries and publish on them see everything that they depend on",
      async (stage) => {
        const { store, otherStore, sizes, random } = stage;
        const all: Winner[] = [];
        for (let round = 0; round < sizes.repeats * ROUNDS; round += 1) {
          const publishes = Array.from({ length: sizes.writers }, (_, rival) => {
            const own = `seat:${random.integer(0, 3)}`;
            const query = random.pick([
              taggedWith(own),
              eventsMatch({ tags: [own] }, { tags: ["hall"], names: ["closed"] }),
              eventsMatch({ names: ["closed"] }, { tags: [own, "hall"] }),
            ]);
            const name = random.chance(0.2) ? "closed" : "taken";
            const entry = {
              category: `c${rival % 3}`,
              stream: `s${rival}`,
              events: [{ name, payload: rival, tags: [own, "hall"] }],
            };
            return decideOn(
              rival % 2 === 0 ? { store, otherStore } : { store: otherStore, otherStore: store },
              query,
              entry,
            );
          });
          const winners = await winnersOf(publishes);
          assert.ok(winners.length > 0, "somebody gets through");
          all.push(...winners);
        }
        assertNoneOverlooked(all, await store.log().read());
      },
    ),
  ),
  withAmpleTime(
    ruleTest(26, "a course of ten seats is filled by many rivals, and never overbooked", async (stage) => {
      const { store, otherStore, sizes } = stage;
      const seats = 10;
      const enrol = (rival: number): Promise<boolean> =>
        retryOnUnmetCondition(
          async () => {
            const reading = rival % 2 === 0 ? store : otherStore;
            const { events, changed } = await reading.boundary(
              eventsMatch({ names: ["enrolled"], tags: ["course:c1"] }),
            );
            if (events.length >= seats) return false;
            const enrolled = { name: "enrolled", payload: null, tags: ["course:c1", `student:${rival}`] };
            const entry = { category: "enrolments", stream: `c1-${rival}`, events: [enrolled] };
            await reading.publish([entry], { failIf: changed });
            return true;
          },
          { tries: 1_000, backoff: { firstMs: 0, longestMs: 5 } },
        );
      const outcomes = await Promise.all(
        Array.from({ length: Math.max(sizes.writers, seats + 2) }, (_, n) => enrol(n)),
      );
      assert.equal(outcomes.filter(Boolean).length, seats);
      assert.equal((await store.log().read({ constraints: [taggedWith("course:c1")] })).length, seats);
    }),
  ),
];
