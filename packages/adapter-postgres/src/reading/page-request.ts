import type { ScanBounds, StorageScanOptions } from "@eventfold/store/adapter";
import type { SourceIdentifier } from "@eventfold/types";

/** One page of a scan. */
export interface PageRequest {
  readonly source: SourceIdentifier;
  readonly bounds: ScanBounds;
  readonly direction: StorageScanOptions["direction"];
  readonly size: number;
}
