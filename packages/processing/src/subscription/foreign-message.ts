import { eventIdFrom } from "@eventfold/store";
import { isEventId } from "@eventfold/store/adapter";
import {
  checkedName,
  type EventLocation,
  type JsonValue,
  NO_TAGS,
  type StoredEvent,
  UnreadableEventError,
} from "@eventfold/types";

/** A message of a foreign source, as it was read and before it is decoded. */
export interface ForeignMessage<TMessage> {
  /** Its place in the source: a safe integer of 1 or more. Positions rise; gaps are allowed. */
  readonly position: number;
  readonly message: TMessage;
  /**
   * Messages of one stream are handled in order, and belong to one partition. A name as that of a stream. Default: all of a source
   * are of the stream `messages`.
   */
  readonly stream?: string | undefined;
  /**
   * A lower-case UUID; if a message has another kind of id, make one from that with `eventIdFrom`. With anything else the source counts
   * as unreadable. Default: made from the source and the position.
   */
  readonly id?: string | undefined;
  /** When it came into the source. Default: now. */
  readonly observedAt?: Date | undefined;
}

/** What a message says, once it is decoded. */
export interface ForeignEvent {
  readonly name: string;
  readonly payload: JsonValue;
  /** Default: `null`. */
  readonly metadata?: JsonValue | undefined;
  /** Default: 1. */
  readonly version?: number | undefined;
  /** Default: when it was observed. */
  readonly occurredAt?: Date | undefined;
  /** What it concerns, for constraints by `taggedWith` and `eventsMatch`. Default: none. */
  readonly tags?: readonly string[] | undefined;
}

/** Decodes the messages of one source. */
export interface MessageDecoder<TMessage> {
  /** The name of the source, which is the category of its events. */
  readonly name: string;
  decode(message: TMessage): ForeignEvent;
}

/**
 * The event of a message.
 *
 * @throws `UnreadableEventError` when it cannot be decoded; `InvalidNameError` when its stream is not a valid name.
 */
export function eventOfMessage<TMessage>(
  { position, message, stream = "messages", id, observedAt = new Date() }: ForeignMessage<TMessage>,
  decoder: MessageDecoder<TMessage>,
): StoredEvent {
  const location = {
    id:
      id === undefined ? eventIdFrom("foreign-source", decoder.name, position) : checkedId(id, decoder.name, position),
    category: decoder.name,
    stream: checkedName("stream", stream),
    position,
    sequenceNumber: position,
  };
  const event = decoded(message, decoder, location);
  const { name, payload, metadata = null, version = 1, occurredAt = observedAt, tags = NO_TAGS } = event;
  return { ...location, name, payload, metadata, version, observedAt, occurredAt, tags };
}

/** @throws `TypeError` when the id of a message is not a UUID, since no checkpoint could be stored with it. */
function checkedId(id: string, source: string, position: number): string {
  if (isEventId(id)) return id;
  throw new TypeError(
    `The foreign source ${JSON.stringify(source)} must identify messages by lower-case UUIDs; make them with eventIdFrom. At position ${position} the id is something else.`,
  );
}

function decoded<TMessage>(message: TMessage, decoder: MessageDecoder<TMessage>, event: EventLocation): ForeignEvent {
  try {
    const decoded = decoder.decode(message);
    if (typeof decoded?.name === "string") return decoded;
  } catch (cause) {
    throw new UnreadableEventError({ event, reason: "decoding it failed", cause });
  }
  throw new UnreadableEventError({ event, reason: "it was decoded to something without a name" });
}
