import type { SourceConstraint } from "@eventfold/store";
import type { SourceIdentifier, StoredEvent } from "@eventfold/types";

/** Which events of a source are folded. */
export interface ScanRequest {
  readonly constraints: readonly SourceConstraint[];
  readonly signal: AbortSignal | undefined;
}

/** A source whose types the compiler has checked, without them. */
export interface UntypedSource {
  readonly identifier: SourceIdentifier;
  scan(options: ScanRequest): AsyncIterable<StoredEvent>;
  /** The same source as it is stored. Absent: nothing else is read from it. */
  raw?(): UntypedSource;
}
