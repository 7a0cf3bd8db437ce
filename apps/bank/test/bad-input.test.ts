import { connect } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openAccount, openTestBank, type TestBank } from "./support/test-bank.ts";

let test: TestBank;
beforeAll(async () => {
  test = await openTestBank("memory");
  await openAccount(test, "a", { amount: 100 });
  await openAccount(test, "b");
});
afterAll(async () => {
  expect(test.errors).toEqual([]); // nothing of this is the bank's fault
  expect((await test.get("/accounts/a")).body).toMatchObject({ balance: 100, position: 1 });
  await test[Symbol.asyncDispose]();
});

describe("a bad body", () => {
  const transfer = { to: "b", amount: 1 };
  it.each([
    ["a negative amount", { ...transfer, amount: -1 }],
    ["no money", { ...transfer, amount: 0 }],
    ["a fraction of a cent", { ...transfer, amount: 0.5 }],
    ["an amount as text", { ...transfer, amount: "1" }],
    ["too large an amount", { ...transfer, amount: 1e12 + 1 }],
    ["an amount beyond all integers", { ...transfer, amount: 1e300 }],
    ["no amount", { to: "b" }],
    ["a recipient with a quote", { ...transfer, to: "b'" }],
    ["the account itself", { ...transfer, to: "a" }],
    ["a value date that no calendar has", { ...transfer, valueDate: "2026-02-30T00:00:00Z" }],
    ["a value date without a time", { ...transfer, valueDate: "2026-02-03" }],
    ["a note with a NUL", { ...transfer, note: "\u0000" }],
    ["a note with half a character", { ...transfer, note: "\ud800" }],
    ["a long note", { ...transfer, note: "x".repeat(201) }],
    ["a member too many", { ...transfer, valuedate: "2026-02-03T00:00:00Z" }],
    ["a list", [transfer]],
    ["null", null],
    ["a text", "transfer"],
  ])("that has %s is 400", async (_, body) => {
    const answer = await test.post("/accounts/a/transfers", body);
    expect(answer).toMatchObject({ status: 400, body: { status: 400, detail: expect.any(String) } });
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
  });

  it("that is no JSON is 400, no body is 400, another type 415, and more than 64 kB 413", async () => {
    const send = (body: string | ReadableStream, type = "application/json") =>
      test.app.request("/accounts/a/deposits", {
        ...{ method: "POST", body, duplex: "half" },
        headers: { "content-type": type, "idempotency-key": "k" },
      } as RequestInit);
    for (const malformed of ["", "{", '{"amount":1', "{'amount':1}", '{"amount":1}}', "\u0000", "NaN"]) {
      expect((await send(malformed)).status).toBe(400);
    }
    expect((await send('{"amount":1}', "text/plain")).status).toBe(415);
    expect((await send(`{"amount":1,"note":"${"x".repeat(10_000_000)}"}`)).status).toBe(413);
    const endless = ReadableStream.from(
      (function* () {
        for (;;) yield new TextEncoder().encode(" ".repeat(10_000));
      })(),
    );
    expect((await send(endless)).status).toBe(413);
    expect((await send(`${"[".repeat(30_000)}${"]".repeat(30_000)}`)).status).toBe(400);
    expect((await send('{"amount":1,"__proto__":{"note":"x"}}')).status).toBe(400);
  });

  it("of a customer or a standing order is 400, and script in a name is only text", async () => {
    const customer = { id: "c", name: "C", email: "c@example.com", city: "C" };
    for (const bad of [{ email: "c" }, { name: "" }, { id: "../c" }, { id: "" }, { city: "\u0007" }]) {
      expect(await test.post("/customers", { ...customer, ...bad })).toMatchObject({ status: 400 });
    }
    const name = "<script>alert(1)</script>";
    await test.post("/customers", { ...customer, id: "script", name });
    const answer = await test.get("/customers/script");
    expect(answer.body.name).toBe(name);
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    const order = { id: "o", to: "b", amount: 1, every: "day", from: "2099-01-01T00:00:00Z" };
    for (const bad of [{ every: "year" }, { from: "soon" }, { amount: 0 }, { to: "a" }]) {
      expect(await test.post("/accounts/a/standing-orders", { ...order, ...bad })).toMatchObject({ status: 400 });
    }
  });
});

