import { callAside } from "@eventfold/types";

/** How far a walk along a log has come. */
export interface TransferProgress {
  /** How many events it has dealt with so far. */
  readonly events: number;
  /** The sequence number up to which, inclusive, it has dealt with them. What was stored up to there stays. */
  readonly upTo: number;
  /** The sequence number at which it will end, as far as is known. */
  readonly until: number;
}

/** What every walk along a log can be given. */
export interface TransferOptions {
  /** Is told after each batch, and where events are stored once more at their end, how far the work has come. What it throws is ignored. */
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
  /** When it is aborted, the call rejects with its reason, soon. `onProgress` has said what was done until then. */
  readonly signal?: AbortSignal | undefined;
}

/** Tells a listener, if there is one, how far the work has come. */
export function reportProgress({ onProgress }: TransferOptions, progress: TransferProgress): void {
  if (onProgress !== undefined) callAside(() => onProgress(progress));
}
