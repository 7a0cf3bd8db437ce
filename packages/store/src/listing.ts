import { checkedName, type NameKind } from "@eventfold/types";
import { memberNames, withKnownMembers } from "./known-members.ts";
import { itemsOf } from "./paging.ts";
import { checkedLimit } from "./scan-options.ts";
import type { EventStorage, StorageListingOptions } from "./storage/event-storage.ts";

/** How categories or streams are listed. */
export interface ListingOptions {
  /** Only those whose name comes after this one, in code-point order. */
  readonly after?: string | undefined;
  /** The most to yield: 1 or more. Default: all. */
  readonly limit?: number | undefined;
}

/** Lists names, one by one, as identifiers. */
export async function* listed<TIdentifier>(
  storage: EventStorage,
  pages: AsyncIterable<readonly string[]>,
  identifierOf: (name: string) => TIdentifier,
): AsyncGenerator<TIdentifier, void, undefined> {
  for await (const name of itemsOf(pages, { storage, signal: undefined })) yield identifierOf(name);
}

const LISTING_OPTIONS = memberNames<ListingOptions>({ after: true, limit: true });

/**
 * @throws `InvalidNameError` when `after` is not a name; `TypeError` or `RangeError` when `limit` is not a limit, or there is no such
 * option.
 */
export function checkedListingOptions(kind: NameKind, options: ListingOptions): StorageListingOptions {
  const { after, limit } = withKnownMembers("The options of a listing", options, LISTING_OPTIONS);
  return { after: after === undefined ? undefined : checkedName(kind, after), limit: checkedLimit(limit) };
}
