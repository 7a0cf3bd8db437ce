import type { PartitionKey, ProcessingStorage, ProcessingStorageAdapter } from "@eventfold/processing";
import { monotonicNs } from "../time/monotonic-ns.ts";
import type { DeliveryLine } from "./delivery-line.ts";

/** Where calls are noted, and for which subscription. */
export interface ProcessingRecorder {
  readonly node: string;
  readonly onLine: (line: DeliveryLine) => void;
  /** The name of the subscription that is recorded. */
  readonly subscription: string;
}

/** An adapter that notes the calls that it has acknowledged for one subscription. */
export function recordedProcessing(
  adapter: ProcessingStorageAdapter,
  recorder: ProcessingRecorder,
): ProcessingStorageAdapter {
  const storage = overlaid(adapter.storage, recordedCalls(adapter.storage, recorder));
  return overlaid(adapter, { storage });
}

function recordedCalls(
  beneath: ProcessingStorage,
  { node, onLine, subscription }: ProcessingRecorder,
): Partial<ProcessingStorage> {
  let id: number | undefined;
  const isRecorded = (key: PartitionKey) => key.subscription === id;

  return {
    async register(registrations) {
      const registered = await beneath.register(registrations);
      id = registered.find(({ name }) => name === subscription)?.id ?? id;
      return registered;
    },

    async claim(request) {
      const claimed = await beneath.claim(request);
      const atNs = monotonicNs();
      const { session } = request;
      for (const { partition, token, checkpoint } of claimed.filter(isRecorded)) {
        onLine({ kind: "claimed", node, session, partition, token, checkpoint: checkpoint.sequenceNumber, atNs });
      }
      return claimed;
    },

    async saveCheckpoints(moves) {
      const sentAtNs = monotonicNs();
      const outcomes = await beneath.saveCheckpoints(moves);
      const atNs = monotonicNs();
      for (const [index, move] of moves.entries()) {
        if (outcomes[index]?.kind !== "moved" || !isRecorded(move)) continue;
        const { partition, token, checkpoint } = move;
        onLine({ kind: "saved", node, partition, token, checkpoint: checkpoint.sequenceNumber, sentAtNs, atNs });
      }
      return outcomes;
    },

    async park(request) {
      const sentAtNs = monotonicNs();
      const outcome = await beneath.park(request);
      if (outcome.kind === "parked" && isRecorded(request)) {
        const { partition, token, event } = request;
        const { eventId, isWholeStream } = event;
        onLine({ kind: "parked", node, partition, token, eventId, isWholeStream, sentAtNs, atNs: monotonicNs() });
      }
      return outcome;
    },

    async unpark(request) {
      const sentAtNs = monotonicNs();
      const outcome = await beneath.unpark(request);
      if (outcome.kind === "done" && isRecorded(request)) {
        const { partition, token, parked } = request;
        const sequenceNumbers = parked.map(({ sequenceNumber }) => sequenceNumber);
        onLine({ kind: "unparked", node, partition, token, sequenceNumbers, sentAtNs, atNs: monotonicNs() });
      }
      return outcome;
    },
  };
}

/** An object that behaves like the one beneath, except for some members. */
function overlaid<T extends object>(beneath: T, members: Partial<T>): T {
  return new Proxy(beneath, {
    get(target, member) {
      const value: unknown = Reflect.get(members, member) ?? Reflect.get(target, member, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
