import { createSecretKey, type KeyObject } from "node:crypto";
import { UnreadableKeyError } from "../errors/unreadable-key-error.ts";
import { decryptBytes, encryptBytes, randomVectors } from "../protection/cipher.ts";
import type { KeyEncryption } from "./key-encryption.ts";
import type { KeyReference } from "./key-storage.ts";

/** Key-encryption keys that a process holds itself. */
export interface KeyEncryptionKeys {
  /** The name of the one that encrypts. */
  readonly current: string;
  /** Each by its name, 32 random bytes: the current one, and former ones for as long as something is encrypted with them. */
  readonly keys: Readonly<Record<string, Uint8Array>>;
}

/**
 * Encrypts the keys of subjects with AES-256-GCM and key-encryption keys of your own, from a secret of the deployment for example.
 *
 * To change the key-encryption key: give every process the new one in `keys`; when all have it, make it the `current` one; when all have
 * done so, call `KeyStore.encryptKeys` once; then take the old one away.
 *
 * @throws `TypeError` when a key does not have 32 bytes, a name is empty or longer than 255 characters, or there is no key for `current`.
 *
 * @example
 * ```ts
 * const keyEncryption = keyEncryptionWith({
 *   current: "2026",
 *   keys: { "2026": Buffer.from(process.env.KEY_2026 ?? "", "base64"), "2025": Buffer.from(process.env.KEY_2025 ?? "", "base64") },
 * });
 * ```
 */
export function keyEncryptionWith({ current, keys: given }: KeyEncryptionKeys): KeyEncryption {
  const keys = new Map(Object.entries(given).map(([name, bytes]) => [checkedKeyName(name), keyOf(name, bytes)]));
  const currentKey = keys.get(current);
  if (currentKey === undefined) throw new TypeError(`keys has no key-encryption key named ${JSON.stringify(current)}.`);
  return Object.freeze<KeyEncryption>({
    current,
    encrypt: async (plain, key) => {
      const [iv] = randomVectors(1) as [Buffer];
      return encryptBytes({ plain, key: currentKey, boundTo: boundTo(key, current), iv });
    },
    decrypt: async (encrypted, key, encryptedWith) => {
      const known = keys.get(encryptedWith);
      if (known === undefined) {
        const reason = `it is encrypted with the key-encryption key ${JSON.stringify(encryptedWith)}, which was not given`;
        throw unreadable(key, reason);
      }
      try {
        return decryptBytes(encrypted, known, boundTo(key, encryptedWith));
      } catch (cause) {
        const reason = `the key-encryption key ${JSON.stringify(encryptedWith)} does not decrypt it: another key has that name, or what is stored was changed`;
        throw unreadable(key, reason, cause);
      }
    },
  });
}

/** Binds an encrypted key to whose it is, so that it is of no use in the place of another one. */
function boundTo({ id, subject }: KeyReference, encryptedWith: string): string {
  return JSON.stringify(["eventfold key", id, subject, encryptedWith]);
}

function checkedKeyName(name: string): string {
  if (name.length >= 1 && name.length <= 255 && name.isWellFormed() && !name.includes("\0")) return name;
  throw new TypeError(`The name of a key-encryption key must have 1 to 255 characters, got ${name.length}.`);
}

function keyOf(name: string, bytes: unknown): KeyObject {
  if (bytes instanceof Uint8Array && bytes.byteLength === 32) return createSecretKey(bytes);
  const got = bytes instanceof Uint8Array ? `${bytes.byteLength} bytes` : typeof bytes;
  throw new TypeError(`The key-encryption key ${JSON.stringify(name)} must have 32 bytes, got ${got}.`);
}

function unreadable({ id, subject }: KeyReference, reason: string, cause?: unknown): UnreadableKeyError {
  return new UnreadableKeyError({ key: id, subject, reason, cause });
}
