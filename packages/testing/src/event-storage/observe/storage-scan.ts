import type { StorageScanOptions } from "@eventfold/store/adapter";

/** Options for a scan of the port: everything, unless the given options narrow it. */
export function everything(own: Partial<StorageScanOptions> = {}): StorageScanOptions {
  return { bounds: {}, direction: "forwards", limit: undefined, signal: undefined, isFollowing: false, ...own };
}
