import type { KeyedProjector, Projection } from "@eventfold/projections";
import type { StoredEvent } from "@eventfold/store";
import type { FileEvents } from "../events/file-events.ts";

/** What a {@link KeyedFold} folds with. */
export interface KeyedFoldOptions<TState> {
  readonly projector: KeyedProjector<TState, FileEvents>;
  readonly source: { readonly kind: "category"; readonly category: string };
  /** Finds what is stored under a key. */
  readonly load: (key: string) => Promise<Projection<TState, null> | undefined>;
}

/** Projections of many keys that were folded on since they were saved last. */
export class KeyedFold<TState> {
  readonly #options: KeyedFoldOptions<TState>;
  readonly #folded = new Map<string, Projection<TState, null>>();
  readonly #seen: Projection[] = [];

  constructor(options: KeyedFoldOptions<TState>) {
    this.#options = options;
  }

  /** To be saved. */
  get folded(): readonly Projection[] {
    return [...this.#folded.values()];
  }

  /** What was stored of them. */
  get seen(): readonly Projection[] {
    return this.#seen;
  }

  get size(): number {
    return this.#folded.size;
  }

  /** Folds events onto the projections of their keys. Nothing is loaded where nothing can be stored. */
  async add(events: readonly StoredEvent<FileEvents>[], { isAnythingStored }: { readonly isAnythingStored: boolean }) {
    const { projector, source } = this.#options;
    const keys = [...new Set(events.flatMap((event) => projector.keysOf(event)))];
    const unknown = isAnythingStored ? keys.filter((key) => !this.#folded.has(key)) : [];
    const loaded = await Promise.all(unknown.map((key) => this.#load(key)));
    const known = keys.map((key) => this.#folded.get(key));
    const projections = [...loaded, ...known].filter((projection) => projection !== undefined);
    for (const changed of projector.applyMany(events, { source, projections })) this.#folded.set(changed.id, changed);
  }

  /** Forgets what was saved. */
  clear(): void {
    this.#folded.clear();
    this.#seen.length = 0;
  }

  async #load(key: string): Promise<Projection<TState, null> | undefined> {
    const stored = await this.#options.load(key);
    if (stored !== undefined) this.#seen.push(stored);
    return stored;
  }
}
