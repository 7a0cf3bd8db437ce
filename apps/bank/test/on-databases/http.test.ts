import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DATABASES, openAccount, type TestBank } from "../support/test-bank.ts";

const WAIT = { prefer: "wait=30" };
const MINUTE_MS = 60_000;

describe.each(DATABASES)("the HTTP interface on $database", ({ open }) => {
  let time = Date.parse("2026-11-15T12:00:00.000Z");
  let test: TestBank;
  beforeAll(async () => {
    test = await open({ now: () => new Date(time) });
  });
  afterAll(async () => {
    expect(test.errors).toEqual([]);
    await test[Symbol.asyncDispose]();
  });

  it("registers a customer, and forgets one: name and address are gone at once, and from read models", async () => {
    const { get, post } = test;
    const customer = { id: "c-1", name: "Zoë Ünal", email: "zoe@example.com", city: "Ankara" };
    expect(await post("/customers", customer)).toMatchObject({ status: 201, body: { id: "c-1" } });
    expect(await post("/customers", customer)).toMatchObject({
      status: 409,
      body: { type: "urn:bank:customer-exists" },
    });
    expect((await get("/customers/c-1")).body).toEqual({ ...customer, forgotten: false });
    await post("/accounts", { id: "c-1-a", number: "TR 1", customer: "c-1" });
    expect((await get("/accounts?owner=%C3%BCNAL", WAIT)).body.items).toMatchObject([
      { id: "c-1-a", owner: "Zoë Ünal" },
    ]);

    expect(await post("/customers/c-1/forget", {}, WAIT)).toMatchObject({ status: 200 });
    expect((await get("/customers/c-1")).body).toEqual({
      ...{ id: "c-1", name: null, email: null, city: "Ankara", forgotten: true },
    });
    expect((await get("/accounts?owner=%C3%BCNAL")).body.items).toEqual([]);
    expect((await get("/accounts?city=Ankara")).body.items).toMatchObject([{ id: "c-1-a", owner: null }]);
    expect((await get("/accounts/c-1-a")).body).toMatchObject({ owner: null, balance: 0 });
    expect(await post("/customers/c-1/forget", {})).toMatchObject({ status: 200 });
    expect(await post("/accounts", { id: "c-1-b", number: "TR 2", customer: "c-1" })).toMatchObject({
      ...{ status: 409, body: { type: "urn:bank:customer-forgotten" } },
    });
    const { body } = await get("/accounts/c-1-a/events");
    expect(JSON.stringify(body)).not.toContain("Zoë");
    expect(body.items[0].payload.$protected.subject).toBe("c-1");
    expect(body.items.map(({ name }: { name: string }) => name)).toEqual(["account-opened", "owner-forgotten"]);
  });

  it("opens one account for each number, and one for each id, whoever asks at the same time", async () => {
    const { post } = test;
    await post("/customers", { id: "n", name: "N", email: "n@example.com", city: "Nice" });
    const open = (id: string, number: string) => post("/accounts", { id, number, customer: "n" });
    const rivals = await Promise.all(Array.from({ length: 8 }, (_, n) => open(`n-${n}`, "FR 1")));
    expect(rivals.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
    const winner = rivals.find(({ status }) => status === 201);
    expect(winner?.headers.get("etag")).toBe('"0"');
    expect(winner?.body).toMatchObject({ number: "FR 1", customer: "n", owner: "N", balance: 0, position: 0 });
    expect(await open(winner?.body.id, "FR 2")).toMatchObject({ status: 409, body: { title: "Account exists" } });
    expect(await open("n-9", "FR 1")).toMatchObject({ status: 409, body: { title: "Number taken" } });
    expect(await post("/accounts", { id: "x", number: "FR 3", customer: "nobody" })).toMatchObject({ status: 404 });
  });

  it("deposits, withdraws and transfers, and answers with the new position as the ETag", async () => {
    const { get, post } = test;
    await openAccount(test, "t-1");
    await openAccount(test, "t-2");
    const deposit = await post("/accounts/t-1/deposits", { amount: 1_000, note: "cash" });
    expect(deposit).toMatchObject({ status: 201, body: { position: 1, balance: 1_000 } });
    expect(deposit.headers.get("etag")).toBe('"1"');
    expect((await post("/accounts/t-1/withdrawals", { amount: 100 })).body).toMatchObject({
      position: 2,
      balance: 900,
    });
    expect((await post("/accounts/t-1/transfers", { to: "t-2", amount: 300 })).body).toMatchObject({ balance: 600 });
    const account = await get("/accounts/t-2");
    expect(account.headers.get("etag")).toBe('"1"');
    expect(account.body).toEqual({
      ...{ id: "t-2", number: "TEST T 2", customer: "owner-of-t-2", owner: "Owner of t-2", city: "London" },
      ...{ balance: 300, position: 1 },
    });
    const sent = (await get("/accounts/t-1/events?after=2")).body.items;
    const received = (await get("/accounts/t-2/events?after=0&limit=1")).body.items;
    expect(sent).toMatchObject([{ name: "transfer-sent", payload: { to: "t-2", amount: 300 }, position: 3 }]);
    expect(received).toMatchObject([{ name: "transfer-received", sequenceNumber: sent[0].sequenceNumber + 1 }]);
  });

  it("refuses what the state of an account does not allow", async () => {
    const { post } = test;
    await openAccount(test, "r-1", { amount: 50 });
    const overdraft = await post("/accounts/r-1/withdrawals", { amount: 51 });
    expect(overdraft).toMatchObject({
      ...{ status: 409, body: { type: "urn:bank:insufficient-funds", status: 409, balance: 50 } },
    });
    expect(overdraft.headers.get("content-type")).toBe("application/problem+json");
    expect(await post("/accounts/r-1/transfers", { to: "nobody", amount: 1 })).toMatchObject({ status: 409 });
    expect(await post("/accounts/r-1/transfers", { to: "r-1", amount: 1 })).toMatchObject({ status: 400 });
    expect(await post("/accounts/nobody/deposits", { amount: 1 })).toMatchObject({ status: 404 });
    expect(await post("/accounts/nobody/transfers", { to: "r-1", amount: 1 })).toMatchObject({ status: 404 });
    expect(await post("/accounts/nobody/corrections", { eventId: randomUUID(), amount: 1, reason: "x" })).toMatchObject(
      {
        status: 404,
      },
    );
    expect(await post("/accounts/r-1/corrections", { eventId: randomUUID(), amount: 1, reason: "x" })).toMatchObject({
      status: 409,
    });
  });

  it("lets one of two withdraw the last euro", async () => {
    await openAccount(test, "e-1", { amount: 100 });
    const both = await Promise.all([1, 2].map(() => test.post("/accounts/e-1/withdrawals", { amount: 100 })));
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect((await test.get("/accounts/e-1")).body.balance).toBe(0);
  });

  it("carries out a request once, and answers a repeat as the original, even with a stale If-Match", async () => {
    const { get, post } = test;
    await openAccount(test, "i-1", { amount: 100 });
    await openAccount(test, "i-2", { amount: 100 });
    await openAccount(test, "i-3");
    const headers = { "idempotency-key": "k-1", "if-match": '"1"' };
    const withdrawal = { amount: 10, note: "once" };
    const both = await Promise.all([1, 2].map(() => post("/accounts/i-1/withdrawals", withdrawal, headers)));
    await post("/accounts/i-1/withdrawals", { amount: 5 });
    const late = await post("/accounts/i-1/withdrawals", { note: "once", amount: 10 }, headers);
    for (const { status, body, headers: answered } of [...both, late]) {
      expect({ status, body }).toEqual({ status: 201, body: { eventId: late.body.eventId, position: 2, balance: 90 } });
      expect(answered.get("etag")).toBe('"2"');
    }
    expect((await get("/accounts/i-1")).body).toMatchObject({ balance: 85, position: 3 });

    // Another request under the key is refused, whatever it is.
    const key = { "idempotency-key": "k-1" };
    expect(await post("/accounts/i-1/withdrawals", { amount: 11 }, key)).toMatchObject({ status: 422 });
    expect(await post("/accounts/i-1/deposits", withdrawal, key)).toMatchObject({ status: 422 });
    expect(await post("/accounts/i-1/transfers", { to: "i-2", amount: 1 }, key)).toMatchObject({ status: 422 });
    // A key holds for one account.
    expect(await post("/accounts/i-2/withdrawals", withdrawal, key)).toMatchObject({ status: 201 });

    const transfer = { "idempotency-key": "k-2" };
    const sent = await post("/accounts/i-1/transfers", { to: "i-2", amount: 5 }, transfer);
    expect(await post("/accounts/i-1/transfers", { to: "i-2", amount: 5 }, transfer)).toMatchObject({
      body: sent.body,
    });
    expect(await post("/accounts/i-1/transfers", { to: "i-3", amount: 5 }, transfer)).toMatchObject({ status: 422 });
    expect((await get("/accounts/i-1")).body.balance).toBe(80);
    const rivals = await Promise.all(
      ["i-2", "i-3"].map((to) => post("/accounts/i-1/transfers", { to, amount: 1 }, { "idempotency-key": "k-3" })),
    );
    expect(rivals.map(({ status }) => status).sort()).toEqual([201, 422]);

    // What was refused was not carried out, and may be tried again.
    const refused = { "idempotency-key": "k-4" };
    expect(await post("/accounts/i-3/withdrawals", { amount: 50 }, refused)).toMatchObject({ status: 409 });
    await post("/accounts/i-3/deposits", { amount: 50 });
    expect(await post("/accounts/i-3/withdrawals", { amount: 50 }, refused)).toMatchObject({ status: 201 });
  });

  it("carries out a request only where the account is as If-Match says", async () => {
    const { post } = test;
    await openAccount(test, "m-1", { amount: 100 });
    const withdraw = (ifMatch: string) => post("/accounts/m-1/withdrawals", { amount: 1 }, { "if-match": ifMatch });
    expect(await withdraw('"1"')).toMatchObject({ status: 201 });
    const unmet = await withdraw('"1"');
    expect(unmet).toMatchObject({ status: 412, body: { type: "urn:bank:position-moved", position: 2 } });
    expect(unmet.headers.get("etag")).toBe('"2"');
    expect(await withdraw('"1", "2"')).toMatchObject({ status: 201 });
    expect(await withdraw("*")).toMatchObject({ status: 201 });
    expect(await withdraw('"other"')).toMatchObject({ status: 412 });
    for (const bad of ['W/"4"', "4", '"4', "", '"4" "5"']) expect(await withdraw(bad)).toMatchObject({ status: 400 });
    const rivals = await Promise.all([1, 2, 3].map(() => withdraw('"4"')));
    expect(rivals.map(({ status }) => status).sort()).toEqual([201, 412, 412]);
  });

  it("tells statements as of both times, with a correction that was booked later", async () => {
    const { get, post } = test;
    time = Date.parse("2026-11-01T09:00:00.000Z");
    await openAccount(test, "s-1");
    const prize = await post("/accounts/s-1/deposits", { amount: 120_000, note: "prize" });
    time += 2 * MINUTE_MS;
    await post("/accounts/s-1/deposits", { amount: 500, valueDate: "2026-10-30T00:00:00Z" });
    time += 2 * MINUTE_MS;
    await post("/accounts/s-1/withdrawals", { amount: 100 });
    time += 2 * MINUTE_MS;
    const correction = { eventId: prize.body.eventId, amount: 12_000, reason: "a zero too many" };
    expect((await post("/accounts/s-1/corrections", correction)).body).toMatchObject({ position: 4, balance: 12_400 });

    const statement = async (query = "") => (await get(`/accounts/s-1/statement${query}`)).body;
    const all = await statement();
    expect(all).toMatchObject({ balance: 12_400, next: null });
    expect(all.items).toMatchObject([
      { kind: "deposit", amount: 500, balance: 500, position: 2, valueDate: "2026-10-30T00:00:00.000Z" },
      { kind: "deposit", amount: 120_000, balance: 120_500, note: "prize", bookedAt: "2026-11-01T09:00:00.000Z" },
      {
        ...{ kind: "correction", amount: -108_000, balance: 12_500, note: "a zero too many" },
        ...{ valueDate: "2026-11-01T09:00:00.000Z", bookedAt: "2026-11-01T09:06:00.000Z" },
      },
      { kind: "withdrawal", amount: -100, balance: 12_400 },
    ]);
    expect((await statement("?valuedUpTo=2026-10-31T00:00:00Z")).balance).toBe(500);
    expect((await statement("?bookedUpTo=2026-11-01T09:05:00Z")).balance).toBe(120_400);
    const query = "?valuedUpTo=2026-11-01T09:00:00Z&bookedUpTo=2026-11-01T09:00:00Z";
    expect(await statement(query)).toMatchObject({ balance: 120_000, items: [{ balance: 120_000 }] });

    const first = await statement("?limit=3");
    expect(first.items).toEqual(all.items.slice(0, 3));
    expect(await statement(`?limit=3&after=${first.next}`)).toMatchObject({ items: all.items.slice(3), next: null });
    expect((await get("/accounts/s-1/history")).body.points).toHaveLength(4);
  });

  it("finds accounts by owner, city and balance, page by page, and the richest", async () => {
    const { get } = test;
    for (const [id, amount] of [
      ["p-1", 10],
      ["p-2", 30],
      ["p-3", 20],
      ["p-4", 40],
    ] as const) {
      await openAccount(test, id, { amount, name: `Pia ${id}`, city: "Paris" });
    }
    const ids = (answer: { body: { items: { id: string }[] } }) => answer.body.items.map(({ id }) => id);
    expect(ids(await get("/accounts?city=Paris&min=20", WAIT))).toEqual(["p-2", "p-3", "p-4"]);
    expect(ids(await get("/accounts?owner=PIA%20p-3"))).toEqual(["p-3"]);
    const first = await get("/accounts?city=Paris&limit=3");
    expect(ids(first)).toEqual(["p-1", "p-2", "p-3"]);
    const second = await get(`/accounts?city=Paris&limit=3&after=${first.body.next}`);
    expect([ids(second), second.body.next]).toEqual([["p-4"], null]);
    expect(await get(`/accounts?city=Lyon&after=${first.body.next}`)).toMatchObject({ status: 400 });
    const rich = await get("/rich-list?limit=1000", WAIT);
    const balances = rich.body.items.map(({ balance }: { balance: number }) => balance);
    expect(balances).toEqual(balances.toSorted((a: number, b: number) => b - a));
    expect(rich.body.asOf).toBeGreaterThan(0);
    expect(rich.headers.get("preference-applied")).toBe("wait");
  });

  it("reports on a month, by value date", async () => {
    const { get, post } = test;
    await openAccount(test, "o-1");
    await openAccount(test, "o-2");
    const valueDate = "2020-02-10T00:00:00Z";
    const deposit = await post("/accounts/o-1/deposits", { amount: 500, valueDate });
    await post("/accounts/o-1/withdrawals", { amount: 100, valueDate });
    await post("/accounts/o-1/transfers", { to: "o-2", amount: 50, valueDate });
    const correction = { eventId: deposit.body.eventId, amount: 510, reason: "typo" };
    await post("/accounts/o-1/corrections", correction);
    expect((await get("/reports/2020-02", WAIT)).body).toEqual({
      ...{ month: "2020-02", deposits: 500, withdrawals: 100, transfers: 50, corrections: 10, count: 4 },
    });
    expect((await get("/reports/2020-03")).body).toMatchObject({ month: "2020-03", count: 0 });
  });

  it("pays standing orders when they fall due, once, or declines them", async () => {
    const { bank, get, post } = test;
    await openAccount(test, "d-1", { amount: 100 });
    await openAccount(test, "d-2");
    const from = new Date(time + MINUTE_MS).toISOString();
    const order = { id: "rent", to: "d-2", amount: 60, every: "day", from };
    expect(await post("/accounts/d-1/standing-orders", order)).toMatchObject({ status: 201, body: { next: from } });
    expect(await post("/accounts/d-1/standing-orders", order)).toMatchObject({ status: 409 });
    expect(await post("/accounts/d-1/standing-orders", { ...order, id: "self", to: "d-1" })).toMatchObject({
      status: 400,
    });
    expect(await post("/accounts/d-1/standing-orders", { ...order, id: "x", to: "nobody" })).toMatchObject({
      status: 409,
    });
    const past = { ...order, id: "past", from: "2020-01-01T00:00:00Z" };
    expect(await post("/accounts/d-1/standing-orders", past)).toMatchObject({ status: 400 });

    const letFallDue = async () => {
      await bank.background.isCaughtUp(30_000);
      await Promise.all([bank.teller.letOrdersFallDue(), bank.teller.letOrdersFallDue()]);
      await bank.background.isCaughtUp(30_000);
    };
    await letFallDue();
    expect((await get("/accounts/d-2")).body.balance).toBe(0);
    time += 2 * MINUTE_MS;
    await letFallDue();
    await letFallDue();
    expect((await get("/accounts/d-1")).body.balance).toBe(40);
    const { items } = (await get("/accounts/d-2/statement")).body;
    expect(items).toMatchObject([{ amount: 60, counterparty: "d-1", valueDate: from }]);
    time += 24 * 60 * MINUTE_MS;
    await letFallDue(); // there is too little money now
    expect((await get("/accounts/d-1")).body.balance).toBe(40);
    const [placed] = (await get("/accounts/d-1/standing-orders", WAIT)).body.items;
    const next = new Date(Date.parse(from) + 2 * 24 * 60 * MINUTE_MS).toISOString();
    expect(placed).toEqual({ ...order, from: undefined, next, cancelled: false });

    expect(await post("/accounts/d-1/standing-orders/rent/cancel", {})).toMatchObject({ status: 200 });
    expect(await post("/accounts/d-1/standing-orders/rent/cancel", {})).toMatchObject({ status: 200 });
    expect(await post("/accounts/d-1/standing-orders/other/cancel", {})).toMatchObject({ status: 404 });
    time += 24 * 60 * MINUTE_MS;
    await post("/accounts/d-1/deposits", { amount: 1_000 }, WAIT);
    await letFallDue();
    expect((await get("/accounts/d-1")).body.balance).toBe(1_040);
    expect((await get("/accounts/d-1/standing-orders", WAIT)).body.items).toMatchObject([{ cancelled: true }]);
  });

  it("records who asked for what, and what followed from it", async () => {
    const { get, post } = test;
    const headers = { "x-actor": "clerk-7", "x-correlation-id": "letter-12", ...WAIT };
    await openAccount(test, "a-1");
    const answer = await post("/customers/owner-of-a-1/forget", {}, headers);
    expect(answer.headers.get("x-correlation-id")).toBe("letter-12");
    const { items } = (await get("/accounts/a-1/events?after=0")).body;
    expect(items).toMatchObject([{ name: "owner-forgotten", metadata: { correlationId: "letter-12" } }]);
    const events = await test.bank.log.read({ direction: "backwards", limit: 2 });
    expect(events[0]?.metadata).toMatchObject({ causationId: events[1]?.id });
    expect(events[1]?.metadata).toMatchObject({ actor: "clerk-7", correlationId: "letter-12" });
  });

  it("is healthy and ready, and tells how its subscriptions are", async () => {
    const { get } = test;
    expect(await get("/health")).toMatchObject({ status: 200 });
    expect(await get("/ready")).toMatchObject({ status: 200 });
    const { items } = (await get("/subscriptions")).body;
    expect(items.map(({ name }: { name: string }) => name).sort()).toEqual([
      ...["deleting-keys", "forgetting", "listing@1", "monthly-report@1", "payments", "standing-order@1"],
    ]);
    for (const { lag, parked } of items) expect({ lag, parked }).toEqual({ lag: expect.any(Number), parked: 0 });
  });
});
