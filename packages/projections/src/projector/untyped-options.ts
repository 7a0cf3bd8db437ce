import type { SourceConstraint } from "@eventfold/store";
import type { SnapshotOptions } from "./snapshot-options.ts";

/** Options whose types the compiler has checked, without them. */
export interface UntypedOptions<TFrom> {
  readonly constraints?: readonly SourceConstraint[] | undefined;
  readonly from?: TFrom | undefined;
  readonly snapshots?: SnapshotOptions | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly order?: string | undefined;
}
