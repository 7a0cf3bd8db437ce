// Defining events
export { defineEvents } from "./define-events.ts";
export {
  type EventDefinition,
  type EventOptions,
  event,
  type FreshEventDefinition,
  type OpenEventDefinition,
  type RefusedLink,
  type Upcaster,
} from "./event-definition.ts";
export type {
  CheckedDefinitions,
  EventDefinitions,
  EventsOf,
  OldEventReaders,
  ReadEvent,
  TableOf,
} from "./event-definitions.ts";

// Codecs
export { type Codec, codec } from "./codec.ts";
export { type CodecsFor, type EachCodec, each, type ReadWith } from "./payload-codecs.ts";
export { dateCodec } from "./codecs/date-codec.ts";

// The step next to the store
export type { EventToProtect, PayloadProtection, RevealedEvents } from "./payload-protection.ts";

// Errors
export { UnknownEventError, type UnknownEventErrorOptions } from "./errors/unknown-event-error.ts";
export {
  UnknownEventVersionError,
  type UnknownEventVersionErrorOptions,
} from "./errors/unknown-event-version-error.ts";
export {
  UpcastingFailedError,
  type UpcastingFailedErrorOptions,
  type UpcastingLink,
} from "./errors/upcasting-failed-error.ts";
