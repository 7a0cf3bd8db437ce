import { randomUUID } from "node:crypto";
import { openStorage, parseDatabaseAddress } from "@eventfold/databases";
import type { Clock, Logger } from "@eventfold/store";
import { startPostgres } from "@eventfold/testing/postgres";
import { type Bank, openBank } from "../../src/bank.ts";
import { bankApp } from "../../src/http/app.ts";

/** A bank whose interface is called without a network. */
export interface TestBank extends AsyncDisposable {
  readonly bank: Bank;
  readonly app: ReturnType<typeof bankApp>;
  /** What was logged as an error. */
  readonly errors: readonly unknown[];
  /** Ends streams of events. */
  readonly stop: AbortController;
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Answer>;
  /** Posts under a new key, or the given one. */
  readonly post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Answer>;
}

/** An answer, with its body read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of any shape.
  readonly body: any;
}

/** Every database, by name. */
export const DATABASES = [
  { database: "memory", open: (clock?: Clock) => openTestBank("memory", { clock }) },
  { database: "SQLite", open: (clock?: Clock) => openTestBank("sqlite::memory:", { clock }) },
  {
    database: "PostgreSQL",
    async open(clock?: Clock) {
      const server = await startPostgres();
      return openTestBank(await server.createDatabase(), { clock, stopServer: () => server.stop() });
    },
  },
] as const;

interface TestBankOptions {
  readonly clock?: Clock | undefined;
  readonly writeTimeoutMs?: number | undefined;
  readonly stopServer?: (() => Promise<void>) | undefined;
}

export async function openTestBank(
  address: string,
  { clock, writeTimeoutMs, stopServer }: TestBankOptions = {},
): Promise<TestBank> {
  const storage = await openStorage(parseDatabaseAddress(address), { directory: process.cwd(), writeTimeoutMs });
  const errors: unknown[] = [];
  const logger: Logger = { warn: () => undefined, error: (details) => void errors.push(details) };
  const bank = await openBank({ storage, name: "test", logger, clock });
  const services = bank.newServices({ signals: [] });
  await services.start();
  const stop = new AbortController();
  const app = bankApp({ bank, logger, stopping: stop.signal });
  const get: TestBank["get"] = async (path, headers = {}) => read(await app.request(path, { headers }));
  const post: TestBank["post"] = async (path, body, headers = {}) => {
    const sent = { "content-type": "application/json", "idempotency-key": randomUUID(), ...headers };
    return read(await app.request(path, { method: "POST", headers: sent, body: JSON.stringify(body) }));
  };
  return {
    ...{ bank, app, errors, stop, get, post },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await services.stop();
      await storage.close();
      await stopServer?.();
    },
  };
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") === true;
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

/** Registers a customer, and opens an account with money in it. */
export async function openAccount(
  { post }: Pick<TestBank, "post">,
  id: string,
  { amount = 0, customer = `owner-of-${id}`, name = `Owner of ${id}`, city = "London" } = {},
): Promise<void> {
  await post("/customers", { id: customer, name, email: "someone@example.com", city });
  await post("/accounts", { id, number: `TEST ${id.toUpperCase().replaceAll(/[^A-Z0-9]/g, " ")}`, customer });
  if (amount > 0) await post(`/accounts/${id}/deposits`, { amount });
}
