import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { createAdaptorServer, type ServerType } from "@hono/node-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bankApp } from "../src/http/app.ts";
import { openAccount, openTestBank, type TestBank } from "./support/test-bank.ts";

let test: TestBank;
let server: ServerType;
let origin: string;
beforeAll(async () => {
  test = await openTestBank("sqlite::memory:");
  server = createAdaptorServer({ fetch: test.app.fetch }).listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await openAccount(test, "a", { amount: 100 });
});
afterAll(() => test[Symbol.asyncDispose]());

/** The events of a stream of server-sent events, until it ends or is left. */
async function* follow(path: string, headers: Record<string, string> = {}, left = new AbortController()) {
  const response = await fetch(`${origin}${path}`, { headers, signal: left.signal });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  let text = "";
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n")) {
      const lines = text.slice(0, end).split("\n");
      text = text.slice(end + 2);
      const id = lines.find((line) => line.startsWith("id: "))?.slice(4);
      const data = lines.find((line) => line.startsWith("data: "))?.slice(6);
      yield { id, event: data === undefined ? undefined : JSON.parse(data) };
    }
  }
}

async function take(path: string, count: number, headers?: Record<string, string>) {
  const taken: { id: string | undefined; event: { name: string; sequenceNumber: number } }[] = [];
  for await (const { id, event } of follow(path, headers)) {
    if (event !== undefined) taken.push({ id, event });
    if (taken.length === count) break;
  }
  return taken;
}

describe("following events", () => {
  it("begins after a number, shows what is published meanwhile, and goes on after the last that was seen", async () => {
    const [first, second] = await take("/events?after=0", 2);
    expect([first?.event.name, second?.event.name]).toEqual(["customer-registered", "account-opened"]);
    expect(first?.id).toBe(String(first?.event.sequenceNumber));
    const resumed = await take("/events?after=0", 1, { "last-event-id": String(second?.id) });
    expect(resumed[0]?.event.name).toBe("money-deposited");

    const live = take("/accounts/a/events", 2, { accept: "text/event-stream" });
    const posted = delay(20).then(async () => {
      for (const amount of [1, 2, 3]) await test.post("/accounts/a/deposits", { amount });
    });
    const events = await live;
    await posted;
    expect(events).toHaveLength(2);
    for (const { event } of events)
      expect(event).toMatchObject({ name: "money-deposited", stream: "a", category: "accounts" });
    const everything = await test.bank.log.read();
    const all = await take(`/events?after=0`, everything.length);
    expect(all.map(({ event }) => event)).toEqual(JSON.parse(JSON.stringify(everything)));
  });

  it("ends the follower when the client leaves, though nothing more is published", async () => {
    const ended = Promise.withResolvers<void>();
    const { bank } = test;
    async function* watched(options: Parameters<typeof bank.log.follow>[0]) {
      try {
        yield* bank.log.follow(options);
      } finally {
        ended.resolve();
      }
    }
    const log = { latest: () => bank.log.latest(), follow: watched } as unknown as typeof bank.log;
    const app = bankApp({ bank: { ...bank, log }, logger: console, stopping: new AbortController().signal });
    const watching = createAdaptorServer({ fetch: app.fetch }).listen(0, "127.0.0.1");
    await once(watching, "listening");
    const left = new AbortController();
    const { port } = watching.address() as AddressInfo;
    await fetch(`http://127.0.0.1:${port}/events`, { signal: left.signal });
    left.abort();
    await ended.promise;
    watching.close();
  });

  it("ends when the bank stops, so that the server can close", async () => {
    const stream = follow("/events");
    await stream.next();
    const closed = once(server, "close");
    test.stop.abort();
    server.close();
    for await (const _ of stream);
    await closed;
    expect(await test.get("/ready")).toMatchObject({ status: 503, body: { problem: "The bank is stopping." } });
    expect(await test.get("/health")).toMatchObject({ status: 200 });
  });
});

describe("what is served to browsers", () => {
  it("is the page, with an import map that is allowed by its hash, and its modules", async () => {
    const page = await test.get("/");
    expect(page.status).toBe(200);
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/^default-src 'none'; script-src 'self' 'sha256-[\w+/]{43}='; style-src 'self';/);
    expect(policy).not.toContain("unsafe");
    const [, importMap = ""] = /<script type="importmap">([^<]*)<\/script>/.exec(page.body) ?? [];
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(importMap));
    expect(policy).toContain(`'sha256-${Buffer.from(digest).toString("base64")}'`);
    for (const path of Object.values<string>(JSON.parse(importMap).imports)) {
      const module = await test.get(path);
      expect(module.status).toBe(200);
      expect(module.headers.get("content-type")).toContain("text/javascript");
    }
  });

  it("is the description of the interface, complete, and a page that shows it", async () => {
    const { body } = await test.get("/openapi.json");
    expect(body.openapi).toBe("3.1.0");
    const routes = test.app.routes.filter(({ method, path }) => method !== "ALL" && !path.includes("*"));
    const undocumented = new Set(["/", "/api", "/api/start.js", "/api/:file", "/openapi.json", "/health", "/ready"]);
    for (const { method, path } of routes) {
      if (undocumented.has(path)) continue;
      expect(body.paths[path.replaceAll(/:(\w+)/g, "{$1}")]?.[method.toLowerCase()]).toBeDefined();
    }
    expect((await test.get("/api")).body).toContain("/api/swagger-ui-bundle.js");
    for (const file of ["swagger-ui.css", "swagger-ui-bundle.js", "start.js"]) {
      expect((await test.get(`/api/${file}`)).status).toBe(200);
    }
  });
});
