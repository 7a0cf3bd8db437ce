import type { DataKey, KeyLookup } from "./data-key.ts";
import type { KeyReference } from "./key-storage.ts";

/** The most keys that are kept. One takes about half a kilobyte. */
const MOST_KEPT = 10_000;

/** Something that was asked for. What came is kept, unless a subject was forgotten in the meantime. */
export interface Asking {
  keepCurrent(key: DataKey): void;
  keepFound(reference: KeyReference, lookup: KeyLookup): void;
}

/** What a key store has read lately, for a limited time. */
export class RecentKeys {
  readonly #current: LimitedMap<DataKey>;
  readonly #found: LimitedMap<KeyLookup>;
  /** Raised when a subject begins to be forgotten, and when it is: answers to what was asked before may be out of date. */
  #forgets = 0;

  /** @param lifetimeMs how long after it was asked for something is used; with 0 nothing is kept. */
  constructor(lifetimeMs: number) {
    this.#current = new LimitedMap(lifetimeMs);
    this.#found = new LimitedMap(lifetimeMs);
  }

  /** The current key of each subject, `undefined` where it is not known. */
  current(subjects: readonly string[]): readonly (DataKey | undefined)[] {
    const nowMs = performance.now();
    return subjects.map((subject) => this.#current.get(subject, nowMs)?.value);
  }

  /** What was found under each reference, `undefined` where it is not known. */
  found(references: readonly KeyReference[]): readonly (KeyLookup | undefined)[] {
    const nowMs = performance.now();
    return references.map(({ id, subject }) => {
      const entry = this.#found.get(id, nowMs);
      return entry?.subject === subject ? entry.value : undefined;
    });
  }

  /** Call it before asking. */
  ask(): Asking {
    const askedAtMs = performance.now();
    const forgets = this.#forgets;
    return {
      keepCurrent: (key) => {
        if (forgets !== this.#forgets) return;
        this.#current.set(key.subject, { subject: key.subject, value: key, askedAtMs });
        this.#found.set(key.id, { subject: key.subject, value: { kind: "key", key }, askedAtMs });
      },
      keepFound: (reference, value) => {
        if (forgets !== this.#forgets) return;
        this.#found.set(reference.id, { subject: reference.subject, value, askedAtMs });
      },
    };
  }

  /** Drops what is known of subjects. Call it before they are forgotten and again after. */
  drop(subjects: ReadonlySet<string>): void {
    this.#forgets += 1;
    this.#current.drop(subjects);
    this.#found.drop(subjects);
  }
}

interface Entry<T> {
  readonly subject: string;
  readonly value: T;
  readonly askedAtMs: number;
}

/** Values by name. Each is there for a limited time, and the oldest make room for others. */
class LimitedMap<T> {
  readonly #lifetimeMs: number;
  readonly #entries = new Map<string, Entry<T>>();

  constructor(lifetimeMs: number) {
    this.#lifetimeMs = lifetimeMs;
  }

  get(name: string, nowMs: number): Entry<T> | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined || nowMs < entry.askedAtMs + this.#lifetimeMs) return entry;
    this.#entries.delete(name);
    return undefined;
  }

  set(name: string, entry: Entry<T>): void {
    if (this.#lifetimeMs === 0) return;
    this.#entries.delete(name); // so that it comes after all older ones
    this.#entries.set(name, entry);
    if (this.#entries.size <= MOST_KEPT) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  drop(subjects: ReadonlySet<string>): void {
    for (const [name, { subject }] of this.#entries) if (subjects.has(subject)) this.#entries.delete(name);
  }
}
