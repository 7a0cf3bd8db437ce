import { type EventDefinitions, isForgotten } from "@eventfold/events";
import { defineProjector, projectorFor } from "@eventfold/projections";
import { filter, foldCase, type QueryDocument, type SearchQuery, sortBy } from "@eventfold/query";
import type { StoredEvent } from "@eventfold/store";
import { type AccountEvents, changeOf } from "../domain/account.ts";

/** What is booked on an account. Kept up to date in the transaction of each publish, so it is never behind. */
export function balanceProjector(events: EventDefinitions<AccountEvents>) {
  return defineProjector({
    name: "balance",
    events,
    initialState: () => ({ number: "", customer: "", city: "", balance: 0, position: -1 }),
    handlers: {
      "account-opened": (state, { position, payload: { number, customer, city } }) => ({
        ...state,
        ...{ number, customer, city, position },
      }),
      "owner-forgotten": booked,
      "money-deposited": booked,
      "money-withdrawn": booked,
      "transfer-sent": booked,
      "transfer-received": booked,
      "booking-corrected": booked,
    },
  });
}

export type BalanceProjector = ReturnType<typeof balanceProjector>;

function booked<TState extends { readonly balance: number }>(state: TState, event: StoredEvent<AccountEvents>) {
  return { ...state, balance: state.balance + changeOf(event), position: event.position };
}

/** An account as it is searched for. */
export interface ListedAccount {
  readonly number: string;
  readonly customer: string;
  /** `null` once the customer was forgotten. */
  readonly owner: string | null;
  /** The owner with capitals and small letters made alike. */
  readonly foldedOwner: string;
  readonly city: string;
  readonly balance: number;
  readonly position: number;
}

/** All accounts, to be searched; kept up to date in the background. */
export const listingProjector = projectorFor<ListedAccount, AccountEvents>()({
  name: "listing",
  initialState: () => ({
    ...{ number: "", customer: "", owner: null, foldedOwner: "", city: "" },
    ...{ balance: 0, position: -1 },
  }),
  handlers: {
    "account-opened": (state, { position, payload: { owner: given, ...opened } }) => {
      const owner = isForgotten(given) ? null : given;
      return { ...state, ...opened, owner, foldedOwner: foldCase(owner ?? ""), position };
    },
    "owner-forgotten": (state, { position }) => ({ ...state, owner: null, foldedOwner: "", position }),
    "money-deposited": booked,
    "money-withdrawn": booked,
    "transfer-sent": booked,
    "transfer-received": booked,
    "booking-corrected": booked,
  },
});

/** What accounts are searched by. */
export interface AccountSearch {
  /** A part of the name, whatever its capitals. */
  readonly owner?: string | undefined;
  readonly city?: string | undefined;
  /** The least balance. */
  readonly min?: number | undefined;
}

type ListingQuery = SearchQuery<QueryDocument<ListedAccount>>;

/** The accounts that are searched for, by number. */
export function accountQuery({ owner, city, min }: AccountSearch): ListingQuery {
  return {
    filters: [
      ...(owner === undefined ? [] : [filter("state.foldedOwner", "contains_text", foldCase(owner))]),
      ...(city === undefined ? [] : [filter("state.city", "equal", city)]),
      ...(min === undefined ? [] : [filter("state.balance", "greater_than_or_equal", min)]),
    ],
    sort: [sortBy("state.number")],
  };
}

/** The richest first. */
export const RICH_LIST: ListingQuery = { filters: [], sort: [sortBy("state.balance", "desc")] };

/** What was booked with value dates of one month, in cents. */
interface MonthlyReport {
  readonly deposits: number;
  readonly withdrawals: number;
  readonly transfers: number;
  /** By how much corrections changed balances. */
  readonly corrections: number;
  /** How many bookings. The two sides of a transfer count once. */
  readonly count: number;
}

/** Of a month in which nothing was booked. */
export const EMPTY_REPORT: MonthlyReport = { deposits: 0, withdrawals: 0, transfers: 0, corrections: 0, count: 0 };

/** One report for each month, such as `2026-11`. A correction belongs to the month of what it corrects, so old reports change. */
export const reportProjector = projectorFor<MonthlyReport, AccountEvents>()({
  name: "monthly-report",
  source: "category",
  key: ({ name, occurredAt }) => (COUNTED.has(name) ? occurredAt.toISOString().slice(0, 7) : undefined),
  initialState: () => EMPTY_REPORT,
  handlers: {
    "account-opened": (report) => report,
    "owner-forgotten": (report) => report,
    "money-deposited": (report, event) => counted(report, "deposits", event),
    "money-withdrawn": (report, event) => counted(report, "withdrawals", event),
    "transfer-sent": (report, event) => counted(report, "transfers", event),
    "transfer-received": (report) => report,
    "booking-corrected": (report, event) => ({
      ...report,
      corrections: report.corrections + changeOf(event),
      count: report.count + 1,
    }),
  },
});

const COUNTED = new Set(["money-deposited", "money-withdrawn", "transfer-sent", "booking-corrected"]);

function counted(
  report: MonthlyReport,
  kind: "deposits" | "withdrawals" | "transfers",
  event: StoredEvent<AccountEvents>,
): MonthlyReport {
  return { ...report, [kind]: report[kind] + Math.abs(changeOf(event)), count: report.count + 1 };
}
