import assert from "node:assert/strict";
import {
  buildInline,
  type InlineBuild,
  inlineProjection,
  type ProjectionStorageAdapter,
  ProjectionStore,
  projectorFor,
} from "@eventfold/projections";
import { type EventStorageAdapter, EventStore } from "@eventfold/store";
import { inTransaction } from "../../event-storage/observe/in-transaction.ts";
import { rejectionOf, rejectsWith } from "../../event-storage/observe/rejection.ts";
import { assertSame } from "../../event-storage/observe/same.ts";
import { type ProjectionRuleTest, projectionTest, projectionTestNeeding } from "../projection-rule-test.ts";

interface PaymentEvents {
  readonly paid: { readonly guest: string; readonly cents: number };
  readonly noted: { readonly text: string };
}

const spend = projectorFor<{ cents: number }, PaymentEvents>()({
  name: "spend",
  source: "category",
  key: (event) => (event.name === "paid" ? event.payload.guest : undefined),
  initialState: () => ({ cents: 0 }),
  handlers: {
    paid: (state, { payload }) => ({ cents: state.cents + payload.cents }),
    noted: (state) => state,
  },
});

interface KeyedStage {
  readonly events: EventStorageAdapter;
  readonly projections: ProjectionStorageAdapter;
  readonly store: ProjectionStore;
  /** Publishes without updating the projections, like a process that does not have them. */
  readonly plain: EventStore;
  readonly inline: EventStore;
  build(onProgress?: (progress: InlineBuild) => void): Promise<InlineBuild>;
  cents(guest: string): Promise<number | undefined>;
  /** Asserts that what is stored is the fold of everything. */
  assertComplete(): Promise<void>;
}

function keyedTest(promise: string, run: (stage: KeyedStage) => Promise<void>): ProjectionRuleTest {
  const test = projectionTest("sharing", promise, async ({ openShared }) => {
    const { events, projections } = await openShared();
    const store = new ProjectionStore({ adapter: projections });
    const options = { store, category: "payments" };
    const plain = new EventStore({ adapter: events });
    await run({
      ...{ events, projections, store, plain },
      inline: new EventStore({ adapter: events, inline: [inlineProjection({ projector: spend, ...options })] }),
      build: (onProgress) => buildInline(spend, { adapter: events, onProgress, ...options }),
      cents: async (guest) => (await store.of(spend).load({ id: guest }))?.state.cents,
      async assertComplete() {
        const expected = await spend.projectMany(plain.category<PaymentEvents>("payments"));
        for (const { id, state, lastSequenceNumber } of expected) {
          const stored = await store.of(spend).load({ id });
          assertSame([id, stored?.state, stored?.lastSequenceNumber], [id, state, lastSequenceNumber]);
        }
        assert.equal(await store.count(), expected.length);
      },
    });
  });
  return projectionTestNeeding("sharing", projectionTestNeeding("transactions", test));
}

const payments = (count: number, guest = (n: number) => `guest-${n % 7}`) =>
  Array.from({ length: count }, (_, n) => ({ name: "paid", payload: { guest: guest(n), cents: 1 } }) as const);

function pay(store: EventStore, cents: number, { guest = "ada", stream = "p" } = {}) {
  const events = [{ name: "paid", payload: { guest, cents } }] as const;
  return store.stream<PaymentEvents>({ category: "payments", stream }).publish({ events });
}

function payMany(store: EventStore, count: number, stream = "p") {
  return store.stream<PaymentEvents>({ category: "payments", stream }).publish({ events: payments(count) });
}

