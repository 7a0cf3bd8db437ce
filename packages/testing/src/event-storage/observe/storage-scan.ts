import type { StorageScanOptions } from "@eventfold/store/adapter";

/** Options for a scan of the port that shows everything, but for what is given. */
export function everything(own: Partial<StorageScanOptions> = {}): StorageScanOptions {
  return { bounds: {}, direction: "forwards", limit: undefined, signal: undefined, isFollowing: false, ...own };
}
