import type { OrderingGuarantee } from "@eventfold/store";

/** A text in a source, and the one that takes its place. */
export interface SourceEdit {
  readonly find: string;
  readonly replace: string;
}

/** A bug of at most two lines, put into the source of an adapter while it is loaded. */
export interface SourceBug {
  readonly adapter: "memory" | "sqlite" | "postgres";
  /** What is wrong, as a sentence about the adapter. */
  readonly fault: string;
  /** The source that it is put into, from `packages/` on. */
  readonly file: string;
  readonly edits: readonly SourceEdit[];
  /**
   * A race that lasts microseconds: it takes more load than the short programs of the model test, so it is hunted by the
   * history checker alone.
   */
  readonly needsLoad?: true;
  /** The guarantee of order under which the bug shows. Default: the adapter's own. */
  readonly orderingGuarantee?: OrderingGuarantee;
}
