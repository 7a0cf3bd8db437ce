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
  DefinitionsOf,
  EventDefinitions,
  EventDefinitionsWithoutKeys,
  RefusedDefinitions,
  EventsOf,
  OldEventReaders,
  ReadEvent,
  TableOf,
} from "./event-definitions.ts";

export { type CombinedDefinitions, combineEvents, type RefusedCombination } from "./combine-events.ts";

// Codecs
export { type Codec, codec, type JsonSchema } from "./codec.ts";
export {
  type CodecsFor,
  type EachCodec,
  each,
  type ReadWith,
  type RefusedPayload,
  type StorablePayload,
} from "./payload-codecs.ts";
export { bigintCodec } from "./codecs/bigint-codec.ts";
export { type Bytes, bytesCodec } from "./codecs/bytes-codec.ts";
export { type MapCodecs, mapCodec, setCodec } from "./codecs/collection-codecs.ts";
export { dateCodec } from "./codecs/date-codec.ts";
export { type Money, moneyCodec, type StoredMoney } from "./codecs/money-codec.ts";

// Documentation of events
export type { EventJsonSchemas, JsonSchemaOptions } from "./event-json-schemas.ts";

// Protected fields
export type { EventProtection, ProtectOptions } from "./protection/event-protection.ts";
export type { FieldPath, WithForgotten } from "./protection/field-path.ts";
export { type Forgotten, isForgotten, type Protected } from "./protection/forgotten.ts";
export { subjectTag } from "./protection/subject-tag.ts";

// Forgetting
export {
  type AffectedProjections,
  type ForgetSubjectOptions,
  type ForgottenStreams,
  type ForgottenSubject,
  forgetSubject,
  type SnapshotDeletion,
  type SnapshotsOfStreams,
} from "./forget-subject.ts";

// Keys of subjects
export { KeyStore, type KeyStoreOptions } from "./keys/key-store.ts";
export type { DataKey, KeyLookup } from "./keys/data-key.ts";
export type { KeyEncryption } from "./keys/key-encryption.ts";
export { type KeyEncryptionKeys, keyEncryptionWith } from "./keys/key-encryption-with.ts";

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
export { ForgottenSubjectError, type ForgottenSubjectErrorOptions } from "./errors/forgotten-subject-error.ts";
export {
  KeyStoreUnavailableError,
  type KeyStoreUnavailableErrorOptions,
} from "./errors/key-store-unavailable-error.ts";
export { UnreadableKeyError, type UnreadableKeyErrorOptions } from "./errors/unreadable-key-error.ts";

// The port that key storage adapters implement
export type {
  FoundKey,
  KeyAddition,
  KeyListing,
  KeyReference,
  KeyStorage,
  SecretReplacement,
  StoredKey,
  SubjectState,
  Tombstone,
} from "./keys/key-storage.ts";
export type { KeyStorageAdapter, KeyStorageCapabilities } from "./keys/key-storage-adapter.ts";
