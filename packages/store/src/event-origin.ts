import type { JsonObject, StoredEvent } from "@eventfold/types";

/** Where an event comes from, by convention in its metadata: plain members that any consumer can read. */
export interface EventOrigin {
  /** What the event belongs to: a request, an import, a process. All that follows from one thing has the same one. */
  readonly correlationId: string;
  /** The id of the event that it is a consequence of, if any. */
  readonly causationId?: string | undefined;
  /** Who caused it: a user, an API key, a process manager. */
  readonly actor?: string | undefined;
}

/** What can have consequences: every stored event is this, of whatever table. */
export type EventCause = Pick<StoredEvent, "id" | "metadata">;

/**
 * Where an event comes from, as its metadata says. An event without a correlation id is the first of what follows from it, so it
 * has its own id; members that are not text count as absent.
 *
 * @example
 * ```ts
 * for await (const placed of orders) {
 *   const { correlationId, actor } = originOf(placed);
 *   console.log(`${placed.name}: part of ${correlationId}, by ${actor ?? "nobody known"}`);
 * }
 * ```
 */
export function originOf({ id, metadata }: EventCause): EventOrigin {
  const causationId = textIn(metadata, "causationId");
  const actor = textIn(metadata, "actor");
  return {
    correlationId: textIn(metadata, "correlationId") ?? id,
    ...(causationId !== undefined && { causationId }),
    ...(actor !== undefined && { actor }),
  };
}

/** Metadata of an event that another one has caused. */
export interface CausedMetadata extends JsonObject {
  readonly correlationId: string;
  readonly causationId: string;
}

/**
 * The metadata for what is published in consequence of a stored event: `causationId` is the id of that event, `correlationId` what
 * that event belongs to, or else its id. The actor is not handed on, since whoever reacts to an event is usually another one.
 * Further members, such as `actor`, may be given; they win.
 *
 * @throws `TypeError` for what is not a stored event, or no object.
 *
 * @example
 * ```ts
 * for await (const placed of orders) {
 *   const metadata = causedBy(placed, { actor: "shipping" });
 *   await stream.publish({ events: [{ name: "parcel-requested", payload: { order: placed.stream }, metadata }] });
 * }
 * ```
 */
export function causedBy(event: EventCause): CausedMetadata;
export function causedBy<const TExtra extends JsonObject>(event: EventCause, extra: TExtra): CausedMetadata & TExtra;
export function causedBy(event: EventCause, extra: JsonObject = {}): CausedMetadata {
  if (typeof event?.id !== "string") throw new TypeError("causedBy takes a stored event, which has an id.");
  if (typeof extra !== "object" || extra === null || Array.isArray(extra))
    throw new TypeError("The further metadata of causedBy must be an object.");
  const { correlationId } = originOf(event);
  return { correlationId, causationId: event.id, ...extra };
}

function textIn(metadata: EventCause["metadata"], member: keyof EventOrigin): string | undefined {
  if (typeof metadata !== "object" || metadata === null || !Object.hasOwn(metadata, member)) return undefined;
  const value = (metadata as JsonObject)[member];
  return typeof value === "string" && value !== "" ? value : undefined;
}
