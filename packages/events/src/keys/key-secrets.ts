import { createSecretKey, randomBytes, randomUUID } from "node:crypto";
import { UnreadableKeyError } from "../errors/unreadable-key-error.ts";
import type { DataKey } from "./data-key.ts";
import type { KeyEncryption } from "./key-encryption.ts";
import type { KeyReference, SecretReplacement, StoredKey } from "./key-storage.ts";

const KEY_BYTES = 32;

/** How keys are made, and how their secrets are written where they are stored. */
export class KeySecrets {
  readonly #encryption: KeyEncryption | undefined;
  readonly #acceptsUnencrypted: boolean;

  /** @param acceptsUnencrypted whether keys may be stored without encryption although there is one. */
  constructor(encryption: KeyEncryption | undefined, acceptsUnencrypted: boolean) {
    this.#encryption = encryption;
    this.#acceptsUnencrypted = acceptsUnencrypted;
  }

  /** Whether new keys are encrypted. */
  get areEncrypted(): boolean {
    return this.#encryption !== undefined;
  }

  /** Makes a random key, written as it is to be stored. */
  async make(subject: string): Promise<StoredKey> {
    const reference: KeyReference = { id: randomUUID(), subject };
    return { ...reference, ...(await this.#written(randomBytes(KEY_BYTES), reference)) };
  }

  /**
   * Reads a key as it is stored.
   *
   * @throws `UnreadableKeyError` (`UNREADABLE_KEY`) when it cannot be used; what the encryption rejects with.
   */
  async read(stored: StoredKey): Promise<DataKey> {
    const { id, subject, encryptedWith } = stored;
    if (encryptedWith === undefined && this.#encryption !== undefined && !this.#acceptsUnencrypted) {
      throw unreadable(
        stored,
        "it is stored without encryption, although there is a key-encryption key; see `acceptUnencrypted`",
      );
    }
    return { id, subject, secret: createSecretKey(await this.#bytesOf(stored)) };
  }

  /**
   * A stored key, written as a new one would be; `undefined` when it is already.
   *
   * @throws as {@link KeySecrets.read}.
   */
  async rewrite(stored: StoredKey): Promise<SecretReplacement | undefined> {
    const { id, subject, secret: was, encryptedWith } = stored;
    if (encryptedWith === this.#encryption?.current) return undefined;
    return { id, subject, was, ...(await this.#written(await this.#bytesOf(stored), { id, subject })) };
  }

  async #written(bytes: Uint8Array, key: KeyReference): Promise<Pick<StoredKey, "secret" | "encryptedWith">> {
    if (this.#encryption === undefined)
      return { secret: Buffer.from(bytes).toString("base64"), encryptedWith: undefined };
    const { current } = this.#encryption; // before the encryption: it may have changed after
    return { secret: await this.#encryption.encrypt(bytes, key), encryptedWith: current };
  }

  async #bytesOf(stored: StoredKey): Promise<Uint8Array> {
    const { id, subject, secret, encryptedWith } = stored;
    const bytes =
      encryptedWith === undefined
        ? Buffer.from(secret, "base64")
        : await this.#decrypted({ id, subject }, secret, encryptedWith);
    if (bytes.byteLength === KEY_BYTES) return bytes;
    throw unreadable(
      stored,
      `it must have ${KEY_BYTES} bytes, but it has ${bytes.byteLength}: what is stored was changed`,
    );
  }

  async #decrypted(key: KeyReference, secret: string, encryptedWith: string): Promise<Uint8Array> {
    if (this.#encryption !== undefined) return this.#encryption.decrypt(secret, key, encryptedWith);
    throw unreadable(
      key,
      `it is encrypted with the key-encryption key ${JSON.stringify(encryptedWith)}, and the key store has none`,
    );
  }
}

function unreadable({ id, subject }: KeyReference, reason: string): UnreadableKeyError {
  return new UnreadableKeyError({ key: id, subject, reason });
}
