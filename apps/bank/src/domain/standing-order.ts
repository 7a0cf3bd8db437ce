import { defineDecider } from "@eventfold/commands";
import { defineEvents, type EventsOf, event } from "@eventfold/events";
import { z } from "zod";
import { LARGEST_AMOUNT } from "./account.ts";
import { Refusal } from "./refusal.ts";

export const EVERY = ["day", "week", "month"] as const;
type Every = (typeof EVERY)[number];

const due = z.iso.datetime();

/** Each order has a stream of its own. */
export const standingOrderEvents = defineEvents({
  "standing-order-placed": event({
    schema: z.object({
      account: z.string(),
      order: z.string(),
      to: z.string(),
      amount: z.int().min(1).max(LARGEST_AMOUNT),
      every: z.enum(EVERY),
      from: z.iso.datetime(),
    }),
  }),
  "standing-order-due": event({ schema: z.object({ due }) }),
  "standing-order-paid": event({ schema: z.object({ due }) }),
  "standing-order-declined": event({ schema: z.object({ due, reason: z.string() }) }),
  "standing-order-cancelled": event({ schema: z.object({}) }),
});

export type StandingOrderEvents = EventsOf<typeof standingOrderEvents>;

export interface StandingOrder {
  readonly account: string;
  readonly order: string;
  readonly to: string;
  readonly amount: number;
  readonly every: Every;
  readonly from: string;
  /** How often it has fallen due. */
  readonly times: number;
  /** When it falls due next; `null` before it is placed, and once it is cancelled. */
  readonly next: string | null;
  /** The payment that is due, and neither made nor declined yet. */
  readonly due: string | null;
}

const NONE: StandingOrder = {
  account: "",
  order: "",
  to: "",
  amount: 0,
  every: "month",
  from: "",
  times: 0,
  next: null,
  due: null,
};

type Placing = Pick<StandingOrder, "account" | "order" | "to" | "amount" | "every" | "from">;

const DAY_MS = 86_400_000;

/**
 * A standing order falls due, and then is paid or declined, once for each date. Who looks for orders that fall due, and who pays, may be
 * killed at any time, and there may be several of them.
 */
export const standingOrder = defineDecider({
  name: "standing-order",
  events: standingOrderEvents,
  initialState: () => NONE,
  evolve: {
    "standing-order-placed": (state, { payload }) => ({ ...state, ...payload, next: payload.from }),
    "standing-order-due": (state, { payload }) => {
      const times = state.times + 1;
      return { ...state, times, due: payload.due, next: state.next && dateOf(state, times) };
    },
    "standing-order-paid": (state) => ({ ...state, due: null }),
    "standing-order-declined": (state) => ({ ...state, due: null }),
    "standing-order-cancelled": (state) => ({ ...state, next: null }),
  },
  decide: {
    place: ({ now, ...placing }: Placing & { readonly now: Date }, state) => {
      const { account, order, to, amount, every, from } = placing;
      if (state.order !== "") throw new Refusal("ORDER_EXISTS", `There is a standing order ${order} already.`);
      if (account === to) throw new Refusal("TRANSFER_TO_ITSELF", "An account cannot send money to itself.");
      if (Date.parse(from) < now.getTime() - DAY_MS) {
        throw new Refusal("FROM_IN_THE_PAST", "A standing order cannot begin in the past.");
      }
      return { name: "standing-order-placed", payload: { account, order, to, amount, every, from } };
    },
    "fall-due": ({ now }: { readonly now: Date }, { next, due: pending }) =>
      next !== null && pending === null && Date.parse(next) <= now.getTime()
        ? { name: "standing-order-due", payload: { due: next } }
        : [],
    /** Part of the publish that transfers the money, which an exception prevents when the payment was settled before. */
    pay: (payment: { readonly due: string }, state) => {
      checkDue(payment, state);
      return { name: "standing-order-paid", payload: { due: payment.due } };
    },
    decline: (payment: { readonly due: string; readonly reason: string }, state) => {
      checkDue(payment, state);
      return { name: "standing-order-declined", payload: { due: payment.due, reason: payment.reason } };
    },
    cancel: (_: unknown, { order, next }) => {
      if (order === "") throw new Refusal("UNKNOWN_ORDER", "There is no such standing order.");
      return next === null ? [] : { name: "standing-order-cancelled", payload: {} };
    },
  },
});

function checkDue(payment: { readonly due: string }, { due: pending }: StandingOrder): void {
  if (pending !== payment.due) throw new Refusal("NOT_DUE", `The payment of ${payment.due} is settled.`);
}

/** The date of a payment, counted from 0. A month that is too short pays on its last day. */
function dateOf({ from, every }: Pick<StandingOrder, "from" | "every">, times: number): string {
  const first = new Date(from);
  if (every !== "month") return new Date(first.getTime() + times * (every === "day" ? 1 : 7) * DAY_MS).toISOString();
  const date = new Date(first);
  date.setUTCDate(1);
  date.setUTCMonth(first.getUTCMonth() + times);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(first.getUTCDate(), lastDay));
  return date.toISOString();
}
