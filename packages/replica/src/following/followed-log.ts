import {
  type EventStorage,
  type EventStorageAdapter,
  type EventText,
  RESTORE_LIMIT_BYTES,
} from "@eventfold/store/adapter";
import { logIdentifier, type StoredEvent } from "@eventfold/types";

const LOG = logIdentifier();

/** The most events that are copied in one transaction: about 8 ms of SQLite's work, which holds the event loop. */
const MOST_EVENTS = 500;

/** Between two sequence numbers, the first exclusive and the second inclusive. */
export interface LogRange {
  readonly after: number;
  readonly upTo: number;
}

/** The log that a replica follows, read as texts. */
export class FollowedLog {
  readonly adapter: EventStorageAdapter;

  constructor(adapter: EventStorageAdapter) {
    this.adapter = adapter;
  }

  /** Up to which number nothing more can come. */
  horizon(): Promise<number> {
    return this.adapter.storage.horizon(LOG);
  }

  /** Whether there are events above the horizon, so that one has to look again soon. */
  async isHeldBack(after: number): Promise<boolean> {
    const [news] = await this.adapter.newsOf([{ source: LOG, after }]);
    return news?.isHeldBack === true;
  }

  /** The events of a range that lies below the horizon, in batches that one transaction can restore. */
  async *batches(range: LogRange, signal: AbortSignal): AsyncGenerator<readonly EventText[]> {
    for await (const page of textPages(this.adapter.storage, range, signal)) {
      let batch: EventText[] = [];
      let bytes = 0;
      for (const event of page) {
        const size = Buffer.byteLength(event.payload) + Buffer.byteLength(event.metadata ?? "");
        if (batch.length === MOST_EVENTS || (batch.length > 0 && bytes + size > RESTORE_LIMIT_BYTES)) {
          yield batch;
          batch = [];
          bytes = 0;
        }
        batch.push(event);
        bytes += size;
      }
      if (batch.length > 0) yield batch;
    }
  }

  /** Whether the log has an event of the replica, and where it has it. */
  async has({ id, sequenceNumber, category, stream, position }: EventPlaceInLog): Promise<boolean> {
    const event = await this.adapter.storage.eventById(id);
    return (
      event?.sequenceNumber === sequenceNumber &&
      (category === undefined ||
        (event.category === category && event.stream === stream && event.position === position))
    );
  }

  /** The number of the newest event of the log; 0: it is empty. Unlike the horizon it is never above that. */
  async newest(): Promise<number> {
    return (await this.adapter.storage.latest(LOG))?.sequenceNumber ?? 0;
  }
}

/** Which event is expected, and where. */
export interface EventPlaceInLog {
  readonly id: string;
  readonly sequenceNumber: number;
  readonly category?: string;
  readonly stream?: string;
  readonly position?: number;
}

/** The texts as they are stored; from an adapter that has none of these, what the library would write for its events. */
function textPages(
  storage: EventStorage,
  { after, upTo }: LogRange,
  signal: AbortSignal,
): AsyncIterable<readonly EventText[]> {
  const before = upTo + 1;
  if (storage.storedTexts !== undefined) {
    return storage.storedTexts(LOG, { after, before, direction: "forwards", signal });
  }
  const bounds = { sequenceNumberAfter: after, sequenceNumberBefore: before };
  return textsOf(storage.scan(LOG, { bounds, direction: "forwards", limit: undefined, signal, isFollowing: true }));
}

async function* textsOf(pages: AsyncIterable<readonly StoredEvent[]>): AsyncGenerator<readonly EventText[]> {
  for await (const page of pages) yield page.map(textOf);
}

function textOf({ payload, metadata, observedAt, occurredAt, ...event }: StoredEvent): EventText {
  return {
    ...event,
    observedAtMs: observedAt.getTime(),
    occurredAtMs: occurredAt.getTime(),
    payload: JSON.stringify(payload),
    metadata: metadata === null ? null : JSON.stringify(metadata),
  };
}
