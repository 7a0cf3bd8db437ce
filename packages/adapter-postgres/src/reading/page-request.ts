import type { ScanBounds, StorageScanOptions } from "@eventfold/store/adapter";
import type { SourceIdentifier } from "@eventfold/types";

/** How events are wanted as texts. */
export interface TextsRequest {
  /** To how many code points payloads and metadata are cut; `undefined`: not at all. */
  readonly maxTextLength: number | undefined;
}

/** One page of a scan. */
export interface PageRequest {
  readonly source: SourceIdentifier;
  readonly bounds: ScanBounds;
  readonly direction: StorageScanOptions["direction"];
  readonly size: number;
  /** Events as texts are wanted, of the library's own categories too. Default: events of callers' categories. */
  readonly texts?: TextsRequest | undefined;
}
