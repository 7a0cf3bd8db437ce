import { setImmediate as yieldToOthers } from "node:timers/promises";
import type { Projection, ProjectionStore } from "@eventfold/projections";
import type { StoredEvent } from "@eventfold/types";
import type { EventFold } from "../subscription/folding-handler.ts";
import { estimatedBytes } from "../work/estimated-bytes.ts";
import type { ProjectionFold } from "./projection-fold.ts";

/** How much memory is used at most. */
export interface FoldLimits {
  /** The number of projections that may wait to be saved. */
  readonly unsaved: number;
  /** The approximate number of bytes that may be kept, saved or not. */
  readonly bytes: number;
}

/** What a partition folds, and where it is stored. */
export interface PartitionFoldOptions {
  readonly fold: ProjectionFold;
  readonly store: ProjectionStore;
  readonly limits: FoldLimits;
}

/** A projection in memory. */
interface Kept {
  readonly projection: Projection;
  /** As it was last seen in the store. */
  stored: Projection | undefined;
  readonly bytes: number;
}

/** How many events are folded at once at most, and also as long as the size of their projections is unknown. */
const LARGEST_BATCH = 1_000;
const FIRST_BATCH = 20;

/** A driver that works synchronously lets nothing else run while it saves. */
const SAVED_AT_ONCE = 1_000;

/** A part of the memory, for the projections of one batch. */
const BATCH_SHARE = 1 / 4;

/**
 * Folds the events of one partition, and keeps projections in memory between batches. When there is no more room, it drops saved
 * projections, the least recently used first.
 */
export class PartitionFold implements EventFold {
  readonly #options: PartitionFoldOptions;
  /** Those that were used least recently come first. */
  readonly #kept = new Map<string, Kept>();
  readonly #unsaved = new Set<string>();
  #bytes = 0;

  constructor(options: PartitionFoldOptions) {
    this.#options = options;
  }

  get batchSize(): number {
    if (this.#kept.size === 0) return FIRST_BATCH;
    const share = this.#options.limits.bytes * BATCH_SHARE;
    return Math.max(1, Math.min(LARGEST_BATCH, Math.floor((share * this.#kept.size) / this.#bytes)));
  }

  get isFull(): boolean {
    const { unsaved, bytes } = this.#options.limits;
    return this.#unsaved.size >= unsaved || this.#bytes > bytes;
  }

  async fold(events: readonly StoredEvent[]): Promise<void> {
    const { fold } = this.#options;
    const keys = new Set<string>();
    for (const event of events) for (const key of fold.keysOf(event)) keys.add(key);
    const before = await this.#projectionsOf(keys);
    for (const [key, projection] of fold.apply(events, before)) {
      this.#keep(key, { projection, stored: this.#kept.get(key)?.stored });
      this.#unsaved.add(key);
    }
    this.#makeRoom(this.#options.limits.bytes);
  }

  async save(transaction?: object): Promise<void> {
    const { store } = this.#options;
    const unsaved = [...this.#unsaved].flatMap((key) => this.#kept.get(key) ?? []);
    const moved = unsaved.flatMap(({ projection, stored }) => (stored && stored.id !== projection.id ? stored : []));
    if (moved.length > 0 && transaction === undefined) throw movedError(moved);
    const target = transaction === undefined ? store : store.within(transaction);
    for (const { name, projectorVersion, id } of moved) await target.delete({ name, projectorVersion, id });
    for (let saved = 0; saved < unsaved.length; saved += SAVED_AT_ONCE) {
      if (saved > 0) await yieldToOthers();
      const part = unsaved.slice(saved, saved + SAVED_AT_ONCE);
      const unchangedSince = part.flatMap(({ stored }) => stored ?? []);
      await target.saveMany(
        part.map(({ projection }) => projection),
        { unchangedSince },
      );
    }
  }

  noteSaved(): void {
    for (const key of this.#unsaved) {
      const kept = this.#kept.get(key);
      if (kept !== undefined) kept.stored = kept.projection;
    }
    this.#unsaved.clear();
    if (this.#bytes > this.#options.limits.bytes) this.#makeRoom(this.#options.limits.bytes / 2);
  }

  forget(): void {
    this.#kept.clear();
    this.#unsaved.clear();
    this.#bytes = 0;
  }

  /** The projections of some keys, as far as there are any; those that are not in memory are loaded. */
  async #projectionsOf(keys: ReadonlySet<string>): Promise<ReadonlyMap<string, Projection>> {
    const missing = [...keys].filter((key) => !this.#kept.has(key));
    const loaded = missing.length === 0 ? undefined : await this.#options.fold.load(missing);
    const projections = new Map<string, Projection>();
    for (const key of keys) {
      const kept = this.#kept.get(key);
      const projection = kept?.projection ?? loaded?.get(key);
      if (projection === undefined) continue;
      projections.set(key, projection);
      if (kept === undefined) this.#keep(key, { projection, stored: projection });
    }
    return projections;
  }

  /** Keeps a projection as the one that was used last. */
  #keep(key: string, { projection, stored }: Omit<Kept, "bytes">): void {
    this.#drop(key);
    const { state, metadata } = projection;
    const bytes = estimatedBytes([state, metadata], this.#options.limits.bytes);
    this.#kept.set(key, { projection, stored, bytes });
    this.#bytes += bytes;
  }

  #drop(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
  }

  /** Drops what is saved, the least recently used first, until no more than so many bytes are left. */
  #makeRoom(bytes: number): void {
    for (const key of this.#kept.keys()) {
      if (this.#bytes <= bytes) return;
      if (!this.#unsaved.has(key)) this.#drop(key);
    }
  }
}

function movedError([first]: readonly Projection[]): TypeError {
  const { name, id } = first ?? { name: "", id: "" };
  return new TypeError(
    `The projection ${JSON.stringify(id)} of ${JSON.stringify(name)} gets another id, and what is stored under the old one has to go in the same transaction: give projectionSubscription the "transactions" of the event adapter.`,
  );
}
