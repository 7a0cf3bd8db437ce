import assert from "node:assert/strict";
import { inlineProjection, type ProjectionStorageAdapter, ProjectionStore, projectorFor } from "@eventfold/projections";
import { type EventStorageAdapter, EventStore, streamIsEmpty } from "@eventfold/store";
import { inTransaction } from "../../event-storage/observe/in-transaction.ts";
import { assertCode, rejectionOf, rejectsWith } from "../../event-storage/observe/rejection.ts";
import { assertSame } from "../../event-storage/observe/same.ts";
import { aProjection } from "../observe/a-projection.ts";
import { inProjectionTransaction } from "../observe/in-projection-transaction.ts";
import { type ProjectionRuleTest, projectionTest, projectionTestNeeding } from "../projection-rule-test.ts";
import type { ProjectionStage } from "../projection-stage.ts";

interface AccountEvents {
  readonly opened: { readonly owner: string };
  readonly deposited: { readonly amount: number };
}

const failure = new Error("a projector's own failure");

const accountProjector = projectorFor<{ owner: string; balance: number }, AccountEvents>()({
  name: "account",
  initialState: () => ({ owner: "", balance: 0 }),
  handlers: {
    opened: (state, { payload }) => ({ ...state, owner: payload.owner }),
    deposited: (state, { payload }) => {
      if (payload.amount < 0) throw failure;
      return { ...state, balance: state.balance + payload.amount };
    },
  },
});

interface SharedStage {
  readonly events: EventStorageAdapter;
  readonly projections: ProjectionStorageAdapter;
  readonly plain: EventStore;
  readonly inline: EventStore;
  readonly store: ProjectionStore;
}

const deposit = (amount: number) => ({ name: "deposited", payload: { amount } }) as const;

function sharingTest(promise: string, run: (shared: SharedStage) => Promise<void>): ProjectionRuleTest {
  const test = projectionTest("sharing", promise, async ({ openShared }: ProjectionStage) => {
    const { events, projections } = await openShared();
    const store = new ProjectionStore({ adapter: projections });
    const inline = [inlineProjection({ projector: accountProjector, store, category: "accounts" })];
    await run({
      events,
      projections,
      store,
      plain: new EventStore({ adapter: events }),
      inline: new EventStore({ adapter: events, inline }),
    });
  });
  return projectionTestNeeding("sharing", projectionTestNeeding("transactions", test));
}

const NAMES = { category: "accounts", stream: "acc-1" };
const KEY = { name: "account", id: "acc-1" };

