import {
  type EventSource,
  EventStore,
  eventsMatch,
  nameIn,
  positionIs,
  sequenceNumberAfter,
  streamIsEmpty,
  taggedWith,
  unchangedSince,
} from "@eventfold/store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accountEvents, HISTORY } from "../src/account-events.ts";
import { DATABASES, type OpenedDatabase } from "../src/databases.ts";

/** What the history is read as: name, version, part and payload. */
const READ = [
  ["account-opened", 1, 0, { owner: "Ada", openedAt: expect.any(Date) }],
  ["money-deposited", 3, 1, { amount: 10, currency: "EUR" }],
  ["money-deposited", 3, undefined, { amount: 2.5, currency: "EUR" }],
  ["money-deposited", 3, undefined, { amount: 3, currency: "EUR" }],
  ["money-deposited", 3, undefined, { amount: 4, currency: "EUR" }],
];

type Read = { readonly name: string; readonly version: number; readonly part?: number; readonly payload: unknown };

const brief = ({ name, version, part, payload }: Read) => [name, version, part, payload];

describe.each(DATABASES)("sources with definitions on $name", ({ open }) => {
  let database: OpenedDatabase;
  let store: EventStore;
  let streams = 0;

  beforeAll(async () => {
    database = await open();
    store = new EventStore({ adapter: database.adapter });
  });
  afterAll(() => database.close());

  /** A category of its own, with what earlier releases have published to its one stream. */
  async function withHistory(unknownEvents: "fail" | "skip" | "pass" = "fail") {
    const category = store.category(`accounts-${++streams}`, { events: accountEvents, unknownEvents });
    const stream = category.stream("acc-1");
    const stored = await stream.raw().publish({ events: HISTORY });
    return { category, stream, stored };
  }

  it("reads old versions and old names as today's events, everywhere", async () => {
    const { category, stream } = await withHistory();
    const scanned: Read[] = [];
    for await (const event of stream) scanned.push(event);
    const paged: Read[] = [];
    for await (const page of category.pages()) paged.push(...page);
    for (const events of [scanned, paged, await stream.read(), await category.read()]) {
      expect(events.map(brief)).toEqual(READ);
    }
    expect(brief((await category.latest()) as Read)).toEqual(READ.at(-1));
  });

  it("reads backwards in the exact opposite order, parts too", async () => {
    const { category } = await withHistory();
    expect((await category.read({ direction: "backwards" })).map(brief)).toEqual(READ.toReversed());
  });

  it("reads everything as it is stored through raw()", async () => {
    const { category, stream } = await withHistory();
    for (const source of [category.raw(), stream.raw()] satisfies EventSource[]) {
      const stored = await source.read();
      expect(stored.map(({ name, version, payload }) => ({ name, version, payload }))).toEqual(
        HISTORY.map(({ name, version = 1, payload }) => ({ name, version, payload })),
      );
    }
  });

  it("finds events under old names too, and yields none that was not asked for", async () => {
    const { category } = await withHistory();
    const deposits = READ.filter(([name]) => name === "money-deposited");
    const constraints = [nameIn("money-deposited")];
    expect((await category.read({ constraints })).map(brief)).toEqual(deposits);
    expect((await category.read({ constraints: [nameIn("account-opened")] })).map(brief)).toEqual([READ[0]]);
    const matching = [eventsMatch({ names: ["money-deposited"] })];
    expect((await category.read({ constraints: matching })).map(brief)).toEqual(deposits);
    const stop = new AbortController();
    const followed: Read[] = [];
    for await (const event of category.follow({ constraints, signal: stop.signal })) {
      followed.push(event);
      if (followed.length === deposits.length) break;
    }
    expect(followed.map(brief)).toEqual(deposits);
  });

  it("refuses a name that nothing is read as", async () => {
    const { category } = await withHistory();
    for (const constraint of [nameIn("deposited"), eventsMatch({ names: ["deposited"] })]) {
      await expect(category.read({ constraints: [constraint as never] })).rejects.toThrow(
        new TypeError('No event is read as "deposited": it is not defined.'),
      );
    }
  });

  it("counts a limit after translation, and never between the parts of one event", async () => {
    const { category, stored } = await withHistory();
    for (let limit = 2; limit <= READ.length; limit++) {
      expect((await category.read({ limit })).map(brief)).toEqual(READ.slice(0, limit));
    }
    expect((await category.read({ limit: 1 })).map(brief)).toEqual(READ.slice(0, 2));
    const paged: Read[] = [];
    for (let after = stored[0]?.sequenceNumber as number, page: Read[] = []; ; ) {
      const read = await category.read({ limit: 1, constraints: [sequenceNumberAfter(after - 1)] });
      page = read;
      paged.push(...page);
      if (page.length === 0) break;
      after = (read.at(-1)?.sequenceNumber as number) + 1;
    }
    expect(paged.map(brief)).toEqual(READ);
    expect((await category.read({ limit: 1, direction: "backwards" })).map(brief)).toEqual([READ.at(-1)]);
  });

  it("limits a scan although most of what is stored is read as nothing", async () => {
    const { category, stream } = await withHistory();
    const noise = Array.from({ length: 3_000 }, () => ({ name: "statement-printed", payload: { pages: 1 } }));
    await stream.raw().publish({ events: noise });
    await stream.publish({ events: [{ name: "money-deposited", payload: { amount: 7 } }] });
    await stream.raw().publish({ events: noise });
    expect((await category.read({ limit: 6 })).map(brief)).toEqual([
      ...READ,
      ["money-deposited", 3, undefined, { amount: 7, currency: "EUR" }],
    ]);
    expect((await category.latest())?.payload).toEqual({ amount: 7, currency: "EUR" });
    expect(await category.read({ limit: 1, direction: "backwards" })).toHaveLength(1);
  });

  it("judges conditions of what the source reads, where more is stored", async () => {
    const { stream } = await withHistory();
    const latest = await stream.latest();
    expect(latest?.position).toBe(4);
    const events = [{ name: "money-deposited", payload: { amount: 1 } }] as const;
    const [published] = await stream.publish({ events, condition: unchangedSince(latest) });
    expect(published?.position).toBe(6);
    await expect(stream.publish({ events, condition: unchangedSince(latest) })).rejects.toMatchObject({
      code: "UNMET_WRITE_CONDITION",
      latestPosition: 6,
    });
    await expect(stream.publish({ events, condition: streamIsEmpty() })).rejects.toMatchObject({
      code: "UNMET_WRITE_CONDITION",
    });
    const quiet = store.stream({ category: "quiet", stream: `s-${++streams}` }, { events: accountEvents });
    await quiet.raw().publish({ events: [{ name: "statement-printed", payload: { pages: 1 } }] });
    const opened = await quiet.publish({ events, condition: streamIsEmpty() });
    expect(opened[0]?.position).toBe(1);
  });

  it("lets one of many rivals through, though the newest event is read as nothing", async () => {
    const { stream } = await withHistory();
    const condition = positionIs(4);
    const events = [{ name: "money-deposited", payload: { amount: 1 } }] as const;
    const rivals = await Promise.allSettled(Array.from({ length: 16 }, () => stream.publish({ events, condition })));
    expect(rivals.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const rival of rivals) {
      if (rival.status === "rejected") expect(rival.reason).toMatchObject({ code: "UNMET_WRITE_CONDITION" });
    }
  });

  it("refuses, leaves out, or passes events that are not defined", async () => {
    const failing = await withHistory();
    await failing.stream.raw().publish({ events: [{ name: "unheard-of", payload: { n: 1 } }] });
    const seen: Read[] = [];
    const scan = async () => {
      for await (const event of failing.category.scan()) seen.push(event);
    };
    await expect(scan()).rejects.toMatchObject({
      code: "UNKNOWN_EVENT",
      eventName: "unheard-of",
      event: { stream: "acc-1", position: 6 },
      isRetryable: false,
    });
    expect(seen.map(brief)).toEqual(READ);
    await expect(failing.category.latest()).rejects.toMatchObject({ code: "UNKNOWN_EVENT" });
    const { identifier } = failing.category;
    const skipping = store.category(identifier.category, { events: accountEvents, unknownEvents: "skip" });
    expect((await skipping.read()).map(brief)).toEqual(READ);
    expect(brief((await skipping.latest()) as Read)).toEqual(READ.at(-1));
    const passing = store.category(identifier.category, { events: accountEvents, unknownEvents: "pass" });
    const unknown = ["unheard-of", 1, undefined, { n: 1 }];
    expect((await passing.read()).map(brief)).toEqual([...READ, unknown]);
    expect((await passing.read({ constraints: [nameIn("unheard-of") as never] })).map(brief)).toEqual([unknown]);
  });

  it("follows: what is stored and what comes, up to an event that cannot be read", async () => {
    const { category, stream, stored } = await withHistory();
    const upTo: number[] = [];
    const read: Read[] = [];
    const follow = async () => {
      for await (const page of category.followPages()) {
        read.push(...page.events);
        upTo.push(page.upTo);
        if (page.isEnd && read.length === READ.length) {
          await stream.publish({ events: [{ name: "money-deposited", payload: { amount: 6 } }] });
          await stream.raw().publish({ events: [{ name: "money-deposited", payload: {}, version: 9 }] });
        }
      }
    };
    await expect(follow()).rejects.toMatchObject({ code: "UNKNOWN_EVENT_VERSION", eventVersion: 9, newestVersion: 3 });
    expect(read.map(brief)).toEqual([...READ, ["money-deposited", 3, undefined, { amount: 6, currency: "EUR" }]]);
    expect(upTo).toEqual(upTo.toSorted((a, b) => a - b));
    expect(upTo.at(-1)).toBeGreaterThan(stored.at(-1)?.sequenceNumber as number);
  });

  it("publishes and reads in a transaction", async () => {
    const { category } = await withHistory();
    const name = category.identifier.category;
    await database.adapter.transaction(async (transaction) => {
      const within = store.within(transaction).category(name, { events: accountEvents });
      await within.stream("acc-2").publish({
        events: [{ name: "account-opened", payload: { owner: "Bob", openedAt: new Date(7) } }],
      });
      expect((await within.latest())?.payload).toEqual({ owner: "Bob", openedAt: new Date(7) });
      expect(await within.read()).toHaveLength(READ.length + 1);
    });
    expect((await category.stream("acc-2").read()).map(({ payload }) => payload)).toEqual([
      { owner: "Bob", openedAt: new Date(7) },
    ]);
  });

  it("reads a boundary by definitions, and notices events under old names", async () => {
    const tag = `account:${++streams}`;
    const category = store.category(`accounts-${streams}`, { events: accountEvents });
    const raw = category.stream("acc-1").raw();
    await raw.publish({ events: HISTORY.map((event) => ({ ...event, tags: [tag] })) });
    const query = eventsMatch({ names: ["money-deposited"], tags: [tag] });
    const boundary = await store.boundary(query, { events: accountEvents });
    expect(boundary.events.map(brief)).toEqual(READ.filter(([name]) => name === "money-deposited"));
    await raw.publish({ events: [{ name: "deposited", payload: { euros: 1 }, tags: [tag] }] });
    const events = [{ name: "money-deposited", payload: { amount: 1 } }] as const;
    const stream = category.stream("acc-2");
    await expect(stream.publish({ events, failIf: boundary.changed })).rejects.toMatchObject({
      code: "EVENTS_MATCHED",
    });
    await expect(stream.publish({ events, failIf: query })).rejects.toMatchObject({ code: "EVENTS_MATCHED" });
    const { changed } = await store.boundary(taggedWith(tag), { events: accountEvents });
    await stream.publish({ events, failIf: changed });
  });

  it("refuses no publish for an event under an old name that is read as none of those asked for", async () => {
    const tag = `account:${++streams}`;
    const category = store.category(`accounts-${streams}`, { events: accountEvents });
    const [old, stream] = [category.stream("acc-1").raw(), category.stream("acc-2")];
    const printed = { name: "statement-printed", payload: { pages: 1 }, tags: [tag] };
    const deposited = { name: "deposited", payload: { euros: 1 }, tags: [tag] };
    const opening = { name: "account-opened", payload: { owner: "Ada", openedAt: new Date(5) } } as const;
    const opened = eventsMatch({ names: ["account-opened"], tags: [tag] });
    await old.publish({ events: [printed, deposited] });
    await stream.publish({ events: [opening], failIf: opened });
    const { changed } = await store.boundary(opened, { events: accountEvents });
    await old.publish({ events: [printed, deposited] });
    await stream.publish({ events: [opening], failIf: JSON.parse(JSON.stringify(changed)) });
    await database.adapter.transaction(async (transaction) => {
      const within = store.within(transaction).category(`accounts-${streams}`, { events: accountEvents });
      await within.stream("acc-2").publish({ events: [opening], failIf: changed });
    });
    await old.publish({ events: [printed, { name: "opened-with", payload: { owner: "Bob", euros: 1 }, tags: [tag] }] });
    const { sequenceNumber } = (await old.latest()) as { readonly sequenceNumber: number };
    for (const [failIf, after, query] of [[changed, changed.after, opened] as const, [opened, 0, opened] as const]) {
      await expect(stream.publish({ events: [opening], failIf })).rejects.toMatchObject({
        ...{ code: "EVENTS_MATCHED", sequenceNumber, after, query },
      });
    }
    expect(await stream.read()).toHaveLength(3);
  });

  it("refuses a publish for an event under an old name that cannot be read", async () => {
    const tag = `account:${++streams}`;
    const category = store.category(`accounts-${streams}`, { events: accountEvents });
    await category
      .stream("acc-1")
      .raw()
      .publish({ events: [{ name: "deposited", payload: null, tags: [tag] }] });
    const opening = { name: "account-opened", payload: { owner: "Ada", openedAt: new Date(5) } } as const;
    const failIf = eventsMatch({ names: ["account-opened"], tags: [tag] });
    await expect(category.stream("acc-2").publish({ events: [opening], failIf })).rejects.toMatchObject({
      code: "EVENTS_MATCHED",
    });
  });

  it("lets one of many rivals through, though events under old names come between", async () => {
    const tag = `account:${++streams}`;
    const category = store.category(`accounts-${streams}`, { events: accountEvents });
    const printed = { name: "statement-printed", payload: { pages: 1 }, tags: [tag] };
    const opening = { name: "account-opened", payload: { owner: "Ada", openedAt: new Date(5) }, tags: [tag] } as const;
    const failIf = eventsMatch({ names: ["account-opened"], tags: [tag] });
    const settled = await Promise.allSettled(
      Array.from({ length: 16 }, async (_, n) => {
        await category
          .stream(`acc-${n}`)
          .raw()
          .publish({ events: [printed] });
        await category.stream(`acc-${n}`).publish({ events: [opening], failIf });
      }),
    );
    const refusals = settled.flatMap((each) => (each.status === "rejected" ? each.reason : []));
    expect(refusals).toHaveLength(15);
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: "EVENTS_MATCHED" });
  });
});
