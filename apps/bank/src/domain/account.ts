import { defineDecider } from "@eventfold/commands";
import { defineEvents, type EventsOf, event } from "@eventfold/events";
import type { StoredEvent } from "@eventfold/store";
import { z } from "zod";
import { Refusal } from "./refusal.ts";

/** Money is a whole number of cents. Neither one booking nor a balance is ever so large that sums could lose a cent. */
export const LARGEST_AMOUNT = 1_000_000_000_000;
const LARGEST_BALANCE = 1_000_000_000_000_000;

const amount = z.int().min(1).max(LARGEST_AMOUNT);
const note = z.string().max(200).optional();

/** What happens to an account. `occurredAt` is the value date of a booking, `observedAt` the moment at which it was booked. */
export const accountEvents = defineEvents({
  "account-opened": event({
    schema: z.object({ number: z.string(), customer: z.string(), owner: z.string(), city: z.string() }),
    protect: { subject: ({ customer }) => customer, fields: ["owner"] },
  }),
  "owner-forgotten": event({ schema: z.object({}) }),
  // Until 2024 the bank counted in euros, with a decimal point. Those deposits stay as they were stored, and are read as cents.
  "money-deposited": event({ schema: z.object({ amount, note }) })
    .from<{ euros: number }>()
    .upcast(({ euros }) => ({ amount: Math.round(euros * 100) })),
  "money-withdrawn": event({ schema: z.object({ amount, note }) }),
  "transfer-sent": event({ schema: z.object({ to: z.string(), amount, note }) }),
  "transfer-received": event({ schema: z.object({ from: z.string(), amount, note }) }),
  // The difference to what was booked before, which may be negative. It has the value date of the booking that it corrects.
  "booking-corrected": event({ schema: z.object({ booking: z.uuid(), amount: z.int(), reason: z.string().max(200) }) }),
});

export type AccountEvents = EventsOf<typeof accountEvents>;

/** By these tags events of accounts are found whatever their streams: no two accounts have one number, or one id. */
export const accountTag = (account: string) => `account:${account}`;
export const numberTag = (number: string) => `number:${number}`;
/** By this one, all accounts of a customer. */
export const customerTag = (customer: string) => `customer:${customer}`;

interface Account {
  readonly isOpen: boolean;
  readonly number: string;
  readonly balance: number;
  /** Of its latest event: what a caller who has seen the account knows. */
  readonly position: number;
  /** By how much bookings were corrected, all corrections of one together. */
  readonly corrected: readonly { readonly booking: string; readonly by: number }[];
}

/** What commands to an account have in common. */
interface AccountCommand {
  readonly account: string;
  /** Where the account has to be for the command to be carried out. Default: anywhere. */
  readonly positions?: readonly number[] | undefined;
}

interface Booking extends AccountCommand {
  readonly amount: number;
  readonly note?: string | undefined;
  /** Default: the moment at which it is booked. */
  readonly valueDate?: Date | undefined;
}

interface Opening {
  readonly account: string;
  readonly number: string;
  readonly customer: string;
  readonly owner: string;
  readonly city: string;
}

/** A deposit or withdrawal, as it was stored. */
export interface CorrectableBooking {
  readonly booking: string;
  readonly kind: "money-deposited" | "money-withdrawn";
  readonly amount: number;
  readonly valueDate: Date;
}

