import { type JsonForm, printPath } from "@eventfold/store/adapter";
import {
  InvalidEventError,
  type JsonObject,
  type JsonValue,
  parseJson,
  type StoredEvent,
  UnreadableEventError,
} from "@eventfold/types";
import type { DataKey, KeyLookup } from "../keys/data-key.ts";
import type { KeyStore } from "../keys/key-store.ts";
import type { EventToProtect, PayloadProtection, RevealedEvents } from "../payload-protection.ts";
import { decryptBytes, encryptBytes, randomVectors } from "./cipher.ts";
import { PROTECTED_MEMBER } from "./event-protection.ts";
import { FieldFault, putField, type TakenFields, takeFields } from "./field-tree.ts";
import { FORGOTTEN } from "./forgotten.ts";
import { boundTo, hasProtectedMember, type ProtectedFields, parseProtectedFields } from "./protected-fields.ts";

/** Encrypts the protected fields of payloads with the keys of their subjects: one ciphertext for each event. */
export class KeyProtection implements PayloadProtection {
  readonly #keyStore: KeyStore;

  constructor(keyStore: KeyStore) {
    this.#keyStore = keyStore;
  }

  protect(events: readonly EventToProtect[]): readonly JsonForm[] | Promise<readonly JsonForm[]> {
    const subjects = events.flatMap(({ protect }) => protect?.subject ?? []);
    return subjects.length === 0 ? events.map(({ payload }) => payload) : this.#protect(events, subjects);
  }

  async #protect(events: readonly EventToProtect[], subjects: readonly string[]): Promise<readonly JsonForm[]> {
    const taken = events.map(fieldsOf); // first, so that no key is made for what cannot be stored
    const keys = new Map((await this.#keyStore.current([...new Set(subjects)])).map((key) => [key.subject, key]));
    const vectors = randomVectors(events.length);
    return events.map(({ id, payload, protect }, index) => {
      const key = keys.get(protect?.subject ?? "");
      const fields = taken[index];
      const iv = vectors[index];
      if (key === undefined || fields === undefined || iv === undefined || fields.paths.length === 0) return payload;
      return protectedForm(fields, { eventId: id, key, iv });
    });
  }

  reveal(events: readonly StoredEvent[]): RevealedEvents | Promise<RevealedEvents> {
    return events.some(({ payload }) => hasProtectedMember(payload)) ? this.#reveal(events) : { events };
  }

  async #reveal(events: readonly StoredEvent[]): Promise<RevealedEvents> {
    const stored = events.map(({ payload }) =>
      hasProtectedMember(payload) ? parseProtectedFields(payload[PROTECTED_MEMBER]) : undefined,
    );
    const references = stored.flatMap((fields) =>
      fields === undefined ? [] : { id: fields.key, subject: fields.subject },
    );
    const lookups = (await this.#keyStore.keys(references)).values();
    const revealed: StoredEvent[] = [];
    for (const [index, event] of events.entries()) {
      const fields = stored[index];
      try {
        if (fields !== undefined) revealed.push(revealedEvent(event, fields, lookups.next().value as KeyLookup));
        else if (!hasProtectedMember(event.payload)) revealed.push(event);
        else throw unreadable(event, "what is stored of its protected fields is damaged");
      } catch (error) {
        return { events: revealed, failure: { event, error } };
      }
    }
    return { events: revealed };
  }
}

/** @throws `InvalidEventError` for a payload with the member that the library keeps for itself. */
export function refuseProtectedMember({ payload: { value }, path }: Pick<EventToProtect, "payload" | "path">): void {
  if (!hasProtectedMember(value)) return;
  const reason = `the member ${PROTECTED_MEMBER} belongs to the library`;
  throw new InvalidEventError({ path: printPath([...path(), PROTECTED_MEMBER]), reason });
}

/** @throws `InvalidEventError` for a payload whose fields cannot be taken out of it. */
function fieldsOf({ payload: { value }, protect, path }: EventToProtect): TakenFields | undefined {
  if (protect === undefined) return undefined;
  try {
    return takeFields(value, protect.fields);
  } catch (error) {
    if (!(error instanceof FieldFault)) throw error;
    throw new InvalidEventError({ path: printPath([...path(), ...error.names]), reason: error.message });
  }
}

function protectedForm(
  { rest, paths, values }: TakenFields,
  { eventId, key, iv }: { readonly eventId: string; readonly key: DataKey; readonly iv: Buffer },
): JsonForm {
  const { id, subject, secret } = key;
  const head = { subject, key: id, fields: paths };
  const data = encryptBytes({ plain: JSON.stringify(values), key: secret, boundTo: boundTo(eventId, head), iv });
  const value: JsonObject = { ...rest, [PROTECTED_MEMBER]: { ...head, data } };
  return { value, text: JSON.stringify(value) };
}

function revealedEvent(event: StoredEvent, stored: ProtectedFields, lookup: KeyLookup): StoredEvent {
  const { [PROTECTED_MEMBER]: _, ...payload } = event.payload as Record<string, JsonValue>;
  const values = lookup.kind === "forgotten" ? undefined : decryptedValues(event, stored, lookup);
  try {
    for (const [index, path] of stored.fields.entries()) {
      putField(payload, path, values === undefined ? FORGOTTEN : (values[index] as JsonValue));
    }
  } catch (cause) {
    throw unreadable(event, "its payload has no place for its protected fields any more, so it was changed", cause);
  }
  return { ...event, payload };
}

function decryptedValues(
  event: StoredEvent,
  stored: ProtectedFields,
  lookup: Exclude<KeyLookup, { kind: "forgotten" }>,
): readonly JsonValue[] {
  if (lookup.kind === "unreadable") {
    throw unreadable(event, `its protected fields cannot be decrypted: ${lookup.error.reason}`, lookup.error);
  }
  try {
    const plain = decryptBytes(stored.data, lookup.key.secret, boundTo(event.id, stored));
    return parseJson(plain.toString()) as readonly JsonValue[];
  } catch (cause) {
    const reason = "its protected fields were changed, or were encrypted for another event, subject or key";
    throw unreadable(event, reason, cause);
  }
}

function unreadable(event: StoredEvent, reason: string, cause?: unknown): UnreadableEventError {
  return new UnreadableEventError({ event, reason, cause });
}
