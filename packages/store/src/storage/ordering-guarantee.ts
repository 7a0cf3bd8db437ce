/**
 * Within what scope events never appear out of order. A reader of a wider scope never skips either: it goes through a
 * read barrier.
 *
 * - `"log"`: over the whole log. One writer at a time commits.
 * - `"category"`: within each category; writers of different categories run in parallel.
 * - `"stream"`: within each stream; writers of different streams run in parallel.
 */
export type OrderingGuarantee = "log" | "category" | "stream";
