import {
  type EventStore,
  type NewEvent,
  nameIn,
  type SourceConstraint,
  type StoredEvent,
  type Transaction,
} from "@eventfold/store";
import { heldTransaction } from "../observe/held-transaction.ts";
import { inTransaction } from "../observe/in-transaction.ts";
import { rejectionOf } from "../observe/rejection.ts";
import { assertSame } from "../observe/same.ts";
import { noted, someEvents } from "../observe/some-events.ts";
import { type FollowableSource, type ScopedSource, sourcesOf } from "../observe/sources.ts";
import { needing, ruleTest, type StorageRuleTest, withAmpleTime } from "../storage-rule-test.ts";
import type { StorageStage } from "../storage-stage.ts";
import { writersOverManyStreams } from "./writers-over-many-streams.ts";

const CATEGORIES = ["category-0", "category-1", "category-2"];
const STREAMS = ["stream-0", "stream-1", "stream-2"];
const NEVER_WRITTEN = { category: "category-9", stream: "stream-9" };
const FILTERS: readonly (readonly SourceConstraint[])[] = [[], [nameIn("noted", "last")], [nameIn("rare", "last")]];

/** One follower, and what it has shown so far. */
class Watcher {
  readonly shown: StoredEvent[] = [];
  readonly constraints: readonly SourceConstraint[];
  readonly #end = new AbortController();
  readonly #following: Promise<void>;
  #onEvent = (): void => {};

  constructor(
    source: FollowableSource,
    { constraints, isSlow }: { constraints: readonly SourceConstraint[]; isSlow: boolean },
  ) {
    this.constraints = constraints;
    this.#following = this.#follow(source, isSlow);
    this.#following.catch(() => {}); // it is looked at when the end is waited for
  }

