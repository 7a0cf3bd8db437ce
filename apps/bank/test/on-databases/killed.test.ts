import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startPostgres } from "@eventfold/testing/postgres";
import { describe, expect, it } from "vitest";
import { BankProcess } from "../support/bank-process.ts";
import { openAccount, openTestBank } from "../support/test-bank.ts";

const CLIENTS = 64;
const TRANSFERS = process.env.EVENTFOLD_SOAK ? 2_000 : 72;
const KILLS = process.env.EVENTFOLD_SOAK ? 5 : 1;
const ACCOUNTS = Array.from({ length: 8 }, (_, n) => `acc-${n}`);
const BALANCE = 10_000;

interface Transfer {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly amount: number;
  /** What was answered the first time. */
  answer?: unknown;
}

async function killBank(bank: BankProcess): Promise<void> {
  expect(await bank.end("SIGKILL")).toEqual([null, "SIGKILL"]);
  await bank.start();
}

async function openInFile() {
  const folder = mkdtempSync(join(tmpdir(), "eventfold-bank-"));
  return {
    address: `sqlite:${join(folder, "bank.db")}`,
    strike: killBank,
    [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function openOnServer() {
  const server = await startPostgres();
  return { address: server.connectionString, strike: killBank, [Symbol.asyncDispose]: () => server.stop() };
}

/** The primary is killed, and the bank finds its successor. */
async function openOnCluster() {
  const cluster = await startPostgres({ standbys: 2, synchronous: "any 1" });
  const strike = async () => {
    const lost = cluster.primary;
    await lost.kill("SIGKILL");
    await cluster.promote();
    await cluster.rebuild(lost);
  };
  return { address: cluster.connectionString, strike, [Symbol.asyncDispose]: () => cluster.stop() };
}

const transferOf = (n: number): Transfer => ({
  key: `transfer-${n}`,
  from: ACCOUNTS[n % ACCOUNTS.length] ?? "",
  to: ACCOUNTS[(n * 5 + 3 + Math.floor(n / 8)) % ACCOUNTS.length] ?? "",
  amount: 1 + (n % 50),
});

const DATABASES = [
  ["SQLite", openInFile],
  ["PostgreSQL", openOnServer],
  ["a PostgreSQL cluster", openOnCluster],
] as const;

describe.each(process.env.EVENTFOLD_SOAK ? DATABASES : DATABASES.slice(0, 1))("the bank on %s", (name, open) => {
  it("is killed, or loses its primary, while 64 clients transfer money, and makes each transfer once when they ask again", {
    timeout: process.env.EVENTFOLD_SOAK ? 3_600_000 : 240_000,
  }, async () => {
    await using database = await open();
    {
      await using setup = await openTestBank(database.address); // a bank that is not empty is not filled with examples
      for (const id of ACCOUNTS) await openAccount(setup, id, { amount: BALANCE, customer: "c" });
    }
    const bank = await BankProcess.start(database.address);
    const post = async (path: string, key: string, body: object) => {
      const headers = { "content-type": "application/json", "idempotency-key": key };
      const response = await fetch(`${bank.address}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
      return { status: response.status, etag: response.headers.get("etag"), body: await response.json() };
    };
    const send = ({ key, from, to, amount }: Transfer) => post(`/accounts/${from}/transfers`, key, { to, amount });
    try {
      const transfers = Array.from({ length: TRANSFERS }, (_, n) => transferOf(n)).filter(
        ({ from, to }) => from !== to,
      );

      let answered = 0;
      let killing: Promise<unknown> | undefined;
      const waiting = transfers.values();
      let killAt = Math.floor(transfers.length / (KILLS + 2));
      const client = async () => {
        for (const transfer of waiting) {
          for (;;) {
            const answer = await send(transfer).catch(() => undefined);
            if (answer?.status === 201) {
              transfer.answer = answer;
              break;
            }
            await killing; // then it asks again, with the same key
            await delay(10);
          }
          answered += 1;
          if (answered >= killAt && killAt < (transfers.length * (KILLS + 1)) / (KILLS + 2)) {
            killAt += Math.ceil(transfers.length / (KILLS + 2));
            killing = database.strike(bank);
          }
        }
      };
      await Promise.all(Array.from({ length: CLIENTS }, client));
      await killing;
      expect(killing).toBeDefined();

      // All of it once more: each answer is that of the first time.
      const expected = new Map(ACCOUNTS.map((id) => [id, BALANCE]));
      for (const transfer of transfers) {
        const { from, to, amount } = transfer;
        expected.set(from, (expected.get(from) ?? 0) - amount);
        expected.set(to, (expected.get(to) ?? 0) + amount);
      }
      const queue = transfers.values();
      await Promise.all(
        Array.from({ length: 8 }, async () => {
          for (const transfer of queue) expect(await send(transfer)).toEqual(transfer.answer);
        }),
      );
      let bookings = 0;
      for (const id of ACCOUNTS) {
        const account = (await (await fetch(`${bank.address}/accounts/${id}`)).json()) as {
          balance: number;
          position: number;
        };
        expect(account.balance).toBe(expected.get(id));
        bookings += account.position - 1;
      }
      expect(bookings).toBe(2 * transfers.length); // nothing twice
      const wait = { headers: { prefer: "wait=30" } };
      const listed = (await (await fetch(`${bank.address}/accounts?min=1&limit=1000`, wait)).json()) as {
        items: { id: string; balance: number }[];
      };
      const readModel = listed.items
        .filter(({ id }) => expected.has(id))
        .map(({ id, balance }) => [id, balance] as const);
      expect(new Map(readModel)).toEqual(expected);
      console.log(`${name}: ${transfers.length} transfers, ${KILLS} kills, ${CLIENTS} clients`);
      expect(await bank.end("SIGTERM")).toEqual([0, null]);
    } finally {
      await bank.kill(); // whatever a failed test has left
    }
  });
});
