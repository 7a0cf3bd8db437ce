import { dateCodec, defineEvents, event } from "@eventfold/events";
import { z } from "zod";

/** The payloads that earlier releases stored under names that are no longer written. */
export type OldAccountEvents = {
  deposited: { readonly euros: number };
  "opened-with": { readonly owner: string; readonly euros: number };
  "statement-printed": { readonly pages: number };
};

/**
 * Events of accounts with a history: `money-deposited` is at its third version, `deposited` was renamed, `opened-with` is
 * now read as two events, and `statement-printed` as none.
 */
export const accountEvents = defineEvents({
  "account-opened": event({
    schema: z.object({ owner: z.string(), openedAt: z.date() }),
    codecs: { openedAt: dateCodec },
  }),
  "money-deposited": event({
    schema: z.object({ amount: z.number().positive(), currency: z.string().default("EUR") }),
  })
    .from<{ cents: number }>()
    .upcastTo((v1) => ({ amount: v1.cents / 100 }))
    .upcast((v2) => ({ ...v2, currency: "EUR" })),
}).reading<OldAccountEvents>({
  deposited: ({ payload }) => [{ name: "money-deposited", payload: { amount: payload.euros, currency: "EUR" } }],
  "opened-with": ({ payload, occurredAt }) => [
    { name: "account-opened", payload: { owner: payload.owner, openedAt: occurredAt } },
    { name: "money-deposited", payload: { amount: payload.euros, currency: "EUR" } },
  ],
  "statement-printed": () => [],
});

/** What earlier releases have published. */
export const HISTORY = [
  { name: "opened-with", payload: { owner: "Ada", euros: 10 } },
  { name: "statement-printed", payload: { pages: 2 } },
  { name: "money-deposited", payload: { cents: 250 } },
  { name: "money-deposited", payload: { amount: 3 }, version: 2 },
  { name: "deposited", payload: { euros: 4 } },
  { name: "statement-printed", payload: { pages: 1 } },
];
