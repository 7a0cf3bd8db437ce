import type {
  FaultyEvent,
  Lifetime,
  OrderingGuarantee,
  StorageFinding,
  StorageInspection,
  StorageStatus,
  StructureFault,
  StructureOptions,
  StructureStep,
} from "@eventfold/store/adapter";
import type { MemoryEventLog } from "./memory-event-log.ts";
import type { MemoryRecord } from "./memory-record.ts";
import { windowOf } from "./record-window.ts";

/** What {@link MemoryInspection} is made from. */
export interface MemoryInspectionParts {
  readonly log: MemoryEventLog;
  readonly lifetime: Lifetime;
  readonly orderingGuarantee: OrderingGuarantee;
}

/** How many records are checked before the event loop has a turn. */
const PART = 10_000;

/** How people look at a log in memory. Nothing can damage it from outside, so a fault in it is one of the adapter. */
export class MemoryInspection implements StorageInspection {
  readonly #parts: MemoryInspectionParts;

  constructor(parts: MemoryInspectionParts) {
    this.#parts = parts;
  }

  async *structure({ signal }: StructureOptions = {}): AsyncGenerator<StructureStep> {
    const { log, lifetime } = this.#parts;
    lifetime.throwIfEnded();
    const upTo = log.committed;
    let [checked, last] = [0, 0];
    signal?.throwIfAborted();
    for (const record of log.everyRecord()) {
      if (record.sequenceNumber > upTo) break;
      yield* faultsOf(log, record, last);
      last = record.sequenceNumber;
      checked += 1;
      if (checked % PART > 0) continue;
      await new Promise(setImmediate);
      lifetime.throwIfEnded();
      signal?.throwIfAborted();
      if (last < upTo) yield { kind: "progress", checkedUpTo: last, upTo };
    }
    signal?.throwIfAborted();
    yield { kind: "progress", checkedUpTo: upTo, upTo };
    lifetime.throwIfEnded();
  }

  async status(): Promise<StorageStatus> {
    const { log, lifetime, orderingGuarantee } = this.#parts;
    lifetime.throwIfEnded();
    return {
      engine: "memory",
      orderingGuarantee,
      migrations: [],
      newestNumber: log.committed,
      lastNumber: log.next - 1,
      events: { count: log.count, isEstimate: false },
      sizes: [],
    };
  }

  async diagnose(): Promise<readonly StorageFinding[]> {
    this.#parts.lifetime.throwIfEnded();
    return [
      {
        severity: "notice",
        subject: "memory",
        seen: "the log is in memory",
        why: "Its events are gone with the adapter.",
        advice: "Use another adapter if they are to be kept.",
      },
    ];
  }
}

function* faultsOf(log: MemoryEventLog, record: MemoryRecord, last: number): Generator<StructureFault> {
  const { sequenceNumber, id, category, stream, position } = record;
  const event: FaultyEvent = { sequenceNumber, id, category, stream, position };
  if (sequenceNumber <= last) {
    yield {
      kind: "fault",
      fault: "order",
      event,
      message: "Its sequence number is not above that of the event before it.",
    };
  }
  if (log.streamRecords(category, stream)[position] !== record) {
    yield { kind: "fault", fault: "position", event, message: "It is not at its position in its stream." };
  }
  if (!record.tags.every((tag) => isFoundIn(log.taggedWith(tag), record))) {
    yield { kind: "fault", fault: "tags", event, message: "It is not found by one of its tags." };
  }
}

function isFoundIn(records: readonly MemoryRecord[], { sequenceNumber }: MemoryRecord): boolean {
  const { start, end } = windowOf(records, { sequenceNumberAfter: sequenceNumber - 1 }, sequenceNumber);
  return start < end;
}
