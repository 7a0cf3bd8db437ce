import {
  MemoryEventStorageAdapter,
  MemoryKeyStorageAdapter,
  MemoryProcessingStorageAdapter,
  MemoryProjectionStorageAdapter,
} from "@eventfold/adapter-memory";
import { KeyStore } from "@eventfold/events";
import { consumeAll, ProcessingControl, subscription } from "@eventfold/processing";
import { ProjectionStore, projectorFor } from "@eventfold/projections";
import { EventStore } from "@eventfold/store";
import { describe, expect, it } from "vitest";

type Events = { opened: { owner: string } };
const projector = projectorFor<{ owner: string }, Events>()({
  name: "account",
  initialState: () => ({ owner: "" }),
  handlers: { opened: (_, { payload }) => payload },
});
const opened = { name: "opened", payload: { owner: "Ada" } } as const;

async function openShared() {
  const shareWith = await MemoryEventStorageAdapter.open();
  const store = new EventStore({ adapter: shareWith });
  return { shareWith, accounts: store.category<Events>("accounts") };
}

describe("adapters that share with one event adapter", () => {
  it("have the same projections, within a transaction too, and keep them when one is closed", async () => {
    const { shareWith, accounts } = await openShared();
    const [one, other] = [
      await MemoryProjectionStorageAdapter.open({ shareWith }),
      await MemoryProjectionStorageAdapter.open({ shareWith }),
    ];
    const [ones, others] = [new ProjectionStore({ adapter: one }), new ProjectionStore({ adapter: other })];
    const id = { id: "a-1" };
    await accounts.stream("a-1").publish({ events: [opened] });
    const projection = await projector.project(accounts.stream("a-1"));
    await shareWith.transaction(async (transaction) => {
      await ones.within(transaction).of(projector).save(projection);
      expect(await others.within(transaction).of(projector).load(id)).toEqual(projection);
      expect(await others.of(projector).load(id)).toBeUndefined();
    });
    await one.close();
    expect(await others.of(projector).load(id)).toEqual(projection);
    const apart = await MemoryProjectionStorageAdapter.open();
    expect(await new ProjectionStore({ adapter: apart }).of(projector).load(id)).toBeUndefined();
  });

  it("have the same subscriptions, with their checkpoints", async () => {
    const { shareWith, accounts } = await openShared();
    const [one, other] = [
      await MemoryProcessingStorageAdapter.open({ shareWith }),
      await MemoryProcessingStorageAdapter.open({ shareWith }),
    ];
    const handled: string[] = [];
    const mails = subscription({
      name: "mails",
      source: accounts,
      handleEvent: ({ stream }) => void handled.push(stream),
    });
    await accounts.stream("a-1").publish({ events: [opened] });
    await consumeAll(mails, { storage: one });
    await consumeAll(mails, { storage: other });
    expect(handled).toEqual(["a-1"]);
    const { subscriptions } = await new ProcessingControl({ storage: other }).status();
    expect(subscriptions.map(({ name }) => name)).toEqual(["mails"]);
  });

  it("have the same keys, and what one forgets the other has forgotten", async () => {
    const { shareWith } = await openShared();
    const [one, other] = [
      new KeyStore({ adapter: await MemoryKeyStorageAdapter.open({ shareWith }) }),
      new KeyStore({ adapter: await MemoryKeyStorageAdapter.open({ shareWith }) }),
    ];
    const [made] = await one.current(["user:1"]);
    const [found] = await other.current(["user:1"]);
    expect(found?.id).toBe(made?.id);
    const tombstone = await one.forget("user:1");
    const seen: unknown[] = [];
    for await (const each of other.tombstones()) seen.push(each);
    expect(seen).toEqual([tombstone]);
  });
});
