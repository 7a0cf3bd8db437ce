import type { SaveResult } from "@eventfold/store";
import type { StoredEvent } from "@eventfold/types";
import type { BrokenAdapter } from "../broken-adapter.ts";
import { changedAdapter } from "../changed-adapter.ts";

const never = (): Promise<never> => new Promise(() => {});

/** What never comes to an end: a suite must not wait for it, nor fill the memory. Rules 1, 3, 11, 17 and 19. */
export const neverEnding: readonly BrokenAdapter[] = [
  { rule: 1, fault: "never answers a publish", wrap: (beneath) => changedAdapter(beneath, { save: never }) },
  {
    rule: 3,
    fault: "says at once, and always, that a rival has come between",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        save: async ({ writes }): Promise<SaveResult> =>
          writes.some(({ allowed }) => allowed !== undefined)
            ? { kind: "unmet", unmet: [{ write: 0, latestPosition: 1_000 }] }
            : beneath.save({ writes }),
      }),
  },
  {
    rule: 11,
    fault: "yields its last page for ever",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        scan: async function* (source, options) {
          let last: readonly StoredEvent[] = [];
          for await (const page of beneath.scan(source, options)) {
            yield page;
            last = page;
          }
          while (last.length > 0) yield last;
        },
      }),
  },
  {
    rule: 11,
    fault: "yields empty pages for ever",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        scan: async function* (source, options) {
          yield* beneath.scan(source, options);
          for (;;) yield [];
        },
      }),
  },
  {
    rule: 17,
    fault: "lists its categories for ever",
    wrap: (beneath) =>
      changedAdapter(beneath, {
        categories: async function* () {
          for (;;) yield ["again"];
        },
      }),
  },
  { rule: 19, fault: "never ends its closing", wrap: (beneath) => changedAdapter(beneath, { close: never }) },
];