/** One transaction for events and projections, and inline projections in it. */
export const sharing: readonly ProjectionRuleTest[] = [
  sharingTest(
    "events and projections commit together, through either adapter's transaction",
    async ({ events, projections, plain, store }) => {
      await inTransaction(events, async (tx) => {
        await plain
          .within(tx)
          .stream<AccountEvents>(NAMES)
          .publish({ events: [deposit(1)] });
        await store.within(tx).save(aProjection());
        assertSame([await plain.log().latest(), await store.load(KEY)], [undefined, undefined]);
      });
      await inProjectionTransaction(projections, async (tx) => {
        await plain
          .within(tx as never)
          .stream<AccountEvents>(NAMES)
          .publish({ events: [deposit(2)] });
        await store.within(tx).save(aProjection({ id: "acc-2" }));
      });
      assertSame([(await plain.log().read()).length, await store.count()], [2, 2]);
    },
  ),
  sharingTest("events and projections roll back together", async ({ events, plain, store }) => {
    const rolledBack = inTransaction(events, async (tx) => {
      await store.within(tx).save(aProjection());
      await plain
        .within(tx)
        .stream<AccountEvents>(NAMES)
        .publish({ events: [deposit(1)] });
      throw failure;
    });
    assert.equal(await rejectionOf(rolledBack), failure);
    assertSame([(await plain.log().read()).length, await store.count()], [0, 0]);
  }),
  sharingTest(
    "a write on the projection adapter inside an event transaction is a NestedPublishError",
    async ({ events, store }) => {
      await inTransaction(events, async () => {
        await rejectsWith(store.save(aProjection()), "NESTED_PUBLISH");
      });
    },
  ),
  sharingTest(
    "neither adapter can be closed from inside the transaction that they share",
    async ({ events, projections, store }) => {
      const [closing] = await inTransaction(events, async (tx) => {
        const closings = Promise.allSettled([events.close(), projections.close()]);
        await store.within(tx).save(aProjection());
        return [closings] as const;
      });
      for (const outcome of await closing) {
        assert.equal(outcome.status, "rejected", "a close");
        assertCode(outcome.reason, "NESTED_PUBLISH");
      }
      assertSame([events.isClosed, projections.isClosed, await store.count()], [false, false, 1]);
    },
  ),
  sharingTest(
    "an inline projection is stored with every publish, by every way of publishing",
    async ({ events, inline, store }) => {
      const stream = inline.stream<AccountEvents>(NAMES);
      await stream.publish({
        events: [{ name: "opened", payload: { owner: "Ada" } }, deposit(1)],
        condition: streamIsEmpty(),
      });
      await inline.category<AccountEvents>("accounts").publish({
        streams: [
          { stream: "acc-1", events: [deposit(2)] },
          { stream: "acc-2", events: [deposit(7)] },
        ],
      });
      await inline.publish<AccountEvents>([
        { ...NAMES, events: [deposit(3)] },
        { category: "others", stream: "acc-1", events: [deposit(9)] },
      ]);
      await inTransaction(events, async (tx) => {
        await inline
          .within(tx)
          .stream<AccountEvents>(NAMES)
          .publish({ events: [deposit(4)] });
        assertSame((await store.within(tx).load(KEY))?.state, { balance: 10, owner: "Ada" });
        assertSame((await store.load(KEY))?.state, { balance: 6, owner: "Ada" });
      });
      const stored = await store.load(KEY);
      assertSame(stored?.state, { balance: 10, owner: "Ada" });
      assert.equal(stored?.lastSequenceNumber, (await stream.latest())?.sequenceNumber);
      assertSame((await store.load({ ...KEY, id: "acc-2" }))?.state, { balance: 7, owner: "" });
      assertSame(await store.count(), 2);
    },
  ),
  sharingTest(
    "if a projector throws, nothing is stored, and its own error reaches the caller",
    async ({ events, inline, plain, store }) => {
      const stream = inline.stream<AccountEvents>(NAMES);
      await stream.publish({ events: [deposit(5)] });
      assert.equal(await rejectionOf(stream.publish({ events: [deposit(1), deposit(-1)] })), failure);
      const many = inline.publish<AccountEvents>([
        { category: "others", stream: "x", events: [deposit(1)] },
        { ...NAMES, events: [deposit(-1)] },
      ]);
      assert.equal(await rejectionOf(many), failure);
      const within = inTransaction(events, async (tx) => {
        await plain
          .within(tx)
          .stream<AccountEvents>({ category: "others", stream: "y" })
          .publish({ events: [deposit(1)] });
        await inline
          .within(tx)
          .stream<AccountEvents>(NAMES)
          .publish({ events: [deposit(-1)] });
      });
      assert.equal(await rejectionOf(within), failure);
      assertSame([(await plain.log().read()).length, (await store.load(KEY))?.state], [1, { balance: 5, owner: "" }]);
      await stream.publish({ events: [deposit(1)] });
      assertSame((await store.load(KEY))?.state, { balance: 6, owner: "" });
    },
  ),
  sharingTest(
    "a transaction whose callback ignores a projector's error cannot be committed either",
    async ({ events, inline, plain }) => {
      const overlooked = inTransaction(events, async (tx) => {
        const work = inline
          .within(tx)
          .stream<AccountEvents>(NAMES)
          .publish({ events: [deposit(-1)] });
        const error = await rejectionOf(work);
        if (tx.rollbackWith === undefined) throw error;
      });
      assert.equal(await rejectionOf(overlooked), failure);
      assert.equal((await plain.log().read()).length, 0);
    },
  ),
  sharingTest("a repeat and a mere check run no projector", async ({ inline, store }) => {
    const stream = inline.stream<AccountEvents>(NAMES);
    const events = [{ ...deposit(5), id: "018f0000-0000-7000-8000-000000000001" }];
    await stream.publish({ events });
    await store.save(
      aProjection({
        state: { owner: "by hand", balance: 0 },
        lastSequenceNumber: (await stream.latest())?.sequenceNumber ?? 0,
      }),
    );
    assert.equal((await stream.publish({ events })).isRepeat, true);
    await inline.publish([{ category: "accounts", stream: "acc-2", condition: streamIsEmpty() }]);
    assertSame([(await store.load(KEY))?.state, await store.count()], [{ balance: 0, owner: "by hand" }, 1]);
  }),
  sharingTest(
    "a projection that is missing or behind is brought up to date by the next publish",
    async ({ inline, plain, store }) => {
      await plain
        .stream<AccountEvents>(NAMES)
        .publish({ events: [{ name: "opened", payload: { owner: "Ada" } }, deposit(1)] });
      await inline.stream<AccountEvents>(NAMES).publish({ events: [deposit(2)] });
      assertSame((await store.load(KEY))?.state, { balance: 3, owner: "Ada" });
      await plain.stream<AccountEvents>(NAMES).publish({ events: [deposit(4)] });
      await inline.stream<AccountEvents>(NAMES).publish({ events: [deposit(8)] });
      assertSame((await store.load(KEY))?.state, { balance: 15, owner: "Ada" });
    },
  ),
  sharingTest("after simultaneous publishes projections lack no event", async ({ inline, plain, store }) => {
    const streams = ["acc-1", "acc-2", "acc-3"];
    await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        inline
          .stream<AccountEvents>({ category: "accounts", stream: streams[n % 3] as string })
          .publish({ events: [deposit(n)] }),
      ),
    );
    for (const stream of streams) {
      const source = plain.stream<AccountEvents>({ category: "accounts", stream });
      const expected = await accountProjector.project(source);
      assertSame({ ...(await store.load({ name: "account", id: stream })) }, { ...expected });
    }
  }),
  sharingTest(
    "closing the event adapter closes the adapters that share with it, but not the other way round",
    async ({ events, projections, plain, store }) => {
      await projections.close();
      await rejectsWith(store.count(), "ADAPTER_CLOSED");
      assert.equal(await plain.log().latest(), undefined);
      await events.close();
      assert.equal(projections.isClosed, true);
    },
  ),
];