/** An account is never overdrawn, whoever withdraws at once. */
export const account = defineDecider({
  name: "account",
  events: accountEvents,
  initialState: (): Account => ({ isOpen: false, number: "", balance: 0, position: -1, corrected: [] }),
  evolve: {
    "account-opened": (state, { position, payload: { number } }) => ({ ...state, isOpen: true, number, position }),
    "owner-forgotten": (state, { position }) => ({ ...state, position }),
    "money-deposited": booked,
    "money-withdrawn": booked,
    "transfer-sent": booked,
    "transfer-received": booked,
    "booking-corrected": (state, event) => {
      const { booking, amount: difference } = event.payload;
      const others = state.corrected.filter((each) => each.booking !== booking);
      const corrected = [...others, { booking, by: correctedBy(state, booking) + difference }];
      return { ...booked(state, event), corrected };
    },
  },
  decide: {
    /** Decided on the boundary of all accounts with this number or this id, of which there must be none. */
    open: ({ account: id, number, customer, owner, city }: Opening, state) => {
      if (state.isOpen && state.number === number) throw new Refusal("NUMBER_TAKEN", `The number ${number} is taken.`);
      if (state.isOpen) throw new Refusal("ACCOUNT_EXISTS", `There is an account ${id} already.`);
      return {
        name: "account-opened",
        payload: { number, customer, owner, city },
        tags: [accountTag(id), numberTag(number), customerTag(customer)],
      };
    },
    deposit: (command: Booking, state) => {
      checkAccount(command, state);
      checkBalanceAfter(command.amount, state);
      return { name: "money-deposited", payload: bookedBy(command), occurredAt: command.valueDate };
    },
    withdraw: (command: Booking, state) => {
      checkAccount(command, state);
      checkBalanceAfter(-command.amount, state);
      return { name: "money-withdrawn", payload: bookedBy(command), occurredAt: command.valueDate };
    },
    send: (command: Booking & { readonly to: string }, state) => {
      checkAccount(command, state);
      checkBalanceAfter(-command.amount, state);
      const payload = { ...bookedBy(command), to: command.to };
      return { name: "transfer-sent", payload, occurredAt: command.valueDate };
    },
    receive: (command: Booking & { readonly from: string }, state) => {
      if (!state.isOpen) throw new Refusal("UNKNOWN_RECIPIENT", `There is no account ${command.account}.`);
      checkBalanceAfter(command.amount, state);
      const payload = { ...bookedBy(command), from: command.from };
      return { name: "transfer-received", payload, occurredAt: command.valueDate };
    },
    /** Books the difference between what a booking amounts to and what it should have been. */
    correct: (
      command: AccountCommand & {
        readonly original: CorrectableBooking;
        readonly amount: number;
        readonly reason: string;
      },
      state,
    ) => {
      checkAccount(command, state);
      const { booking, kind, valueDate, ...original } = command.original;
      const sign = kind === "money-deposited" ? 1 : -1;
      const difference = sign * (command.amount - original.amount) - correctedBy(state, booking);
      if (difference === 0) {
        throw new Refusal("CORRECTION_CHANGES_NOTHING", `The booking amounts to ${command.amount} cents already.`);
      }
      checkBalanceAfter(difference, state);
      const payload = { booking, amount: difference, reason: command.reason };
      return { name: "booking-corrected", payload, occurredAt: valueDate };
    },
    "forget-owner": (_: AccountCommand, { isOpen }) => (isOpen ? { name: "owner-forgotten", payload: {} } : []),
  },
});

/** By how much an event changes the balance, in cents. */
export function changeOf(event: StoredEvent<AccountEvents>): number {
  switch (event.name) {
    case "money-deposited":
    case "transfer-received":
    case "booking-corrected":
      return event.payload.amount;
    case "money-withdrawn":
    case "transfer-sent":
      return -event.payload.amount;
    default:
      return 0;
  }
}

function booked(state: Account, event: StoredEvent<AccountEvents>): Account {
  return { ...state, position: event.position, balance: state.balance + changeOf(event) };
}

function correctedBy({ corrected }: Account, booking: string): number {
  return corrected.find((each) => each.booking === booking)?.by ?? 0;
}

function bookedBy({ amount, note }: Booking) {
  return note === undefined ? { amount } : { amount, note };
}

function checkAccount({ account: id, positions }: AccountCommand, { isOpen, position }: Account): void {
  if (!isOpen) throw new Refusal("UNKNOWN_ACCOUNT", `There is no account ${id}.`);
  if (positions === undefined || positions.includes(position)) return;
  throw new Refusal("POSITION_MOVED", `The account ${id} is at position ${position} by now.`, { position });
}

function checkBalanceAfter(difference: number, { balance }: Account): void {
  if (balance + difference < 0) {
    throw new Refusal("INSUFFICIENT_FUNDS", `The balance of ${balance} cents is less than ${-difference}.`, {
      balance,
    });
  }
  if (balance + difference > LARGEST_BALANCE) {
    throw new Refusal("BALANCE_TOO_HIGH", `No balance may be above ${LARGEST_BALANCE} cents.`, { balance });
  }
}
