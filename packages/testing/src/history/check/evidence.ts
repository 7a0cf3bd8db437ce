import type { OrderingGuarantee, StoredEvent } from "@eventfold/store";
import type { RecordedEntry, RecordedOutcome, RecordedPublish } from "../history-line.ts";
import type { Operation } from "../operation.ts";
import { idsFromBefore, KnownEvents, lastReading } from "./known-events.ts";
import { StoredLog } from "./stored-log.ts";

/** A publish of a history. */
export type Publish = Operation<RecordedPublish>;

/** An entry of a publish that took place, with its events as they are in the log. */
export interface StoredEntry {
  readonly entry: RecordedEntry;
  readonly events: readonly StoredEvent[];
}

/** A publish that put its events into the log. */
export interface StoredPublish {
  readonly operation: Publish;
  readonly entries: readonly StoredEntry[];
}

/** A history, arranged for the checks. */
export interface Evidence {
  readonly guarantee: OrderingGuarantee;
  readonly operations: readonly Operation[];
  readonly publishes: readonly Publish[];
  readonly log: StoredLog;
  readonly known: KnownEvents;
  /** The ids of the events that were stored before the history began. */
  readonly idsFromBefore: ReadonlySet<string>;
  /** The publishes that carried an event of this id. */
  proposersOf(id: string): readonly Publish[];
  readonly stored: readonly StoredPublish[];
  /** The publish that put an event into the log, if that is known. */
  storerOf(id: string): StoredPublish | undefined;
}

/** @throws `RangeError` when the history does not end with a reading of the log. */
export function evidenceOf(operations: readonly Operation[], guarantee: OrderingGuarantee): Evidence {
  const log = new StoredLog(lastReading(operations));
  const publishes = operations.filter(isPublish);
  const proposers = proposersById(publishes);
  const proposersOf = (id: string) => proposers.get(id) ?? [];
  const stored = publishes
    .filter((publish) => hasStored(publish, log, proposersOf))
    .map((operation) => ({ operation, entries: storedEntries(operation, log) }));
  const storers = new Map(stored.flatMap((publish) => idsOf(publish.operation).map((id) => [id, publish])));
  return {
    guarantee,
    operations,
    publishes,
    log,
    known: new KnownEvents(operations, log, guarantee),
    idsFromBefore: idsFromBefore(operations),
    proposersOf,
    stored,
    storerOf: (id) => storers.get(id),
  };
}

function isPublish(operation: Operation): operation is Publish {
  return operation.call.kind === "publish";
}

/** The ids of all events of a publish, in entry order. */
export function idsOf({ call }: Publish): string[] {
  return call.entries.flatMap(({ eventIds }) => eventIds);
}

function proposersById(publishes: readonly Publish[]): ReadonlyMap<string, readonly Publish[]> {
  const proposers = new Map<string, Publish[]>();
  for (const publish of publishes) {
    for (const id of new Set(idsOf(publish))) proposers.set(id, [...(proposers.get(id) ?? []), publish]);
  }
  return proposers;
}

function storedEntries({ call }: Publish, log: StoredLog): StoredEntry[] {
  return call.entries.map((entry) => ({
    entry,
    events: entry.eventIds.map((id) => log.byId(id)).filter((event) => event !== undefined),
  }));
}

/** Whether this publish stored its events: it says so, or its outcome is open and no other publish carried these events. */
function hasStored(publish: Publish, log: StoredLog, proposersOf: Evidence["proposersOf"]): boolean {
  if (publish.outcome?.kind === "stored") return true;
  if (isRefusal(publish.outcome)) return false;
  const ids = idsOf(publish);
  return ids.length > 0 && ids.every((id) => log.byId(id) !== undefined && proposersOf(id).length === 1);
}

/** The codes with which, by the contract, nothing was stored. */
const CODES_OF_REFUSAL: ReadonlySet<string> = new Set([
  "ADAPTER_CLOSED",
  "INVALID_EVENT",
  "INVALID_NAME",
  "NESTED_PUBLISH",
  "STORAGE_BUSY",
  "STORAGE_FULL",
  "STORAGE_READ_ONLY",
  "STORAGE_REPLACED",
  "TRANSACTION_ENDED",
]);

/** Whether a publish with this outcome has certainly stored nothing. */
export function isRefusal(outcome: RecordedOutcome | undefined): boolean {
  if (outcome?.kind === "failed") return outcome.code !== undefined && CODES_OF_REFUSAL.has(outcome.code);
  return outcome?.kind === "unmet" || outcome?.kind === "duplicate" || outcome?.kind === "matched";
}
