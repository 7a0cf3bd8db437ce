import { randomUUID } from "node:crypto";
import type { ProcessingStorage } from "@eventfold/processing";

/** The subscription that {@link everyCall} registers. */
const SUBSCRIPTION = {
  name: "mails",
  source: "category/users",
  partitioning: "stream/sha256-1",
  partitions: 2,
  startAt: { sequenceNumber: 0, eventId: undefined },
};

const EVENT = {
  sequenceNumber: 7,
  hash: 4_294_967_294,
  eventId: randomUUID(),
  category: "users",
  stream: "ada's \"\\$1",
  isWholeStream: true,
  attempts: 3,
  error: "no",
};

/** Every call of a storage on which subscriptions have the id 1, each once, in an order in which all have something to do. */
export function everyCall(storage: ProcessingStorage): readonly (() => Promise<unknown>)[] {
  const [session, rival, id, holder] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  const [name, subscription] = ["node", 1];
  const lease = { subscription, partition: 0, token: 1 };
  const checkpoint = { sequenceNumber: 5, eventId: randomUUID() };
  const listing = { subscription, of: undefined, after: undefined, limit: 9 };
  return [
    () => storage.register([SUBSCRIPTION, { ...SUBSCRIPTION, name: "mails-of-before" }]),
    () => storage.beginSession({ id: session, name, leaseMs: 10_000 }),
    () => storage.beat({ session, name, subscriptions: [1] }),
    () => storage.claim({ session, partitions: [{ ...lease, token: 0 }] }),
    () => storage.saveCheckpoints([{ ...lease, was: 0, checkpoint }]),
    () => storage.report({ ...lease, isPaused: true, error: "no" }),
    () => storage.park({ ...lease, event: EVENT, was: 5 }),
    () => storage.loadParked({ partitions: [lease] }),
    () => storage.listParked(listing),
    () => storage.unpark({ ...lease, parked: [EVENT] }),
    () => storage.request({ subscription, partitions: undefined, id, request: { kind: "resume" } }),
    () => storage.carryOut({ ...lease, id }),
    () => storage.repartition({ subscription, id, partitions: 3 }),
    () => storage.arrive({ ...lease, id }),
    () => storage.release([lease]),
    () => storage.tryLock({ name: "lock", session, holder }),
    () => storage.releaseLock({ name: "lock", holder }),
    () => storage.beginSession({ id: rival, name: "rival", leaseMs: 10_000 }),
    () => storage.evict([{ id: rival, beat: 0 }]),
    () => storage.endSession(session),
    () => storage.remove({ subscription: 2, withParked: false }),
    () => storage.status({ names: undefined }),
  ];
}
