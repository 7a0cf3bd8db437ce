import type { KeyObject } from "node:crypto";
import type { UnreadableKeyError } from "../errors/unreadable-key-error.ts";

/** A key that fields are encrypted with. Printing it, or writing it as JSON, does not show it. */
export interface DataKey {
  readonly id: string;
  readonly subject: string;
  readonly secret: KeyObject;
}

/** What a key store has under a reference. */
export type KeyLookup =
  | { readonly kind: "key"; readonly key: DataKey }
  | { readonly kind: "forgotten" }
  /** There is no such key, or it cannot be used. */
  | { readonly kind: "unreadable"; readonly error: UnreadableKeyError };