  /** Fulfils when the event has been shown, and rejects if following fails before that. */
  async until(id: string | undefined): Promise<void> {
    const isShown = new Promise<void>((resolve) => {
      this.#onEvent = () => {
        if (id === undefined || this.shown.some((event) => event.id === id)) resolve();
      };
      this.#onEvent();
    });
    await Promise.race([isShown, this.#following]);
    this.#end.abort();
    await this.#following.catch(() => {});
  }

  async #follow(source: FollowableSource, isSlow: boolean): Promise<void> {
    const { constraints } = this;
    for await (const event of source.follow({ constraints, signal: this.#end.signal })) {
      this.shown.push(event);
      this.#onEvent();
      if (isSlow) await new Promise(setImmediate);
    }
  }
}

/** The log, every category and every stream, and a category and a stream that nobody ever writes to. */
function manySources(store: EventStore): readonly ScopedSource[] {
  const [log] = sourcesOf(store, NEVER_WRITTEN) as readonly [ScopedSource];
  const all = [...CATEGORIES.flatMap((category) => STREAMS.map((stream) => ({ category, stream }))), NEVER_WRITTEN].map(
    (names) => sourcesOf(store, names),
  );
  const streams = all.map((each) => each[2] as ScopedSource);
  const categories = [...all.filter((_, index) => index % STREAMS.length === 0)].map((each) => each[1] as ScopedSource);
  return [log, ...categories, ...streams];
}

function watch({ source }: ScopedSource, index: number): readonly Watcher[] {
  return FILTERS.map((constraints, filter) => new Watcher(source, { constraints, isSlow: (index + filter) % 4 === 0 }));
}

function toEveryStream(store: EventStore, event: NewEvent): Promise<unknown> {
  return store.publish(
    CATEGORIES.flatMap((category) => STREAMS.map((stream) => ({ category, stream, events: [event] }))),
  );
}

/** Publishes events and rolls back, so that nobody is woken. */
async function rollBack({ adapter, store }: StorageStage, n: number): Promise<void> {
  if (adapter.transaction === undefined) return;
  const stream = { category: CATEGORIES[n % 3] as string, stream: STREAMS[n % 2] as string };
  const work = async (tx: Transaction): Promise<void> => {
    await store
      .within(tx)
      .stream(stream)
      .publish({ events: someEvents(2, n) });
    throw new Error("rolled back");
  };
  await rejectionOf(inTransaction(adapter, work));
}

async function assertManyFollowersMissNothing(stage: StorageStage): Promise<void> {
  const { store, otherStore, sizes } = stage;
  const sources = [...manySources(store), ...manySources(otherStore)];
  const watchers = sources.map((source, index) => (index % 3 === 0 ? [] : watch(source, index)));
  const writing = [
    writersOverManyStreams([store, otherStore], sizes),
    (async () => {
      for (let n = 0; n < sizes.repeats; n += 1) {
        await toEveryStream(otherStore, { name: "rare", payload: n });
        await rollBack(stage, n);
        // The others begin while events are being written, and are behind.
        if (n === 1)
          for (const [index, source] of sources.entries()) if (index % 3 === 0) watchers[index] = watch(source, index);
      }
    })(),
  ];
  await Promise.all(writing);
  await toEveryStream(store, { name: "last", payload: null });
  for (const [index, { source, identifier }] of sources.entries()) {
    for (const watcher of watchers[index] ?? []) {
      const { constraints } = watcher;
      const all = await source.read({ constraints });
      await watcher.until(all.at(-1)?.id);
      const what = `shown to a follower of ${JSON.stringify(identifier)} with ${JSON.stringify(constraints)}`;
      assertSame(watcher.shown, all, what);
    }
  }
}

/** Rule 18: many followers of one adapter, which ask together what is new. */
export const manyFollowers: readonly StorageRuleTest[] = [
  withAmpleTime(
    ruleTest(
      18,
      "many followers of many sources, some filtered, some slow, some late, each show their events once and in order",
      assertManyFollowersMissNothing,
    ),
  ),
  ruleTest(18, "followers of one source are handed events of their own", async ({ store }) => {
    const names = { category: "c", stream: "s" };
    const followers = [0, 1, 2].map(() => store.stream<{ noted: { n: number[] } }>(names).follow());
    for (let n = 0; n < 3; n += 1) {
      const waiting = followers.map((follower) => follower.next());
      const [stored] = await store.stream(names).publish({ events: [noted({ n: [n] })] });
      for (const step of waiting) {
        const event = (await step).value;
        assertSame(event, stored, "an event that another follower may have changed");
        try {
          event.payload.n.push(-1);
        } catch {
          // What cannot be changed harms nobody.
        }
        event.observedAt.setTime(0);
      }
    }
    for (const follower of followers) await follower.return?.(undefined);
  }),
  needing(
    "transactions",
    ruleTest(
      18,
      "an event that was published while a transaction was open is shown, whether that commits or rolls back",
      async ({ adapter, store, otherStore }) => {
        const own = sourcesOf(otherStore, { category: "category-1", stream: "other" });
        const followers = own.flatMap(({ source }) => [
          source.follow(),
          source.follow({ constraints: [nameIn("beside")] }),
        ]);
        for (const end of ["rollBack", "commit"] as const) {
          const beside = followers.map((follower) => nextNamed(follower, "beside"));
          const held = await heldTransaction({ adapter, store }, { category: "category-2", stream: "late" });
          // Not awaited before the transaction ends: where one writer at a time stores, it waits for that.
          const published = otherStore
            .stream({ category: "category-1", stream: "other" })
            .publish({ events: [{ name: "beside", payload: null }] });
          for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
          await held[end]();
          const [expected] = await published;
          for (const event of beside) assertSame(await event, expected);
        }
        for (const follower of followers) await follower.return?.(undefined);
      },
    ),
  ),
];

async function nextNamed(follower: AsyncIterator<StoredEvent>, name: string): Promise<StoredEvent> {
  for (;;) {
    const { value, done } = await follower.next();
    if (done) throw new Error("The follower ended by itself.");
    if (value.name === name) return value;
  }
}
