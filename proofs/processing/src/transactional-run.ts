import { type ProcessingStorageAdapter, subscription } from "@eventfold/processing";
import { recordDelivery } from "@eventfold/testing/delivery";
import { withChanges } from "./changed-storage.ts";
import type { DeliveredRun } from "./delivered-run.ts";
import { openInMemory, stageOn } from "./shared-stage.ts";
import { waitFor } from "./waiting-for.ts";

/** What came of a run, with the ids of the events whose effects are stored. */
export interface TransactionalRun extends DeliveredRun {
  readonly effects: readonly string[];
}

const LEASE_MS = 150;

/** The event before whose transaction one broker stands still. */
const HELD = 3;

/**
 * One broker stands still in its handler, before it has begun a transaction, until another one has taken over and handled
 * everything. Then it goes on with its transaction, before
 * any beat can tell it.
 *
 * @param breakage breaks the storage that the brokers are given.
 */
export async function runTransactions(
  breakage: (beneath: ProcessingStorageAdapter) => ProcessingStorageAdapter = (beneath) => beneath,
): Promise<TransactionalRun> {
  await using stage = stageOn(await openInMemory());
  const [held, mayGoOn, mayBeat] = [
    Promise.withResolvers<void>(),
    Promise.withResolvers<void>(),
    Promise.withResolvers<void>(),
  ];
  const record = (node: "frozen" | "heir") =>
    recordDelivery({
      node,
      storage: breakage(stage.storage),
      subscription: subscription({
        name: "things",
        source: stage.store.category("things"),
        transactions: stage.events,
        checkpoint: { everyMs: 10 },
        handleEvent: async ({ id, sequenceNumber }, { transaction }) => {
          if (node === "frozen" && sequenceNumber === HELD) {
            held.resolve();
            await mayGoOn.promise;
          }
          const effects = stage.store.within(await transaction()).stream({ category: "effects", stream: "e" });
          await effects.publish({ events: [{ name: "handled", payload: id }] });
        },
      }),
    });
  const [first, second] = [record("frozen"), record("heir")];
  let isFrozen = false;
  const storage = withChanges(first.storage, {
    beat: async (request) => {
      if (isFrozen) await mayBeat.promise;
      return first.storage.storage.beat(request);
    },
  });
  const frozen = stage.broker({ name: "frozen", leaseMs: LEASE_MS, storage, subscriptions: [first.subscription] });
  const heir = stage.broker({
    name: "heir",
    leaseMs: LEASE_MS,
    storage: second.storage,
    subscriptions: [second.subscription],
  });
  await stage.publish(8, 3);
  await frozen.start();
  await held.promise;
  isFrozen = true;
  await heir.start();
  await waitFor(() => second.records().filter(({ kind }) => kind === "ended").length >= 6);
  await heir.whenCaughtUp(second.subscription);
  mayGoOn.resolve();
  const hasLost = () => frozen.status().subscriptions.every(({ held: lanes }) => lanes.length === 0);
  await waitFor(async () => hasLost() || (await stage.effects()).length > 8);
  isFrozen = false;
  mayBeat.resolve();
  await heir.whenHandled(second.subscription, await stage.publish(4, 3));
  const status = await stage.storage.storage.status({ names: ["things"] });
  return {
    records: [...first.records(), ...second.records()],
    status,
    log: await stage.store.category("things").read(),
    effects: (await stage.effects()).map(String),
  };
}
