import { randomUUID } from "node:crypto";
import type { ProcessingStorage } from "@eventfold/processing";
import type { NamedCall } from "../../event-storage/rules/every-call.ts";
import { aSubscription, checkpointAt, eventToPark } from "./some-processing.ts";

/** Every call of a storage that must fail once it is closed. */
export function everyProcessingCall(storage: ProcessingStorage): readonly NamedCall[] {
  const [id, session] = [randomUUID(), randomUUID()];
  const lease = { subscription: 1, partition: 0, token: 1 };
  const parked = [{ sequenceNumber: 1, hash: 0 }];
  return [
    ["register", () => storage.register([aSubscription()])],
    ["beginSession", () => storage.beginSession({ id: session, name: "node", leaseMs: 10_000 })],
    ["beat", () => storage.beat({ session, name: "node", subscriptions: [1] })],
    ["evict", () => storage.evict([{ id: session, beat: 0 }])],
    ["endSession", () => storage.endSession(session)],
    ["claim", () => storage.claim({ session, partitions: [lease] })],
    ["release", () => storage.release([lease])],
    ["saveCheckpoints", () => storage.saveCheckpoints([{ ...lease, was: 0, checkpoint: checkpointAt(1) }])],
    ["report", () => storage.report({ ...lease, isPaused: true, error: undefined })],
    ["park", () => storage.park({ ...lease, event: eventToPark(1), was: undefined })],
    ["unpark", () => storage.unpark({ ...lease, parked })],
    ["loadParked", () => storage.loadParked({ partitions: [lease] })],
    ["listParked", () => storage.listParked({ subscription: 1, of: undefined, after: undefined, limit: 1 })],
    ["request", () => storage.request({ subscription: 1, partitions: undefined, id, request: { kind: "pause" } })],
    ["carryOut", () => storage.carryOut({ ...lease, id })],
    ["repartition", () => storage.repartition({ subscription: 1, id, partitions: 2 })],
    ["arrive", () => storage.arrive({ ...lease, id })],
    ["remove", () => storage.remove({ subscription: 1, withParked: false })],
    ["tryLock", () => storage.tryLock({ name: "lock", session, holder: id })],
    ["releaseLock", () => storage.releaseLock({ name: "lock", holder: id })],
    ["status", () => storage.status({ names: undefined })],
  ];
}
