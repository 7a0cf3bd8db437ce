import {
  type Clock,
  checkedName,
  eventTimeMs,
  InvalidEventError,
  type JsonObject,
  type NewEvent,
} from "@eventfold/types";
import { checkedEventId } from "./event-id.ts";
import { jsonTextOf, printPath } from "./json-text.ts";
import type { PreparedEvent } from "./storage/prepared-event.ts";

/** What events get that do not bring it along. */
export interface EventDefaults {
  readonly clock: Clock;
  readonly newId: () => string;
  /** Merged under the metadata of each event. */
  readonly metadata: JsonObject | undefined;
}

/** Where an event stands among what was given to a publish, for the errors. */
type Path = readonly (string | number)[];

/** The greatest version a payload may have: what every database holds as an integer. */
const VERSION_LIMIT = 2_147_483_647;

/**
 * Validates and normalises the events of one publish. All of them get the same time from the clock.
 *
 * @throws `InvalidEventError` and `InvalidNameError` for the first event that cannot be stored as it is.
 */
export function prepareEvents(events: readonly unknown[], path: Path, defaults: EventDefaults): PreparedEvent[] {
  const prepared: PreparedEvent[] = [];
  for (let index = 0; index < events.length; index++) {
    prepared.push(prepareEvent(events[index], [...path, index], defaults));
  }
  return prepared;
}

function prepareEvent(given: unknown, path: Path, defaults: EventDefaults): PreparedEvent {
  if (typeof given !== "object" || given === null) throw fault(path, "an event is an object");
  const event: Partial<NewEvent> = given;
  const observedAtMs = timeOf(event.observedAt ?? defaults.clock.now(), [...path, "observedAt"]);
  return {
    id: checkedEventId(event.id ?? defaults.newId(), printPath([...path, "id"])),
    name: checkedName("event", event.name),
    payload: jsonTextOf(event.payload, [...path, "payload"]),
    metadata: metadataOf(event.metadata, [...path, "metadata"], defaults.metadata),
    version: versionOf(event.version, path),
    observedAtMs,
    occurredAtMs: event.occurredAt === undefined ? observedAtMs : timeOf(event.occurredAt, [...path, "occurredAt"]),
  };
}

function timeOf(time: unknown, path: Path): number {
  const timeMs = eventTimeMs(time);
  if (timeMs === undefined) throw fault(path, "a time is a valid Date of the years 1 to 9999");
  return timeMs;
}

function versionOf(version: unknown, path: Path): number {
  if (version === undefined) return 1;
  if (Number.isInteger(version) && (version as number) >= 1 && (version as number) <= VERSION_LIMIT) {
    return version as number;
  }
  throw fault([...path, "version"], `a version is an integer from 1 to ${VERSION_LIMIT}`);
}

/** The event's own members win; metadata of its own that is no plain object stands alone. */
function metadataOf(own: unknown, path: Path, defaults: JsonObject | undefined): string | null {
  const metadata = defaults === undefined ? own : merged(defaults, own);
  return metadata === undefined || metadata === null ? null : jsonTextOf(metadata, path);
}

function merged(defaults: JsonObject, own: unknown): unknown {
  if (own === undefined || own === null) return defaults;
  return typeof own === "object" && !Array.isArray(own) ? { ...defaults, ...own } : own;
}

function fault(path: Path, reason: string): InvalidEventError {
  return new InvalidEventError({ path: printPath(path), reason });
}