/** Inline projections with a key: added late, left behind by other publishers, and built. */
export const sharingKeyed: readonly ProjectionRuleTest[] = [
  keyedTest("one with a key folds what was published before it was added, and without it", async (stage) => {
    const { plain, inline, cents } = stage;
    await pay(plain, 100);
    await pay(plain, 7, { guest: "ben", stream: "q" });
    await pay(inline, 1);
    assertSame([await cents("ada"), await cents("ben")], [101, 7]);
    await plain.stream({ category: "others", stream: "p" }).publish({ events: [{ name: "other", payload: 1 }] });
    await pay(inline, 1);
    await pay(plain, 10);
    await pay(plain, 5, { guest: "cyn", stream: "q" });
    const noted = [{ name: "noted", payload: { text: "nobody's" } }] as const;
    await inline.stream<PaymentEvents>({ category: "payments", stream: "n" }).publish({ events: noted });
    assertSame([await cents("ada"), await cents("cyn")], [112, 5]);
    await stage.assertComplete();
  }),
  keyedTest("one with a key in a transaction sees what was published there without it", async (stage) => {
    const { events, plain, inline, store } = stage;
    await inTransaction(events, async (tx) => {
      await pay(plain.within(tx), 1);
      await pay(inline.within(tx), 2);
      await pay(plain.within(tx), 4);
      await inline.within(tx).publish<PaymentEvents>([
        { category: "others", stream: "x", events: payments(1) },
        { category: "payments", stream: "p", events: payments(2, () => "ada") },
        { category: "payments", stream: "q", events: payments(1, () => "ben") },
      ]);
      assertSame((await store.within(tx).of(spend).load({ id: "ada" }))?.state, { cents: 9 });
    });
    await stage.assertComplete();
  }),
  keyedTest(
    "a publish whose projections lack more than 1,000 events is refused, until they are built",
    async (stage) => {
      const { plain, inline, build, events, store } = stage;
      await payMany(plain, 1_001);
      const error = await rejectsWith(pay(inline, 1), "PROJECTION_BEHIND");
      const { projector, projectorVersion, completeUpTo, source } = error;
      assertSame([projector, projectorVersion, completeUpTo], ["spend", 1, 0]);
      assertSame(source, { kind: "category", category: "payments" });
      assert.ok(error.message.includes("buildInline"), error.message);
      assertSame([await store.count(), (await plain.log().read()).length], [0, 1_001]);
      const latest = await plain.category("payments").latest();
      assertSame(await build(), { eventsRead: 1_001, completeUpTo: latest?.sequenceNumber });
      await stage.assertComplete();
      await pay(inline, 1);
      await payMany(plain, 1_000);
      await pay(inline, 1);
      await stage.assertComplete();
      const alone = buildInline(spend, { adapter: events, store: store, category: "nothing" });
      assertSame(await alone, { eventsRead: 0, completeUpTo: 0 });
    },
  ),
  keyedTest("a build goes on where it ended, and does nothing when it is complete", async (stage) => {
    const { plain, build, events, store } = stage;
    for (let n = 0; n < 5; n++) await payMany(plain, 1_000, `p-${n}`);
    const enough = new Error("enough");
    const stopped = build(() => {
      throw enough;
    });
    assert.equal(await rejectionOf(stopped), enough);
    const signal = AbortSignal.abort(enough);
    const aborted = buildInline(spend, { adapter: events, store, category: "payments", signal });
    assert.equal(await rejectionOf(aborted), enough);
    const progress: InlineBuild[] = [];
    const built = await build((each) => progress.push(each));
    assert.equal(built.eventsRead, 3_000);
    assertSame(progress.at(-1), built);
    await stage.assertComplete();
    assertSame(await build(), { ...built, eventsRead: 0 });
    await store.delete({ name: "spend", id: "guest-3" });
    assert.equal((await build()).eventsRead, 5_000);
    await stage.assertComplete();
  }),
  keyedTest(
    "a build that runs during publishes, with the projections and without them, misses nothing",
    async (stage) => {
      const { plain, inline, build } = stage;
      await payMany(plain, 3_500);
      const publishes = Promise.all(
        Array.from({ length: 60 }, async (_, n) => {
          const names = { guest: `guest-${n % 7}`, stream: `s-${n % 5}` };
          if (n % 3 === 0) return pay(plain, 1, names);
          return pay(inline, 1, names).catch((error) => {
            if (error.code !== "PROJECTION_BEHIND") throw error;
          });
        }),
      );
      await Promise.all([build(), build(), publishes]);
      await pay(inline, 1);
      await stage.assertComplete();
      await pay(plain, 1);
      await build();
      await stage.assertComplete();
    },
  ),
  keyedTest("the next publish corrects what was saved or deleted by hand", async (stage) => {
    const { plain, inline, store } = stage;
    const category = plain.category<PaymentEvents>("payments");
    await pay(plain, 10);
    const stale = await spend.projectMany(category);
    await pay(inline, 1_000);
    await store.of(spend).saveMany(stale);
    await pay(inline, 1, { guest: "ben" });
    await stage.assertComplete();
    await store.of(spend).delete({ id: "ada" });
    await pay(inline, 1);
    await stage.assertComplete();
    await store.clear("spend");
    await pay(inline, 1);
    await stage.assertComplete();
  }),
  keyedTest("if one with a key is ahead of the log, nothing can be published or built", async (stage) => {
    const { inline, projections, store, build, plain } = stage;
    await pay(inline, 1);
    const key = { name: "spend", projectorVersion: 1, source: { kind: "category", category: "payments" } } as const;
    const { completeUpTo: seen } = await projections.storage.startingPoint({ ...key, ids: [] });
    await projections.storage.save({ writes: [], completeness: { ...key, seen, upTo: 1_000 } });
    assert.equal((await rejectsWith(pay(inline, 1), "PROJECTION_AHEAD_OF_LOG")).lastSequenceNumber, 1_000);
    await rejectsWith(build(), "PROJECTION_AHEAD_OF_LOG");
    const [ada] = await spend.projectMany(plain.category<PaymentEvents>("payments"));
    await store.clear("spend");
    await store.save({ ...(ada as NonNullable<typeof ada>), lastSequenceNumber: 1_000 });
    assert.equal((await rejectsWith(pay(inline, 1), "PROJECTION_AHEAD_OF_LOG")).id, "ada");
    assert.equal((await plain.log().read()).length, 1);
  }),
];
