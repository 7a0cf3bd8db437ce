import { EventBroker, subscription } from "@eventfold/processing";
import { newEventId } from "@eventfold/store";
import type { PreparedEvent } from "@eventfold/store/adapter";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DATABASES } from "./support/databases.ts";
import { explorerClient } from "./support/explorer-client.ts";
import { openSample, orderProjector, type Sample } from "./support/sample.ts";

const numbersOf = (body: { readonly events: readonly { readonly sequenceNumber: number }[] }) =>
  body.events.map(({ sequenceNumber }) => sequenceNumber);

describe.each(DATABASES)("an explorer of a log in $database", ({ open }) => {
  let sample: Sample;
  let client: ReturnType<typeof explorerClient>;
  let numbers: readonly number[];

  beforeAll(async () => {
    sample = await openSample(await open());
    client = explorerClient({ ...sample.options, allowChanges: true });
    numbers = (await sample.store.log().read()).map(({ sequenceNumber }) => sequenceNumber);
  });

  afterAll(() => sample?.[Symbol.asyncDispose]());

  it("pages through the log in both directions, and neither skips nor repeats", async () => {
    const backwards: number[] = [];
    for (let before = ""; ; ) {
      const { body } = await client.get(`events?limit=50${before}`);
      backwards.push(...numbersOf(body));
      if (body.isEnd) break;
      before = `&before=${body.reached}`;
    }
    const forwards: number[] = [];
    for (let after = 0; ; ) {
      const { body } = await client.get(`events?limit=7&after=${after}`);
      forwards.push(...numbersOf(body));
      if (body.isEnd) break;
      after = body.reached;
    }
    expect(backwards.toReversed()).toEqual(numbers);
    expect(forwards).toEqual(numbers);
  });

  it("shows a category and a stream", async () => {
    const stream = await sample.store.stream({ category: "orders", stream: "order-5" }).read();
    const { body } = await client.get("events?category=orders&stream=order-5");
    expect(numbersOf(body).toReversed()).toEqual(stream.map(({ sequenceNumber }) => sequenceNumber));
    expect(JSON.parse(body.events.at(-1).payload)).toEqual(stream[0]?.payload);
    expect(numbersOf((await client.get("events?category=orders&limit=200")).body)).toHaveLength(numbers.length);
    expect((await client.get("events?category=nothing")).body).toMatchObject({
      events: [],
      isEnd: true,
      reached: null,
    });
    expect((await client.get("categories")).body).toEqual({ items: ["orders"], next: null });
    const streams = (await client.get("streams?category=orders&after=order-8")).body;
    expect(streams).toEqual({ items: ["order-9"], next: null });
  });

  it("filters by name, text and metadata, and says how far it looked", async () => {
    const events = await sample.store.log().read();
    const wanted = (test: (event: (typeof events)[number]) => boolean) =>
      events.filter(test).map(({ sequenceNumber }) => sequenceNumber);
    for (const [query, expected] of [
      ["name=order-paid", wanted(({ name }) => name === "order-paid")],
      ["text=SKU-3", wanted(({ payload }) => JSON.stringify(payload).includes("sku-3"))],
      ["member=actor&value=web", wanted(({ metadata }) => (metadata as { actor: string }).actor === "web")],
      [
        "name=item-added&text=price%22:12&member=correlationId&value=request-2",
        wanted(
          ({ name, stream, payload }) =>
            name === "item-added" && stream === "order-2" && (payload as { price: number }).price === 12,
        ),
      ],
      ["text=nowhere", []],
    ] as const) {
      const found: number[] = [];
      let lookedAt = 0;
      for (let before = ""; ; ) {
        const { body } = await client.get(`events?limit=200&${query}${before}`);
        found.push(...numbersOf(body));
        lookedAt += body.lookedAt;
        expect(body.lookedAt, query).toBeGreaterThan(0);
        before = `&before=${body.reached}`; // a slow machine looks at fewer events at once
        if (body.reached === numbers[0]) break;
      }
      expect(found.toReversed(), query).toEqual(expected);
      expect(lookedAt, query).toBe(numbers.length);
    }
  });

  it("goes on with a filter where it stopped", async () => {
    const found: number[] = [];
    for (let before = ""; ; ) {
      const { body } = await client.get(`events?limit=3&name=order-paid${before}`);
      found.push(...numbersOf(body));
      if (body.isEnd) break;
      if (body.events.length === 3) expect(body.reached).toBe(found.at(-1)); // a slow machine stops before it has found three
      before = `&before=${body.reached}`;
    }
    expect(found).toHaveLength(40);
  });

  it("jumps to a time", async () => {
    const events = await sample.store.log().read();
    const time = "2026-03-02T12:00:00Z";
    const first = events.find(({ observedAt }) => observedAt >= new Date(time));
    expect((await client.get(`events/at?time=${time}`)).body.sequenceNumber).toBe(first?.sequenceNumber);
    expect((await client.get("events/at?time=2030-01-01T00:00:00Z")).body.sequenceNumber).toBeNull();
  });

  it("shows an event with its neighbours, what caused it and what it caused", async () => {
    const [placed, item, paid] = await sample.store.stream({ category: "orders", stream: "order-3" }).read();
    const { body } = await client.get(`event?number=${item?.sequenceNumber}`);
    expect(body).toMatchObject({
      event: { id: item?.id, position: 1, metadata: JSON.stringify(item?.metadata) },
      previousInStream: placed?.sequenceNumber,
      nextInStream: paid?.sequenceNumber,
      correlationId: "request-3",
      actor: "cart",
      causes: [{ id: placed?.id, name: "order-placed" }],
      furtherCause: null,
    });
    expect((await client.get(`event?id=${item?.id.toUpperCase()}`)).body.event.id).toBe(item?.id);
    const effects = await client.get(`events?after=${placed?.sequenceNumber}&member=causationId&value=${placed?.id}`);
    expect(numbersOf(effects.body)).toEqual([item?.sequenceNumber, paid?.sequenceNumber]);
    const payload = await client.get(`event/payload?number=${item?.sequenceNumber}`);
    expect(payload.body).toEqual(item?.payload);
    expect(payload.headers.get("content-disposition")).toMatch(/^attachment;/);
  });

  it("shows what is in the library's own categories, which are left out of the log", async () => {
    const own: PreparedEvent = {
      ...{ id: newEventId(), name: "kept", version: 1, tags: [], payload: '{"own":true}', metadata: null },
      ...{ observedAtMs: 0, occurredAtMs: 0 },
    };
    const write = { category: "$own", stream: "s", events: [own], allowed: undefined };
    await sample.options.events.storage.save({ writes: [write] });
    const listed = (await client.get("events?category=%24own")).body.events;
    expect(listed).toMatchObject([{ name: "kept", category: "$own" }]);
    expect((await client.get(`event?number=${listed[0].sequenceNumber}`)).body.event).toMatchObject({ name: "kept" });
    expect((await client.get("events?limit=1")).body.events).not.toMatchObject([{ name: "kept" }]);
  });

  it("folds a stream at any position and time, and says what each event changed", async () => {
    const stream = sample.store.stream({ category: "orders", stream: "order-2" });
    const events = await stream.read();
    for (const { position, name } of events) {
      const folded = orderProjector.apply(
        orderProjector.initial(stream.identifier),
        events.slice(0, position + 1) as never,
      );
      const { body } = await client.get(`state?projector=order&category=orders&stream=order-2&position=${position}`);
      expect(JSON.parse(body.state)).toEqual(folded.state);
      expect(body).toMatchObject({ position, latestPosition: events.length - 1, event: { name }, areAllChanges: true });
    }
    const paid = (await client.get("state?projector=order&category=orders&stream=order-2&position=4")).body;
    expect(paid.changes).toEqual([{ path: ["paid"], before: "0", after: "32" }]);
    const beyond = (await client.get("state?projector=order&category=orders&stream=order-2&position=99")).body;
    expect(beyond).toMatchObject({ position: events.length - 1, event: null, changes: null });
    // The payment occurred a minute before it was observed.
    const occurred = events.at(-1)?.occurredAt.toISOString();
    for (const [axis, isPaid] of [
      ["observed", false],
      ["occurred", true],
    ] as const) {
      const { body } = await client.get(`state?projector=order&category=orders&stream=order-2&${axis}=${occurred}`);
      expect(JSON.parse(body.state).paid > 0, axis).toBe(isPaid);
    }
  });

  it("searches projections by the query language, page by page", async () => {
    const search = (query: object) =>
      client.get(`projections?name=order&query=${encodeURIComponent(JSON.stringify(query))}`);
    const query = { filters: [{ kind: "filter", field: "state.customer", operator: "equal", value: "Ada" }] };
    const first = (await search({ ...query, paging: { kind: "keyset", size: 4 } })).body;
    const second = (await search({ ...query, paging: { kind: "keyset", size: 4, after: first.next } })).body;
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual([
      "order-0",
      "order-12",
      "order-18",
      "order-24",
      "order-30",
      "order-36",
      "order-6",
    ]);
    expect(second.next).toBeNull();
    const one = (await client.get("projection?name=order&id=order-6")).body;
    expect(JSON.parse(one.state)).toMatchObject({ customer: "Ada", paid: 36 });
    expect((await client.get("projections?name=order&query=%7B")).body.code).toBe("BAD_REQUEST");
    expect((await search({ filters: [{ kind: "filter", field: "id", operator: "is", value: 1 }] })).body.code).toBe(
      "INVALID_QUERY",
    );
  });

  it("shows subscriptions with their partitions, and counts what waits", async () => {
    const { body } = await client.get("subscriptions");
    const [invoices] = body.subscriptions;
    expect(body.nodes).toEqual([]);
    expect(invoices).toMatchObject({ name: "invoices", source: "category/orders", repartitionedTo: null });
    expect(invoices.partitions).toHaveLength(2);
    for (const partition of invoices.partitions)
      expect(partition).toMatchObject({ owner: null, isPaused: false, error: null, waitingFor: [] });
    expect((await client.get("subscriptions/lag?name=invoices")).body).toMatchObject({ isComplete: true });
    expect((await client.get("subscriptions/lag?name=others")).status).toBe(404);
  });

  it("replays and drops parked events, the number of which was confirmed", async () => {
    const parked = (await client.get("parked?subscription=invoices")).body;
    expect(parked.count).toBe(2);
    expect(parked.events).toMatchObject([
      { stream: "order-7" },
      { stream: "order-9", error: "Error: The printer is out of paper." },
    ]);
    const [address, paper] = parked.events;
    expect((await client.get("parked/count?subscription=invoices")).body).toEqual({ count: 2 });
    expect((await client.get("parked/count?subscription=invoices&category=orders&stream=order-9")).body).toEqual({
      count: 1,
    });
    expect((await client.get(`parked/count?subscription=invoices&event=${paper.sequenceNumber}`)).body).toEqual({
      count: 1,
    });

    const refused = await client.post("parked/replay?subscription=invoices", { count: 3 });
    expect(refused).toMatchObject({ status: 409, body: { code: "COUNT_CHANGED" } });
    const dropped = await client.post(`parked/drop?subscription=invoices&event=${address.sequenceNumber}`, {
      count: 1,
    });
    expect(dropped).toMatchObject({ status: 200, body: { count: 1, isWaiting: false } });
    const replay = await client.post("parked/replay?subscription=invoices", { count: 1 });
    expect(replay).toMatchObject({ status: 200, body: { count: 1, isWaiting: true } });

    const handled: string[] = [];
    const { source } = sample.subscriptions[0] ?? {};
    const mended = subscription({
      name: "invoices",
      source: source as never,
      partitions: 2,
      constraints: [],
      handleEvent: async (event: { stream: string }) => void handled.push(event.stream),
    });
    const processing = sample.options.processing;
    if (processing === undefined) throw new TypeError("The sample has processing.");
    const broker = new EventBroker({ name: "worker-2", storage: processing, subscriptions: [mended] });
    await broker.start();
    await expect.poll(async () => (await client.get("parked?subscription=invoices")).body.count).toBe(0);
    expect((await client.get("subscriptions")).body.nodes).toMatchObject([{ name: "worker-2" }]);
    await broker.stop();
    expect(handled).toEqual(["order-9"]);
  });

  it("tells the newest number, rates and categories at a glance", async () => {
    const { body } = await client.get("overview");
    expect(body).toMatchObject({ orderingGuarantee: "log", newest: numbers.at(-1), rates: { events: numbers.length } });
    expect(body.rates.categories).toEqual([{ category: "orders", events: numbers.length }]);
    expect(body.rates.counts.reduce((sum: number, count: number) => sum + count, 0)).toBe(numbers.length);
  });

  it("cuts fifty large events, and finds text behind where they are cut", { timeout: 120_000 }, async () => {
    const length = process.env.EVENTFOLD_SOAK ? 16_000_000 : 400_000;
    const stream = sample.store.stream({ category: "large", stream: "l" });
    const events = Array.from({ length: 50 }, (_, n) => ({
      name: "grown",
      payload: { text: `${"é".repeat(length / 2)} end-${n}.` },
    }));
    for (const event of events) await stream.publish({ events: [event] });
    const page = await client.get("events?category=large");
    expect(page.body.events).toHaveLength(50);
    expect(JSON.stringify(page.body).length).toBeLessThan(60_000);
    expect(page.body.events[0]).toMatchObject({
      payloadLength: Buffer.byteLength(JSON.stringify(events[49]?.payload)),
    });
    const detail = await client.get(`event?number=${page.body.events[0].sequenceNumber}`);
    expect(detail.body.event.payload).toHaveLength(50_000);
    let found: number[] = [];
    for (let before = ""; found.length === 0; ) {
      const { body } = await client.get(`events?category=large&text=end-17.${before}`);
      expect(body.lookedAt).toBeGreaterThan(0);
      found = numbersOf(body);
      before = `&before=${body.reached}`;
    }
    expect(found).toEqual([page.body.events[49 - 17].sequenceNumber]);
  });
});
