import { dateCodec, defineEvents, event, type EventsOf } from "@eventfold/events";
import { defineProjector } from "../../../packages/projections/src/projector/define-projector.ts";
import { EventStore, nameIn, eventsMatch } from "@eventfold/store";
import { z } from "zod";
declare const store: EventStore;
const accountEvents = defineEvents({
  "account-opened": event({ schema: z.object({ owner: z.string(), openedAt: z.date() }), codecs: { openedAt: dateCodec } }),
  "money-deposited": event({ schema: z.object({ amount: z.number(), currency: z.string().default("EUR") }) }),
});
const p = defineProjector({ name: "account", events: accountEvents, initialState: () => ({ owner: "", balance: 0, since: null as Date | null }),
  handlers: {
    "account-opened": (state, { payload }) => ({ ...state, owner: payload.owner, since: payload.openedAt }),
    "money-deposited": (state, { payload }) => ({ ...state, balance: state.balance + payload.amount }),
  } });
const accounts = store.category("accounts", { events: accountEvents });
const { state } = await p.project(accounts.stream("1"));
const since: Date | null = state.since; void since;
const q = defineProjector({ name: "account", source: "category", events: accountEvents, key: (e) => e.stream, initialState: () => ({ owner: "", balance: 0 }), onUnhandledEvent: "ignore",
  handlers: { "account-opened": (state, { payload }, key) => ({ ...state, owner: payload.owner + key }) } });
const many = await q.projectMany(accounts);
many[0]!.state.owner.length;
const b = await store.boundary(eventsMatch({ names: ["money-deposited"], tags: ["x"] }), { events: accountEvents });
for (const e of b.events) if (e.name === "money-deposited") e.payload.amount.toFixed();
for await (const e of accounts.follow({ constraints: [nameIn("money-deposited")] })) if (e.name === "money-deposited") e.payload.amount.toFixed();
const m = defineProjector({ name: "account", events: accountEvents, initialState: () => 0, metadata: { initial: () => ({ n: 0 }), update: (m, e) => ({ n: m.n + e.position }) }, handlers: { "account-opened": (n) => n, "money-deposited": (n, { payload }) => n + payload.amount } });
(await m.project(accounts.stream("x"))).metadata.n.toFixed();
// @ts-expect-error missing handler
defineProjector({ name: "p", events: accountEvents, initialState: () => 0, handlers: { "money-deposited": (n, { payload }) => n + payload.amount } });
// @ts-expect-error wrong state
defineProjector({ name: "p", events: accountEvents, initialState: () => 0, handlers: { "money-deposited": (n, { payload }) => "x", "account-opened": (n) => n } });
export type T = EventsOf<typeof accountEvents>;
