import {
  checkedName,
  eventTimeMs,
  InvalidEventError,
  type JsonObject,
  type JsonValue,
  type NewEvent,
  parseJson,
} from "@eventfold/types";
import { isEventId } from "./event-id.ts";
import { type JsonForm, jsonFormOf } from "./json-form.ts";
import type { PreparedEvent } from "./storage/prepared-event.ts";
import { printPath, type ValuePath } from "./value-path.ts";

/** What events get that do not bring it along. */
export interface EventDefaults {
  /** The same for all events of a publish. */
  readonly observedAt: Date;
  /** Makes canonical ids only. */
  readonly newId: () => string;
  /** Merged under the metadata of each event. */
  readonly metadata: JsonObject | undefined;
}

/** Makes the path to a member of an event among what was given to a publish: only an error needs it. */
type MemberPath = (member?: string) => ValuePath;

/** The greatest version a payload may have: what every database holds as an integer. */
const VERSION_LIMIT = 2_147_483_647;

const NO_METADATA: JsonForm = { text: "null", value: null };

/**
 * Validates and normalises the events of one publish. Those without a time get that of the defaults.
 *
 * @throws `InvalidEventError` and `InvalidNameError` for the first event that cannot be stored as it is.
 */
export function prepareEvents(events: readonly unknown[], path: ValuePath, defaults: EventDefaults): PreparedEvent[] {
  const prepared: PreparedEvent[] = [];
  for (let index = 0; index < events.length; index++) {
    const at: MemberPath = (member) => (member === undefined ? [...path, index] : [...path, index, member]);
    prepared.push(prepareEvent(events[index], at, defaults));
  }
  return prepared;
}

function prepareEvent(given: unknown, at: MemberPath, defaults: EventDefaults): PreparedEvent {
  if (typeof given !== "object" || given === null) throw fault(at(), "an event is an object");
  const event: Partial<NewEvent> = given;
  const payload = jsonFormOf(event.payload, () => at("payload"));
  const metadata = metadataOf(event.metadata, at, defaults.metadata);
  const observedAtMs = timeOf(
    event.observedAt === undefined ? defaults.observedAt : event.observedAt,
    at,
    "observedAt",
  );
  return {
    id: event.id === undefined ? defaults.newId() : idOf(event.id, at),
    name: checkedName("event", event.name),
    payload: payload.text,
    metadata: metadata.value === null ? null : metadata.text,
    parsed: { payload: payload.value, metadata: metadata.value },
    version: versionOf(event.version, at),
    observedAtMs,
    occurredAtMs: event.occurredAt === undefined ? observedAtMs : timeOf(event.occurredAt, at, "occurredAt"),
  };
}

function idOf(id: unknown, at: MemberPath): string {
  if (isEventId(id)) return id;
  throw fault(at("id"), "an id is a canonical lower-case UUID");
}

function timeOf(time: unknown, at: MemberPath, member: string): number {
  const timeMs = eventTimeMs(time);
  if (timeMs === undefined) throw fault(at(member), "a time is a valid Date of the years 1 to 9999");
  return timeMs;
}

function versionOf(version: unknown, at: MemberPath): number {
  if (version === undefined) return 1;
  if (Number.isInteger(version) && (version as number) >= 1 && (version as number) <= VERSION_LIMIT) {
    return version as number;
  }
  throw fault(at("version"), `a version is an integer from 1 to ${VERSION_LIMIT}`);
}

/** The event's own members win; metadata of its own that is no plain object stands alone. */
function metadataOf(own: unknown, at: MemberPath, defaults: JsonObject | undefined): JsonForm {
  const form = own === undefined || own === null ? NO_METADATA : jsonFormOf(own, () => at("metadata"));
  if (defaults === undefined || (form.value !== null && !isJsonObject(form.value))) return form;
  const text = JSON.stringify({ ...defaults, ...form.value });
  return { text, value: parseJson(text) }; // a copy of its own: the defaults are those of other events too
}

/** Whether a value of JSON has members. */
export function isJsonObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fault(path: ValuePath, reason: string): InvalidEventError {
  return new InvalidEventError({ path: printPath(path), reason });
}
