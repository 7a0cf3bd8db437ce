import type { OpenStorage } from "@eventfold/databases";
import { EventStore, type Logger } from "@eventfold/store";
import { type Bank, openBank } from "./bank.ts";

const DAY_MS = 86_400_000;
const DAYS = 120;

/** Id, name, city. The last but one finds out whether somebody shows names as markup, and the last is forgotten later. */
const CUSTOMERS = [
  ["ada", "Ada Lovelace", "London"],
  ["alan", "Alan Turing", "London"],
  ["barbara", "Barbara Liskov", "Boston"],
  ["chien", "Chien-Shiung Wu", "New York"],
  ["dorothy", "Dorothy Vaughan", "Boston"],
  ["edsger", "Edsger Dijkstra", "Rotterdam"],
  ["emmy", "Emmy Noether", "Erlangen"],
  ["frances", "Frances Allen", "New York"],
  ["grace", "Grace Hopper", "New York"],
  ["hedy", "Hedy Lamarr", "Vienna"],
  ["john", "John Backus", "Boston"],
  ["katherine", "Katherine Johnson", "Boston"],
  ["lise", "Lise Meitner", "Vienna"],
  ["margaret", "Margaret Hamilton", "Boston"],
  ["maryam", "Maryam Mirzakhani", "Tehran"],
  ["niklaus", "Niklaus Wirth", "Zürich"],
  ["radia", "Radia Perlman", "Boston"],
  ["sophie", "Sophie Wilson", "London"],
  ["srinivasa", "Srinivasa Ramanujan", "Chennai"],
  ["tim", "Tim Berners-Lee", "London"],
  ["wanda", "Wanda Szmielew", "Warsaw"],
  ["xia", "Xia Peisu", "Chongqing"],
  ["yoshua", "Yoshua Mendez", "Lima"],
  ["zhores", "Zhores Alferov", "Minsk"],
  ["bobby", "<b>Bobby</b> Tables", "Boston"],
  ["wilhelmina", "Wilhelmina Gone", "Vienna"],
].map(([customer = "", name = "", city = ""]) => ({ customer, name, email: `${customer}@example.com`, city }));

const ACCOUNTS = [
  ...CUSTOMERS.map(({ customer }, n) => ({ account: `${customer}-giro`, number: `EF10 ${1_000 + n}`, customer })),
  { account: "ada-savings", number: "EF10 2000", customer: "ada" },
];

const SHOPPING = ["books", "dinner", "flowers", "theatre", "tea", "train"];

/** Fills an empty bank with what happened in the last four months, by the commands that everybody uses, on a clock of its own. */
export async function seed(storage: OpenStorage, logger: Logger): Promise<void> {
  const begin = Date.now() - DAYS * DAY_MS;
  let time = begin;
  const clock = { now: () => new Date(time) };
  const bank = await openBank({ storage, logger, clock, name: "seed" });
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
  const [account, to] = day % 3 === 0 ? ["ada-giro", accountOn(day)] : [accountOn(5 * day), accountOn(day + 7)];
  const amount = 500 + ((day * 7919) % 9000);
  const note = SHOPPING[day % SHOPPING.length];
  if (account !== to) await teller.transfer(request(`transfer ${day}`), { from: account, to, amount, note });
  if (day % 4 === 0) {
    await teller.withdraw(request(`withdrawal ${day}`), { account, amount: 2000 + 100 * (day % 30), note: "cash" });
  }
  if (day % 30 === 1) {
    for (const { account: each } of giros.slice(0, 8)) {
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
  if (day === 80) await teller.forget(request("forgotten"), "wilhelmina");
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
