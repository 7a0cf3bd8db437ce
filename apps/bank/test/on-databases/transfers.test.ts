import { chosenSeed, seededRandom } from "@eventfold/testing";
import { describe, expect, it } from "vitest";
import { DATABASES, openAccount } from "../support/test-bank.ts";

const CLIENTS = 64;
const TRANSFERS = process.env.EVENTFOLD_SOAK ? 10_000 : 80;
const ACCOUNTS = Array.from({ length: 16 }, (_, n) => `acc-${n}`);
const BALANCE = 1_000;

describe.each(DATABASES)("transfers on $database", ({ database, open }) => {
  it(`of ${CLIENTS} clients at once neither make money nor lose it`, async () => {
    await using test = await open();
    const { bank, get, post } = test;
    for (const id of ACCOUNTS) await openAccount(test, id, { amount: BALANCE, customer: "somebody" });
    const seed = chosenSeed();
    const random = seededRandom(seed);
    const transfers = Array.from({ length: TRANSFERS }, (_, n) => {
      const [from, to] = random.shuffle(ACCOUNTS) as [string, string];
      return { key: `transfer-${n}`, from, to, amount: random.integer(1, BALANCE / 2) };
    });

    const started = performance.now();
    const outcomes = new Map<number, number>();
    const made: (typeof transfers)[number][] = [];
    const waiting = transfers.values();
    const client = async () => {
      for (const transfer of waiting) {
        const { key, from, to, amount } = transfer;
        const send = () => post(`/accounts/${from}/transfers`, { to, amount }, { "idempotency-key": key });
        const [{ status, body }] = await Promise.all(amount % 8 === 0 ? [send(), send()] : [send()]); // some are sent twice
        expect([201, 409]).toContain(status);
        if (status === 409) expect(["urn:bank:insufficient-funds", "urn:bank:conflict"]).toContain(body.type);
        outcomes.set(status, (outcomes.get(status) ?? 0) + 1);
        if (status === 201) made.push(transfer);
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    console.log(
      `${database}: ${outcomes.get(201)} transfers, ${outcomes.get(409) ?? 0} refused, ${seconds} s, seed ${seed}`,
    );

    const expected = new Map(ACCOUNTS.map((id) => [id, BALANCE]));
    for (const { from, to, amount } of made) {
      expected.set(from, (expected.get(from) ?? 0) - amount);
      expected.set(to, (expected.get(to) ?? 0) + amount);
    }
    await bank.background.isCaughtUp(60_000);
    const listed = (await get("/accounts")).body.items;
    for (const id of ACCOUNTS) {
      const { balance } = (await get(`/accounts/${id}`)).body;
      const { items } = (await get(`/accounts/${id}/events?limit=1000`)).body;
      expect(balance).toBe(expected.get(id)); // each transfer that was answered with 201 was made once, and no other
      expect(balance).toBeGreaterThanOrEqual(0);
      expect(listed.find((each: { id: string }) => each.id === id).balance).toBe(balance);
      expect(items[0].name).toBe("account-opened");
    }
    const sum = [...expected.values()].reduce((total, balance) => total + balance, 0);
    expect(sum).toBe(BALANCE * ACCOUNTS.length);
    expect(made.length).toBeGreaterThan(TRANSFERS / 4);
    expect(test.errors).toEqual([]);
  });
});
