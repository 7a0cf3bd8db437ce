import { MemoryEventStorageAdapter, MemoryKeyStorageAdapter } from "@eventfold/adapter-memory";
import { processCommand } from "@eventfold/commands";
import { combineEvents, KeyStore } from "@eventfold/events";
import { EventStore } from "@eventfold/store";
import { specification } from "@eventfold/testing";
import { describe, expect, it } from "vitest";
import { account, accountEvents } from "../src/domain/account.ts";
import { customerEvents, forgettingOf } from "../src/domain/customer.ts";
import { standingOrder } from "../src/domain/standing-order.ts";

const opened = {
  name: "account-opened",
  payload: { number: "GB 1", customer: "ada", owner: "Ada", city: "London" },
  tags: ["account:a", "number:GB 1", "customer:ada"],
} as const;
const deposited = (amount: number) => ({ name: "money-deposited", payload: { amount } }) as const;

describe("an account", () => {
  it("is never overdrawn", () => {
    const withdraw = { type: "withdraw", account: "a", amount: 11 } as const;
    specification(account)
      .given([opened, deposited(10)])
      .when(withdraw)
      .thenRejects("INSUFFICIENT_FUNDS");
    specification(account)
      .given([opened, deposited(10)])
      .when({ ...withdraw, amount: 10 })
      .then([{ name: "money-withdrawn", payload: { amount: 10 } }]);
  });

  it("books the difference when a booking is corrected, again and again", () => {
    const booking = "01890000-0000-7000-8000-000000000001";
    const valueDate = new Date("2026-01-01T00:00:00.000Z");
    const original = { booking, kind: "money-deposited", amount: 120, valueDate } as const;
    const corrected = (amount: number) =>
      ({ name: "booking-corrected", payload: { booking, amount, reason: "typo" }, occurredAt: valueDate }) as const;
    const correct = (amount: number) => ({ type: "correct", account: "a", original, amount, reason: "typo" }) as const;
    specification(account)
      .given([opened, deposited(120)])
      .when(correct(12))
      .then([corrected(-108)]);
    specification(account)
      .given([opened, deposited(120), corrected(-108)])
      .when(correct(20))
      .then([corrected(8)]);
    specification(account)
      .given([opened, deposited(120), corrected(-108)])
      .when(correct(12))
      .thenRejects("CORRECTION_CHANGES_NOTHING");
    specification(account)
      .given([opened, deposited(120), { name: "money-withdrawn", payload: { amount: 100 } }])
      .when(correct(12))
      .thenRejects("INSUFFICIENT_FUNDS");
  });

  it("reads deposits of the first version, in euros, as cents", async () => {
    const adapter = await MemoryEventStorageAdapter.open();
    const store = new EventStore({ adapter });
    const names = { category: "accounts", stream: "a" };
    await store.stream(names).publish({ events: [{ name: "money-deposited", payload: { euros: 10.57 } }] });
    const keys = new KeyStore({ adapter: await MemoryKeyStorageAdapter.open() });
    const [read] = await store.stream(names, { events: accountEvents.withKeys(keys) }).read();
    expect(read).toMatchObject({ payload: { amount: 1057 } });
  });
});

describe("a standing order", () => {
  const placing = { account: "a", order: "rent", to: "b", amount: 5, from: "2027-01-31T00:00:00.000Z" };
  const placed = (every: "day" | "week" | "month") =>
    ({ name: "standing-order-placed", payload: { ...placing, every } }) as const;
  const settled = (due: string) =>
    [
      { name: "standing-order-due", payload: { due } },
      { name: "standing-order-paid", payload: { due } },
    ] as const;
  const fallDue = (now: string) => ({ type: "fall-due", now: new Date(now) }) as const;

  it("falls due once for each date, and at the end of a month that is too short for its day", () => {
    const order = specification(standingOrder);
    order
      .given([placed("month")])
      .when(fallDue("2027-01-30T23:59:59Z"))
      .thenNothing();
    order
      .given([placed("month")])
      .when(fallDue("2027-06-01T00:00:00Z"))
      .then([{ name: "standing-order-due", payload: { due: "2027-01-31T00:00:00.000Z" } }]);
    order
      .given([placed("month"), ...settled("2027-01-31T00:00:00.000Z")])
      .when(fallDue("2027-06-01T00:00:00Z"))
      .then([{ name: "standing-order-due", payload: { due: "2027-02-28T00:00:00.000Z" } }]);
    order
      .given([placed("month"), ...settled("2027-01-31T00:00:00.000Z"), ...settled("2027-02-28T00:00:00.000Z")])
      .when(fallDue("2027-06-01T00:00:00Z"))
      .then([{ name: "standing-order-due", payload: { due: "2027-03-31T00:00:00.000Z" } }]);
    order
      .given([placed("week"), ...settled("2027-01-31T00:00:00.000Z")])
      .when(fallDue("2027-06-01T00:00:00Z"))
      .then([{ name: "standing-order-due", payload: { due: "2027-02-07T00:00:00.000Z" } }]);
    order
      .given([placed("day"), settled("2027-01-31T00:00:00.000Z")[0]])
      .when(fallDue("2027-06-01T00:00:00Z"))
      .thenNothing(); // it waits until it is settled
  });

  it("is settled once, and falls due no more when it was cancelled", () => {
    const due = "2027-01-31T00:00:00.000Z";
    specification(standingOrder)
      .given([placed("day"), ...settled(due)])
      .when({ type: "pay", due })
      .thenRejects("NOT_DUE");
    specification(standingOrder)
      .given([placed("day"), ...settled(due)])
      .when({ type: "decline", due, reason: "x" })
      .thenRejects("NOT_DUE");
    specification(standingOrder)
      .given([placed("day"), { name: "standing-order-cancelled", payload: {} }])
      .when(fallDue("2027-06-01T00:00:00Z"))
      .thenNothing();
    specification(standingOrder)
      .given([placed("day"), { name: "standing-order-cancelled", payload: {} }])
      .when({ type: "cancel" })
      .thenNothing();
  });
});

describe("forgetting a customer", () => {
  it("tells each account that the customer has opened", async () => {
    const store = new EventStore({ adapter: await MemoryEventStorageAdapter.open() });
    const keys = new KeyStore({ adapter: await MemoryKeyStorageAdapter.open() });
    const accounts = store.category("accounts", { events: accountEvents.withKeys(keys) });
    const everything = store.log({ events: combineEvents(customerEvents, accountEvents).withKeys(keys) });
    const forgetting = forgettingOf({ everything, accounts });
    const forgotten = { name: "customer-forgotten", payload: { customer: "ada" }, tags: ["customer:ada"] } as const;
    const target = accounts.stream("a");
    specification(forgetting).given([]).when(forgotten).then([]);
    const [given] = [{ ...opened, category: "accounts", stream: "a" }];
    specification(forgetting)
      .given([given])
      .when(forgotten)
      .then([processCommand({ decider: account, target, command: { type: "forget-owner", account: "a" } })]);
  });
});