describe("bad headers", () => {
  it.each([
    ["no key", { "idempotency-key": "" }],
    ["a key with a blank", { "idempotency-key": "a b" }],
    ["a key that is not ASCII", { "idempotency-key": "ä" }],
    ["a long key", { "idempotency-key": "k".repeat(129) }],
    ["an actor with a blank", { "x-actor": "a b" }],
    ["a correlation id with markup", { "x-correlation-id": "<b>" }],
  ])("with %s are 400", async (_, headers) => {
    expect(await test.post("/accounts/a/deposits", { amount: 1 }, headers)).toMatchObject({ status: 400 });
  });

  it("without any key are 400", async () => {
    const headers = { "content-type": "application/json" };
    const answer = await test.app.request("/accounts/a/deposits", { method: "POST", headers, body: '{"amount":1}' });
    expect(answer.status).toBe(400);
  });

  it("with a Prefer that is not understood are passed over", async () => {
    for (const prefer of ["wait=", "wait=x", "wait=99999999", "return=minimal", ","]) {
      expect(await test.get("/rich-list", { prefer })).toMatchObject({ status: 200 });
    }
    expect(await test.get("/events", { "last-event-id": "x" })).toMatchObject({ status: 400 });
  });
});

describe("a bad address", () => {
  it.each(["%00", "%zz", "%", "%ff", "a%2Fb", "a'b", "a%22b", "%F0%9F%92%B0", "x".repeat(65), "a b", "a.b"])(
    "with the id %s is 400",
    async (id) => {
      for (const path of ["", "/statement", "/history", "/events", "/standing-orders"]) {
        expect(await test.get(`/accounts/${id}${path}`)).toMatchObject({ status: 400 });
      }
      expect(await test.get(`/customers/${id}`)).toMatchObject({ status: 400 });
      expect(await test.post(`/accounts/${id}/deposits`, { amount: 1 })).toMatchObject({ status: 400 });
      expect(await test.post(`/accounts/a/standing-orders/${id}/cancel`, {})).toMatchObject({ status: 400 });
      expect(await test.post(`/customers/${id}/forget`, {})).toMatchObject({ status: 400 });
    },
  );

  it("in a query is 400", async () => {
    for (const query of [
      ...["limit=0", "limit=1001", "limit=x", "limit=1.5", "min=-1", "min=x", "owner=%00", "after=x"],
      `after=${"x".repeat(3_000)}`,
    ]) {
      expect({ query, ...(await test.get(`/accounts?${query}`)) }).toMatchObject({ query, status: 400 });
    }
    for (const query of ["valuedUpTo=x", "bookedUpTo=2026-13-01T00:00:00Z", "after=x", "limit=-1"]) {
      expect(await test.get(`/accounts/a/statement?${query}`)).toMatchObject({ status: 400 });
    }
    expect(await test.get("/accounts/a/statement?after=01890000-0000-7000-8000-000000000001")).toMatchObject({
      status: 400,
    });
    for (const month of ["2026", "2026-13", "x", "%00"]) {
      expect(await test.get(`/reports/${month}`)).toMatchObject({ status: 400 });
    }
    for (const query of ["after=-1", "after=x", "after=1e400", "limit=0"]) {
      expect(await test.get(`/accounts/a/events?${query}`)).toMatchObject({ status: 400 });
    }
  });

  it("where nothing is is 404, and one of what is not there too", async () => {
    for (const path of [
      "/nothing",
      "/accounts/a/b/c",
      "/accounts/none",
      "/customers/none",
      "/assets/../../package.json",
    ]) {
      expect(await test.get(path)).toMatchObject({ status: 404, body: { status: 404 } });
    }
    for (const path of ["/modules/hono/package.json", "/api/index.html", "/assets/%2e%2e%2fsrc/main.ts"]) {
      expect((await test.get(path)).status).toBe(404);
    }
  });
});

describe("what no client sends, over a socket", () => {
  const server = () => createAdaptorServer({ fetch: test.app.fetch });

  it.each([
    ["GET /accounts/.. HTTP/1.1", 400],
    ["GET /accounts/%2e%2e/statement HTTP/1.1", 400],
    ["GET /accounts/../accounts/a HTTP/1.1", 400],
    ["GET /accounts/%00 HTTP/1.1", 400],
    ["GET /accounts/%c0%af HTTP/1.1", 400],
    ["GET //accounts//a HTTP/1.1", 404],
    ["GET /accounts/a\u0001 HTTP/1.1", 400],
    ["FETCH /accounts/a HTTP/1.1", 400],
  ])("%j is %i", async (line, status) => {
    const listening = server().listen(0, "127.0.0.1");
    await new Promise((resolve) => listening.once("listening", resolve));
    const { port } = listening.address() as { port: number };
    try {
      const socket = connect(port, "127.0.0.1");
      socket.end(`${line}\r\nHost: bank\r\nConnection: close\r\n\r\n`);
      let text = "";
      for await (const chunk of socket) text += chunk;
      expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    } finally {
      listening.close();
    }
  });
});
