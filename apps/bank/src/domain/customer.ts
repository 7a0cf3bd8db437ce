import { defineDecider, processCommand, processManager } from "@eventfold/commands";
import { defineEvents, type EventsOf, event } from "@eventfold/events";
import type { EventCategory, EventLog } from "@eventfold/store";
import { z } from "zod";
import { type AccountEvents, account, customerTag } from "./account.ts";
import { Refusal } from "./refusal.ts";

/** Name and address are stored encrypted by a key of the customer, and cannot be read once that is deleted. */
export const customerEvents = defineEvents({
  "customer-registered": event({
    schema: z.object({ customer: z.string(), name: z.string(), email: z.email(), city: z.string() }),
    protect: { subject: ({ customer }) => customer, fields: ["name", "email"] },
  }),
  "customer-forgotten": event({ schema: z.object({ customer: z.string() }) }),
});

export type CustomerEvents = EventsOf<typeof customerEvents>;

interface Registration {
  readonly customer: string;
  readonly name: string;
  readonly email: string;
  readonly city: string;
}

export const customer = defineDecider({
  name: "customer",
  events: customerEvents,
  initialState: () => ({ isRegistered: false, isForgotten: false }),
  evolve: {
    "customer-registered": (state) => ({ ...state, isRegistered: true }),
    "customer-forgotten": (state) => ({ ...state, isForgotten: true }),
  },
  decide: {
    register: ({ customer: id, name, email, city }: Registration, { isRegistered }) => {
      if (isRegistered) throw new Refusal("CUSTOMER_EXISTS", `There is a customer ${id} already.`);
      return { name: "customer-registered", payload: { customer: id, name, email, city } };
    },
    forget: ({ customer: id }: { readonly customer: string }, { isRegistered, isForgotten }) => {
      if (!isRegistered) throw new Refusal("UNKNOWN_CUSTOMER", `There is no customer ${id}.`);
      return isForgotten ? [] : { name: "customer-forgotten", payload: { customer: id }, tags: [customerTag(id)] };
    },
  },
});

/** Tells every account of a forgotten customer, so that read models drop the name which they have copied from the event. */
export function forgettingOf(bank: {
  readonly everything: EventLog<CustomerEvents & AccountEvents>;
  readonly accounts: EventCategory<AccountEvents>;
}) {
  return processManager({
    name: "forgetting",
    source: bank.everything,
    processTag: ({ tags }) => tags.find((tag) => tag.startsWith(customerTag(""))),
    initialState: () => ({ accounts: [] as readonly string[] }),
    evolve: {
      "account-opened": ({ accounts }, { stream }) => ({ accounts: [...accounts, stream] }),
    },
    on: {
      "customer-forgotten": (_, { accounts }) =>
        accounts.map((id) =>
          processCommand({
            decider: account,
            target: bank.accounts.stream(id),
            command: { type: "forget-owner", account: id },
          }),
        ),
    },
  });
}
