import type {
  AnyEvents,
  EventBoundary,
  EventQuery,
  SourceIdentifier,
  StoredEvent,
  StreamFollowOptions,
  StreamScanOptions,
} from "@eventfold/store";
import type { RecordedScan } from "./history-line.ts";
import { failure } from "./recorded-failure.ts";
import type { OpenCall, Recorder } from "./recorder.ts";

interface ScanCall {
  readonly identifier: SourceIdentifier;
  readonly options: StreamScanOptions<AnyEvents> | undefined;
}

interface StepsCall {
  readonly kind: "scan" | "follow";
  readonly identifier: SourceIdentifier;
  readonly options: (StreamScanOptions<AnyEvents> & StreamFollowOptions<AnyEvents>) | undefined;
}

/** Makes a read and notes it, with everything that it had shown when it ended. */
export function recordedRead(
  recorder: Recorder,
  { identifier, options = {} }: ScanCall,
  read: () => Promise<StoredEvent[]>,
): Promise<StoredEvent[]> {
  return noteOutcome(recorder.begin(scanOf("scan", identifier, options)), read, (events) => events);
}

/** Reads the boundary of a query and notes it. */
export async function recordedBoundary(
  recorder: Recorder,
  { items }: EventQuery,
  read: () => Promise<EventBoundary>,
): Promise<EventBoundary> {
  const call = recorder.begin({ kind: "boundary", items });
  try {
    const boundary = await read();
    if (boundary.events.length > 0) call.saw(boundary.events);
    call.ended({ kind: "read-up-to", after: boundary.changed.after });
    return boundary;
  } catch (error) {
    call.ended(failure(error));
    throw error;
  }
}

/** Asks for the newest event of a source and notes it. */
export function recordedLatest(
  recorder: Recorder,
  source: SourceIdentifier,
  ask: () => Promise<StoredEvent | undefined>,
): Promise<StoredEvent | undefined> {
  return noteOutcome(recorder.begin({ kind: "latest", source }), ask, listed);
}

/** Asks for an event by its id and notes it. */
export function recordedLookUp(
  recorder: Recorder,
  id: string,
  ask: () => Promise<StoredEvent | undefined>,
): Promise<StoredEvent | undefined> {
  return noteOutcome(recorder.begin({ kind: "event-by-id", id }), ask, listed);
}

/** Scans or follows and notes each event as it comes. The call begins with the first step. */
export async function* recordedSteps(
  recorder: Recorder,
  { kind, identifier, options = {} }: StepsCall,
  open: () => AsyncIterable<StoredEvent>,
): AsyncGenerator<StoredEvent, void, undefined> {
  const call = recorder.begin(scanOf(kind, identifier, options));
  let isOver = false;
  try {
    for await (const event of open()) {
      call.saw([event]);
      yield event;
    }
    isOver = true;
    call.ended({ kind: "read" });
  } catch (error) {
    isOver = true;
    call.ended(failure(error));
    throw error;
  } finally {
    if (!isOver) call.ended({ kind: "broken-off" });
  }
}

async function noteOutcome<T>(
  call: OpenCall,
  make: () => Promise<T>,
  eventsOf: (result: T) => readonly StoredEvent[],
): Promise<T> {
  try {
    const result = await make();
    const events = eventsOf(result);
    if (events.length > 0) call.saw(events);
    call.ended({ kind: "read" });
    return result;
  } catch (error) {
    call.ended(failure(error));
    throw error;
  }
}

function listed(event: StoredEvent | undefined): readonly StoredEvent[] {
  return event === undefined ? [] : [event];
}

function scanOf(
  kind: RecordedScan["kind"],
  source: SourceIdentifier,
  { constraints = [], direction = "forwards", limit, after }: NonNullable<StepsCall["options"]>,
): RecordedScan {
  const from = after === undefined ? [] : [{ kind: "sequence-number-after", sequenceNumber: after } as const];
  return { kind, source, constraints: [...from, ...constraints], direction, ...(limit !== undefined && { limit }) };
}
