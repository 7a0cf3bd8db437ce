import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { EventStore } from "@eventfold/store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createExplorer,
  type ExplorerOptions,
  type MountedExplorerOptions,
  nodeListener,
  serveExplorer,
} from "../src/index.ts";
import { openMemory } from "./support/databases.ts";
import { explorerClient } from "./support/explorer-client.ts";
import { openSample, type Sample } from "./support/sample.ts";

let events: MemoryEventStorageAdapter;
let sample: Sample;

beforeAll(async () => {
  events = await MemoryEventStorageAdapter.open();
  const payload = { n: 1 };
  await new EventStore({ adapter: events })
    .stream({ category: "c", stream: "s" })
    .publish({ events: [{ name: "e", payload }] });
  sample = await openSample(await openMemory());
});

afterAll(async () => {
  await events.close();
  await sample[Symbol.asyncDispose]();
});

describe("nodeListener", () => {
  it("answers in a server of node:http what is below the path of the explorer", async () => {
    const listener = nodeListener(createExplorer({ events, path: "/explorer", authorize: () => true }));
    const server = createServer((incoming, outgoing) => {
      if (incoming.url?.startsWith("/explorer")) listener(incoming, outgoing);
      else outgoing.end("mine");
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await (await fetch(root)).text()).toBe("mine");
    const page = await fetch(`${root}/explorer`);
    expect([page.status, page.url]).toEqual([200, `${root}/explorer/`]);
    expect(await (await fetch(`${root}/explorer/api/events?category=c`)).json()).toMatchObject({
      events: [{ stream: "s" }],
    });
    expect((await fetch(`${root}/explorer/api/none`, { method: "POST", body: "{}" })).status).toBe(404);
    server.close();
    server.closeAllConnections();
  });
});

describe("who may call an explorer", () => {
  const call = (
    options: Omit<ExplorerOptions, "events">,
    headers: Record<string, string> = {},
    url = "http://localhost/api/about",
  ) =>
    createExplorer({ ...options, events, authorize: options.authorize ?? (() => true) }).fetch(
      new Request(url, { headers }),
    );

  it("answers to the names of loopback alone", async () => {
    for (const host of ["localhost", "localhost:8080", "127.0.0.1:3000", "[::1]:3000", "LOCALHOST"])
      expect((await call({}, { host })).status, host).toBe(200);
    for (const host of [
      "evil.example",
      "localhost.evil.example",
      "127.0.0.1.evil.example",
      "localhost@evil.example",
      "evil.example#localhost",
      "",
      "[",
      "0.0.0.0",
      "2130706433.example",
    ]) {
      const response = await call({}, { host });
      expect(response.status, host).toBe(403);
      expect(await response.json(), host).toMatchObject({ code: "UNKNOWN_HOST" });
    }
    expect((await call({}, {}, "http://evil.example/api/about")).status).toBe(403);
  });

  it("answers to further names that are listed", async () => {
    expect((await call({ hosts: ["Admin.example.com"] }, { host: "admin.example.com:8443" })).status).toBe(200);
    expect((await call({ hosts: ["admin.example.com"] }, { host: "example.com" })).status).toBe(403);
  });

  it("asks `authorize` for the page, its files and the interface", async () => {
    for (const path of ["", "assets/main.js", "modules/preact.js", "api/events"]) {
      const url = `http://localhost/${path}`;
      expect((await call({ authorize: () => false }, {}, url)).status, path).toBe(403);
      expect((await call({ authorize: async () => true }, {}, url)).status, path).toBe(200);
      const signIn = await call({ authorize: () => Response.redirect("http://localhost/sign-in") }, {}, url);
      expect(signIn.status, path).toBe(302);
    }
    expect((await call({ authorize: () => "yes" as never })).status).toBe(403);
    const failing = await call({ authorize: () => Promise.reject(new Error("no directory")) });
    expect(failing.status).toBe(500);
  });

  it("is not made without `authorize`, for it cannot see who is connected", () => {
    expect(() => createExplorer({ events } as unknown as MountedExplorerOptions)).toThrow(/give `authorize`/);
  });

  it("listens beyond loopback only with `authorize`", async () => {
    await expect(serveExplorer({ events, host: "0.0.0.0" })).rejects.toThrow(TypeError);
    await expect(serveExplorer({ events, host: "::" })).rejects.toThrow(/reached from other machines/);
    await using served = await serveExplorer({ events, host: "0.0.0.0", authorize: () => true });
    expect(served.address).toMatch(/^http:\/\/0\.0\.0\.0:\d+\/$/);
  });

  it("serves by itself on loopback, refuses other hosts, and closes twice", async () => {
    const served = await serveExplorer({ events });
    const page = await fetch(served.address);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(await page.text()).toContain('<script type="importmap">{');
    expect(await (await fetch(`${served.address}api/events`)).json()).toMatchObject({ events: [{ name: "e" }] });
    expect((await fetch(served.address, { method: "HEAD" })).status).toBe(200);
    const { port } = new URL(served.address);
    await expect(serveExplorer({ events, port: Number(port) })).rejects.toMatchObject({ code: "EADDRINUSE" });
    await served.close();
    await served.close();
    await expect(fetch(served.address)).rejects.toThrow();
  });

  it("answers what is no request with a 400, and goes on", async () => {
    await using served = await serveExplorer({ events });
    for (const line of ["GET // HTTP/1.1", "TRACE / HTTP/1.1"]) {
      const socket = connect(Number(new URL(served.address).port), "127.0.0.1");
      socket.end(`${line}\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
      expect(await text(socket), line).toMatch(/^HTTP\/1\.1 400 /);
    }
    expect((await fetch(served.address)).status).toBe(200);
  });

  it("logs nothing of requests whose caller is gone", async () => {
    const logged: unknown[] = [];
    const logger = {
      warn: (details: object) => void logged.push(details),
      error: (details: object) => void logged.push(details),
    };
    const { fetch: ask } = createExplorer({ events, authorize: () => true, logger });
    const response = await ask(new Request("http://localhost/api/events", { signal: AbortSignal.abort() }));
    expect([response.status, logged]).toEqual([499, []]);
  });

  it("refuses options that there are not: a guard that is misspelt guards nothing", async () => {
    await expect(serveExplorer({ events, authorise: () => false } as never)).rejects.toThrow(/no member "authorise"/);
    expect(() => createExplorer({ events, authorize: () => true, allowChange: true } as never)).toThrow(TypeError);
  });

  it("is refused a port, a path and an adapter that cannot be", async () => {
    await expect(serveExplorer({ events, port: 70_000 })).rejects.toThrow(RangeError);
    await expect(serveExplorer({} as never)).rejects.toThrow(/opened adapter/);
    for (const path of ["explorer", "//evil.example", "/a b", "/../x?"])
      expect(() => createExplorer({ events, authorize: () => true, path }), path).toThrow(TypeError);
  });

  it("is mounted under a path", async () => {
    const { fetch } = createExplorer({ events, authorize: () => true, path: "/tools/explorer" });
    const get = (path: string) => fetch(new Request(`http://localhost${path}`));
    const moved = await get("/tools/explorer?x=1");
    expect([moved.status, moved.headers.get("location")]).toEqual([308, "/tools/explorer/?x=1"]);
    expect((await get("/tools/explorer/")).status).toBe(200);
    expect((await get("/tools/explorer/api/events")).status).toBe(200);
    expect((await get("/api/events")).status).toBe(404);
  });
});

describe("what an explorer's answers allow", () => {
  it("lets nothing but the page's own modules run", async () => {
    const { send } = explorerClient({ events });
    const { headers } = await send("/");
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/script-src 'self' 'sha256-[\w+/=]{44}';/);
    for (const part of [
      "default-src 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ])
      expect(policy).toContain(part);
    expect(policy).not.toContain("unsafe");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect((await send("/api/events")).headers.get("cache-control")).toBe("no-store");
  });

  it("serves the files of the page, and no others", async () => {
    const { send } = explorerClient({ events });
    const { body } = await send("/");
    const [, map = "{}"] = /<script type="importmap">(.*?)<\/script>/.exec(body) ?? [];
    const files = Object.values<string>(JSON.parse(map).imports).map((file) => file.slice(1));
    for (const file of [...files, "/assets/page.css", "/modules/uPlot.css"])
      expect((await send(file)).status, file).toBe(200);
    for (const file of [
      "/assets/../package.json",
      "/assets/index.html",
      "/modules/preact/package.json",
      "/assets/%2e%2e/package.json",
      "/__proto__",
      "/api/__proto__",
      "/api/constructor",
    ])
      expect((await send(file)).status, file).toBe(404);
  });
});

describe("changes by an explorer", () => {
  const path = "parked/drop?subscription=invoices";

  it("are refused unless allowed", async () => {
    const { post, get } = explorerClient(sample.options);
    expect(await post(path, { count: 2 })).toMatchObject({ status: 403, body: { code: "CHANGES_NOT_ALLOWED" } });
    expect((await get("parked?subscription=invoices")).body.count).toBe(2);
  });

  it("are refused to pages of other origins, and to what is no JSON", async () => {
    const { post, send, get } = explorerClient({ ...sample.options, allowChanges: true });
    for (const origin of ["http://evil.example", "null", "http://localhost:8080", ""])
      expect(await post(path, { count: 2 }, { origin }), origin).toMatchObject({
        status: 403,
        body: { code: "FOREIGN_ORIGIN" },
      });
    const unsaid = await send(`/api/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    expect(unsaid.body.code).toBe("FOREIGN_ORIGIN");
    expect((await post(path, { count: 2 }, { "content-type": "text/plain" })).status).toBe(415);
    for (const body of [{}, { count: 0 }, { count: "2" }, [], null, { count: 2, more: "x".repeat(2_000) }])
      expect(await post(path, body), JSON.stringify(body)).toMatchObject({ status: 400 });
    expect((await send(`/api/${path}`)).headers.get("allow")).toBe("POST");
    expect((await get("parked?subscription=invoices")).body.count).toBe(2);
  });
});

describe("requests that make no sense", () => {
  it("are refused with what is wrong", async () => {
    const { get, post } = explorerClient(sample.options);
    for (const request of [
      "events?before=x",
      "events?before=-1",
      "events?before=1.5",
      "events?before=9007199254740993",
      "events?before=1&after=2",
      "events?before=1&before=2",
      "events?limit=0",
      "events?limit=201",
      "events?member=a",
      "events?category=a%00b",
      `events?category=${"x".repeat(200)}`,
      "events?category=%24",
      "events/at",
      "events/at?time=yesterday",
      "events/at?time=2026-13-01T00:00:00Z",
      "event",
      "event?number=0",
      "streams",
      "state?projector=order&category=orders&stream=order-1",
      "state?projector=order&category=orders&stream=order-1&position=1&observed=2026-01-01T00:00:00Z",
      "projections",
      "parked",
      "parked/count?subscription=invoices&event=1&category=a&stream=b",
    ]) {
      const { status, body, headers } = await get(request);
      expect(status, request).toBe(400);
      expect(headers.get("content-type"), request).toBe("application/problem+json");
      expect(body, request).toMatchObject({
        status: 400,
        code: expect.stringMatching(/^[A-Z_]+$/),
        detail: expect.stringMatching(/./),
      });
    }
    for (const request of [
      "event?number=999999",
      "event?id=nonsense",
      "event?id=00000000-0000-4000-8000-000000000000",
      "state?projector=__proto__&category=a&stream=b&position=0",
      "parked?subscription=none",
      "nothing",
    ])
      expect((await get(request)).status, request).toBe(404);
    expect((await post("events", {})).headers.get("allow")).toBe("GET");
  });

  it("answer for a log without projections and processing that these are not there", async () => {
    const { get } = explorerClient({ events });
    expect((await get("about")).body).toMatchObject({ hasProjections: false, hasProcessing: false, projectors: [] });
    for (const request of ["projections?name=a", "subscriptions", "parked?subscription=a"])
      expect((await get(request)).status, request).toBe(404);
  });

  it("are a 503 once the adapter is closed", async () => {
    const closed = await MemoryEventStorageAdapter.open();
    const { get } = explorerClient({ events: closed });
    await closed.close();
    for (const request of ["events", "overview", "categories", "event?number=1"]) {
      const { status, body, headers } = await get(request);
      expect([status, body.code, headers.get("retry-after")], request).toEqual([503, "ADAPTER_CLOSED", "1"]);
    }
  });
});
