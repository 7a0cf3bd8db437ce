import type { OpenStorage } from "@eventfold/databases";
import { EventStore, type Logger } from "@eventfold/store";
import { type Bank, openBank } from "./bank.ts";

const DAY_MS = 86_400_000;
const DAYS = 90;

const CUSTOMERS = [
  { customer: "ada", name: "Ada Lovelace", email: "ada@example.com", city: "London" },
  { customer: "alan", name: "Alan Turing", email: "alan@example.com", city: "London" },
  { customer: "chien", name: "Chien-Shiung Wu", email: "wu@example.com", city: "New York" },
  { customer: "emmy", name: "Emmy Noether", email: "emmy@example.com", city: "Erlangen" },
  { customer: "grace", name: "Grace Hopper", email: "grace@example.com", city: "New York" },
  { customer: "srinivasa", name: "Srinivasa Ramanujan", email: "srinivasa@example.com", city: "Chennai" },
];

const ACCOUNTS = [
  { account: "ada-giro", number: "GB10 0001", customer: "ada" },
  { account: "ada-savings", number: "GB10 0002", customer: "ada" },
  { account: "alan-giro", number: "GB10 0003", customer: "alan" },
  { account: "chien-giro", number: "US20 0004", customer: "chien" },
  { account: "emmy-giro", number: "DE30 0005", customer: "emmy" },
  { account: "grace-giro", number: "US20 0006", customer: "grace" },
  { account: "srinivasa-giro", number: "IN40 0007", customer: "srinivasa" },
];

const SHOPPING = ["books", "dinner", "flowers", "theatre", "tea", "train"];

/** Fills an empty bank with what happened in the last ninety days, by the commands that everybody uses, on a clock of its own. */
export async function seed(storage: OpenStorage, logger: Logger): Promise<void> {
  const begin = Date.now() - DAYS * DAY_MS;
  let time = begin;
  const clock = { now: () => new Date(time) };
  const bank = await openBank({ storage, logger, clock, name: "seed" });
  try {
    if ((await bank.log.latest()) !== undefined) return;
    await bank.onBehalfOf({ actor: "seed", correlationId: "seed" }, async () => {
      await openAccounts(bank, new EventStore({ adapter: storage.adapter, clock }));
      for (let day = 1; day < DAYS; day++) {
        time = begin + day * DAY_MS;
        await liveThrough(bank, day, clock.now());
      }
      time = Date.now();
      await placeOrders(bank, clock.now());
    });
  } finally {
    await bank.close();
  }
}

function request(key: string) {
  return { key: `seed ${key}`, tag: `request:seed ${key}`, hash: "seed" };
}

async function openAccounts({ teller }: Bank, store: EventStore): Promise<void> {
  for (const each of CUSTOMERS) await teller.register(request(`customer ${each.customer}`), each);
  for (const each of ACCOUNTS) await teller.openAccount(request(`account ${each.account}`), each);
  for (const [index, { account }] of ACCOUNTS.entries()) {
    // As the bank stored deposits until 2024: version 1, in euros. They are read as cents.
    const deposited = {
      name: "money-deposited",
      payload: { euros: 1500.5 + 200 * index },
      metadata: { actor: "seed" },
    };
    await store.stream({ category: "accounts", stream: account }).publish({ events: [deposited] });
  }
}

async function liveThrough({ teller }: Bank, day: number, now: Date): Promise<void> {
  const giros = ACCOUNTS.filter(({ account }) => account.endsWith("-giro"));
  const accountOn = (n: number) => giros[n % giros.length]?.account ?? "ada-giro";
  const [account, to] = [accountOn(day), accountOn(3 * day + 1)];
  const amount = 500 + ((day * 7919) % 9000);
  const note = SHOPPING[day % SHOPPING.length];
  if (account !== to) await teller.transfer(request(`transfer ${day}`), { from: account, to, amount, note });
  if (day % 4 === 0) {
    await teller.withdraw(request(`withdrawal ${day}`), { account, amount: 2000 + 100 * (day % 30), note: "cash" });
  }
  if (day % 30 === 1) {
    for (const { account: each } of giros) {
      const salary = { account: each, amount: 185_000 + 1_000 * (each.length % 7), note: "salary" };
      await teller.deposit(request(`salary ${day} ${each}`), salary);
    }
  }
  if (day % 12 === 5) {
    // A cheque counts from the day on which it was handed in, and is booked days later.
    const valueDate = new Date(now.getTime() - 5 * DAY_MS);
    await teller.deposit(request(`cheque ${day}`), { account: "ada-giro", amount: 12_000, note: "cheque", valueDate });
  }
  if (day === 20) await teller.deposit(request("typo"), { account: "ada-giro", amount: 120_000, note: "prize" });
  if (day === 65) {
    const { eventId } = await teller.deposit(request("typo"), { account: "ada-giro", amount: 120_000, note: "prize" });
    const correction = { account: "ada-giro", eventId, amount: 12_000, reason: "a zero too many" };
    await teller.correct(request("correction"), correction);
  }
}

async function placeOrders({ teller }: Bank, now: Date): Promise<void> {
  const inDays = (days: number) => new Date(now.getTime() + days * DAY_MS).toISOString();
  const saving = { account: "ada-giro", order: "saving", to: "ada-savings", amount: 5_000, every: "month" as const };
  await teller.placeOrder(request("saving"), { ...saving, from: inDays(0) }); // falls due as soon as the bank opens
  const rent = { account: "alan-giro", order: "rent", to: "emmy-giro", amount: 30_000, every: "week" as const };
  await teller.placeOrder(request("rent"), { ...rent, from: inDays(3) });
}
