import { openStorage, parseDatabaseAddress } from "@eventfold/databases";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Bank, openBank } from "../src/bank.ts";
import { seed } from "../src/seed.ts";

const logger = { warn: () => {}, error: () => {} };

describe.each(["memory", "sqlite::memory:"])("the examples in %s", (address) => {
  let storage: Awaited<ReturnType<typeof openStorage>>;
  let bank: Bank;
  beforeAll(async () => {
    storage = await openStorage(parseDatabaseAddress(address), { directory: process.cwd() });
    await seed(storage, logger);
    bank = await openBank({ storage, name: "test", logger });
  });
  afterAll(async () => {
    await storage.close();
  });

  it("are there once, with names that can be read, and one that was forgotten", async () => {
    const { sequenceNumber = 0 } = (await bank.log.latest()) ?? {};
    expect(sequenceNumber).toBeGreaterThan(300);
    await seed(storage, logger);
    expect((await bank.log.latest())?.sequenceNumber).toBe(sequenceNumber);
    expect((await bank.readings.customer("ada")).name).toBe("Ada Lovelace");
    expect((await bank.readings.customer("wilhelmina")).name).toBe(null);
  });

  it("have deposits of the first version, bookings that count from earlier days, and a correction weeks later", async () => {
    const { items, balance } = await bank.readings.statement("ada-giro");
    expect(items[0]).toMatchObject({ kind: "deposit", amount: 150_050 });
    const stored = await (await bank.eventsOf("ada-giro")).read({ limit: 2 });
    expect(stored[1]).toMatchObject({ version: 1, payload: { euros: 1500.5 } });
    expect(items.filter(({ note, valueDate, bookedAt }) => note === "cheque" && valueDate < bookedAt)).not.toEqual([]);
    const correction = items.find(({ kind }) => kind === "correction");
    expect(Date.parse(correction?.bookedAt ?? "") - Date.parse(correction?.valueDate ?? "")).toBeGreaterThan(
      30 * 86_400_000,
    );
    expect((await bank.readings.account("ada-giro")).balance).toBe(balance);
  });
});
