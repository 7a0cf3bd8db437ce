import { resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { MemoryEventStorageAdapter, type MemoryEventStorageAdapterOptions } from "@eventfold/adapter-memory";
import type { EventStorage, EventStorageAdapter, Jsonify, PreparedEvent, StoredEvent } from "@eventfold/store/adapter";
import {
  AdapterClosedError,
  NotADatabaseError,
  OrderingGuaranteeMismatchError,
  parseJson,
} from "@eventfold/store/adapter";
import { lock } from "./process-lock.ts";
import { PublishFile } from "./publish-file.ts";

const PAGE_SIZE = 32;

/** How {@link openJsonLines} opens a file. */
export interface JsonLinesOptions extends MemoryEventStorageAdapterOptions {
  readonly filename: string;
}

/** Events in a file of JSON lines and, while it is open, in memory. For one process at a time. */
export async function openJsonLines({ filename, ...options }: JsonLinesOptions): Promise<EventStorageAdapter> {
  const index = await MemoryEventStorageAdapter.open(options);
  const requested = index.orderingGuarantee;
  if (requested !== "log") throw new OrderingGuaranteeMismatchError({ stored: "log", requested });
  const path = resolve(filename);
  const unlock = await lock(path);
  try {
    const file = await PublishFile.open(path, (publish) => replay(index.storage, publish as EventJson[]));
    return adapterOn(index, file, unlock);
  } catch (error) {
    await unlock();
    throw error;
  }
}

function adapterOn(index: MemoryEventStorageAdapter, file: PublishFile, end: () => Promise<void>): EventStorageAdapter {
  const { storage } = index;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= index
      .close()
      .then(() => file.close())
      .finally(end);
    return closing;
  };
  return {
    orderingGuarantee: "log",
    capabilities: { durable: true, sharedStorage: false, transactions: false, notifications: true },
    get isClosed() {
      return index.isClosed;
    },
    storage: {
      get isClosed() {
        return index.isClosed;
      },
      // The index shows a publish when its transaction commits, and that waits for the disk.
      save: (request) =>
        index.transaction(async (transaction) => {
          const result = await transaction.storage.save(request);
          if (result.kind === "stored" && result.events.flat().length > 0) await file.append(result.events.flat());
          return result;
        }),
      latest: (source) => storage.latest(source),
      horizon: (source) => storage.horizon(source),
      boundary: (items) => storage.boundary(items),
      eventById: (id) => storage.eventById(id),
      scan: (source, options) => smallPages(storage, source, options),
      categories: (listing) => storage.categories(listing),
      streams: (category, listing) => storage.streams(category, listing),
    },
    onChange: (listener) => index.onChange(listener),
    newsOf: (places) => index.newsOf(places),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Pages that stay small where events are large. */
async function* smallPages(storage: EventStorage, ...[source, options]: Parameters<EventStorage["scan"]>) {
  for await (const page of storage.scan(source, options)) {
    for (let start = 0; start < page.length; start += PAGE_SIZE) {
      options.signal?.throwIfAborted();
      if (storage.isClosed) throw new AdapterClosedError();
      yield page.slice(start, start + PAGE_SIZE);
    }
  }
}

type EventJson = Jsonify<StoredEvent>;

/** Stores the events of a line again. They must come to the places that they had. */
async function replay(storage: EventStorage, events: readonly EventJson[]): Promise<void> {
  const streams = Map.groupBy(events, ({ category, stream }) => JSON.stringify([category, stream]));
  const writes = [...streams.values()].map((own) => {
    const [{ category, stream }] = own as [EventJson];
    return { category, stream, allowed: undefined, events: own.map(preparedOf) };
  });
  const result = await storage.save({ writes });
  const stored = result.kind === "stored" ? result.events.flat() : [];
  const isSame = isDeepStrictEqual(parseJson(JSON.stringify(stored)), events);
  if (!isSame) throw new NotADatabaseError("The file is damaged: an event is not in its place.");
}

function preparedOf({ payload, metadata, observedAt, occurredAt, ...event }: EventJson): PreparedEvent {
  return {
    ...event,
    payload: JSON.stringify(payload),
    metadata: metadata === null ? null : JSON.stringify(metadata),
    observedAtMs: Date.parse(observedAt),
    occurredAtMs: Date.parse(occurredAt),
  };
}
