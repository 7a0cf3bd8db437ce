import type { KeyReference } from "./key-storage.ts";

/**
 * Encrypts the keys of subjects before they are stored, so that whoever reads the storage of the keys alone can read nothing. Make one from
 * keys of your own with {@link keyEncryptionWith}, or implement it on the service that keeps your keys.
 *
 * What it rejects with is taken for an outage, to be tried again; for what no repetition helps, let it throw `UnreadableKeyError`.
 */
export interface KeyEncryption {
  /** The name of the key-encryption key that {@link KeyEncryption.encrypt} uses: stored beside each key, at most 255 characters. */
  readonly current: string;

  /** Encrypts the 32 bytes of a key. The result, at most 8,192 characters of ASCII, should be bound to the key's id and subject. */
  encrypt(secret: Uint8Array, key: KeyReference): Promise<string>;

  /**
   * Decrypts what a key-encryption key, the current one or a former one, has encrypted.
   *
   * @param encryptedWith - the name of that key-encryption key.
   */
  decrypt(encrypted: string, key: KeyReference, encryptedWith: string): Promise<Uint8Array>;
}
