import type { JsonObject, JsonValue } from "@eventfold/types";
import { PROTECTED_MEMBER } from "./event-protection.ts";

/** What is stored of the protected fields of an event, as the member `$protected` of its payload. */
export interface ProtectedFields {
  readonly subject: string;
  /** The id of the key. */
  readonly key: string;
  /** The paths of the fields that were there, in the order of their values. */
  readonly fields: readonly string[];
  /** A JSON array of the values, encrypted: in base64 the vector of 12 bytes, the ciphertext, and the tag of 16 bytes. */
  readonly data: string;
}

/** Whether a payload has the member that the library keeps for itself. */
export function hasProtectedMember(payload: unknown): payload is JsonObject {
  return typeof payload === "object" && payload !== null && Object.hasOwn(payload, PROTECTED_MEMBER);
}

/** What is stored of protected fields; `undefined` when it is damaged. */
export function parseProtectedFields(value: JsonValue | undefined): ProtectedFields | undefined {
  const { subject, key, fields, data } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof subject !== "string" || typeof key !== "string" || typeof data !== "string") return undefined;
  if (!Array.isArray(fields) || fields.length === 0 || !fields.every((path) => typeof path === "string"))
    return undefined;
  return { subject, key, fields, data };
}

/**
 * What a ciphertext is bound to: in another event, or with another subject, key or list of fields, it cannot be decrypted.
 */
export function boundTo(eventId: string, { subject, key, fields }: Omit<ProtectedFields, "data">): string {
  return JSON.stringify([eventId, subject, key, fields]);
}
