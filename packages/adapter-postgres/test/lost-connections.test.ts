import { setTimeout as sleep } from "node:timers/promises";
import { PostgresEventStorageAdapter, type PostgresEventStorageOptions } from "@eventfold/adapter-postgres";
import { EventStore, newEvent, positionIs, streamIsEmpty } from "@eventfold/store";
import { TcpProxy } from "@eventfold/testing/chaos";
import { isEventfoldError } from "@eventfold/types";
import { Client } from "pg";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { numbered } from "./events.ts";
import { queried } from "./queried.ts";
import { testServer } from "./test-server.ts";

const server = await testServer();
const { proxy, connectionString } = await TcpProxy.start(server.connectionString);
afterAll(() => proxy.stop());
const names = { category: "c", stream: "s" };
let schemas = 0;
let schema = "";

beforeEach(() => {
  schemas += 1;
  schema = `lost_${schemas}`;
});

async function open(options: Partial<PostgresEventStorageOptions> = {}) {
  const adapter = await PostgresEventStorageAdapter.open({
    ...{ connectionString, schema, notifications: false },
    ...options,
  } as PostgresEventStorageOptions);
  return { adapter, store: new EventStore({ adapter }) };
}

function isAppend(bytes: Buffer): boolean {
  return bytes.includes("eventfold_") && bytes.includes("numbered");
}

/** Whether the server tells a connection that listens of a notification. */
function isNotification(bytes: Buffer): boolean {
  return bytes[0] === "A".charCodeAt(0);
}

/** Lets a rule act once, then passes everything. */
function once(act: (bytes: Buffer) => boolean): (bytes: Buffer) => "pass" | "cut" {
  let isDone = false;
  return (bytes) => {
    if (isDone || !act(bytes)) return "pass";
    isDone = true;
    return "cut";
  };
}

describe("a publish whose connection is cut", () => {
  it.each([
    [
      "before the request is sent",
      () => {
        proxy.toServer = once(isAppend);
      },
    ],
    [
      "after the commit, before its reply",
      () => {
        let isSent = false;
        proxy.toServer = (bytes) => {
          isSent ||= isAppend(bytes);
          return "pass";
        };
        proxy.toClient = once(() => isSent);
      },
    ],
  ])("%s, is stored once", async (_, cut) => {
    const { adapter, store } = await open();
    await store.stream(names).publish({ events: [{ name: "first", payload: 0 }] });
    for (let round = 1; round <= 20; round += 1) {
      cut();
      const events = await store
        .stream(names)
        .publish({ events: numbered(1, round), condition: positionIs(round - 1) });
      expect(events[0]).toMatchObject({ position: round, payload: { n: round } });
    }
    proxy.toServer = proxy.toClient = () => "pass";
    expect((await store.log().read()).map(({ position }) => position)).toEqual(Array.from({ length: 21 }, (_, n) => n));
    await adapter.close();
  });

  it("after the request is sent, before the commit, is stored once", async () => {
    const { adapter, store } = await open();
    const holder = new Client({ connectionString: server.connectionString });
    await holder.connect();
    await holder.query("begin");
    await new EventStore({ adapter })
      .within(adapter.using(holder))
      .stream({ ...names, stream: "other" })
      .publish({ events: numbered(1) });
    const publish = store.stream(names).publish({ events: numbered(3), condition: streamIsEmpty() });
    await untilWaiting(1);
    proxy.cutAll();
    await untilWaiting(2); // the server does not know yet that the first is gone.
    await holder.query("commit");
    await holder.end();
    expect((await publish).map(({ position }) => position)).toEqual([0, 1, 2]);
    expect(await store.stream(names).read()).toHaveLength(3);
    await adapter.close();
  });

  it("by the end of its backend, is repeated and stored once", async () => {
    const { adapter, store } = await open();
    const holder = new Client({ connectionString: server.connectionString });
    await holder.connect();
    await holder.query("begin");
    await store
      .within(adapter.using(holder))
      .stream({ ...names, stream: "other" })
      .publish({ events: numbered(1) });
    const publishes = Array.from({ length: 5 }, (_, n) => store.stream(names).publish({ events: numbered(1, n) }));
    await untilWaiting(1);
    await queried(
      server.connectionString,
      `select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'advisory'`,
    );
    await holder.query("commit");
    await holder.end();
    expect((await Promise.all(publishes)).map(({ isRepeat }) => isRepeat)).toEqual([false, false, false, false, false]);
    expect(await store.stream(names).read()).toHaveLength(5);
    await adapter.close();
  });

  async function untilWaiting(count: number): Promise<void> {
    const waiting =
      "select count(*)::int from pg_stat_activity where wait_event = 'advisory' and datname = current_database()";
    while (Number((await queried(server.connectionString, waiting))[0]) < count) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  it("for longer than `writeTimeoutMs`, rejects with the prepared events, which can be published again", async () => {
    const { adapter, store } = await open({ writeTimeoutMs: 400 });
    let isSent = false;
    proxy.toServer = (bytes) => {
      if (isSent) return "cut";
      isSent = isAppend(bytes);
      return "pass";
    };
    proxy.toClient = () => (isSent ? "cut" : "pass");
    const error = await store
      .stream(names)
      .publish({ events: numbered(2), condition: streamIsEmpty() })
      .then(
        () => undefined,
        (rejection: unknown) => rejection,
      );
    proxy.toServer = proxy.toClient = () => "pass";
    if (!isEventfoldError(error, "STORAGE_UNAVAILABLE")) throw error;
    expect(error.isRetryable).toBe(true);
    expect(error.preparedWrites).toMatchObject([{ ...names, events: [{ payload: { n: 0 } }, { payload: { n: 1 } }] }]);
    const again = await store.publish(error.preparedWrites);
    expect(again.isRepeat).toBe(true);
    expect(await store.log().read()).toHaveLength(2);
    await adapter.close();
  });

  it("with the server silent, not gone, is given up in time and found again", async () => {
    const { adapter, store } = await open({ writeTimeoutMs: 300 });
    await store.stream(names).publish({ events: [{ name: "first", payload: 0 }] });
    proxy.toServer = () => "hold";
    await expect(store.stream(names).publish({ events: numbered(1) })).rejects.toMatchObject({
      code: "STORAGE_UNAVAILABLE",
    });
    proxy.toServer = () => "pass";
    await store.stream(names).publish({ events: numbered(1) });
    expect(await store.log().read()).toHaveLength(2);
    await adapter.close();
  });

  it("a rival that takes the position in between is seen", async () => {
    const { adapter, store } = await open();
    const rival = await PostgresEventStorageAdapter.open({ connectionString: server.connectionString, schema });
    const isCut = Promise.withResolvers<void>();
    proxy.toServer = once((bytes) => {
      if (!isAppend(bytes)) return false;
      proxy.isDown = true;
      isCut.resolve();
      return true;
    });
    const publish = store.stream(names).publish({ events: numbered(1), condition: streamIsEmpty() });
    const outcome = publish.catch((error: unknown) => error);
    await isCut.promise;
    await new EventStore({ adapter: rival })
      .stream(names)
      .publish({ events: [newEvent({ name: "rival", payload: 1 })] });
    proxy.isDown = false;
    expect(await outcome).toMatchObject({ code: "UNMET_WRITE_CONDITION", latestPosition: 0 });
    await Promise.all([adapter.close(), rival.close()]);
  });
});

/** What the server says when it ends a connection, in the words of its protocol. */
function terminated(): Buffer {
  const fields = Buffer.from("SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0");
  const head = Buffer.from("E....");
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

describe("a connection that the server ends in the same breath as it is made", () => {
  it("does not end the process, and the publish goes out on another one", async () => {
    const { adapter, store } = await open();
    const isReady = (bytes: Buffer) => bytes.subarray(-6).equals(Buffer.from("Z\0\0\0\x05I"));
    let ended = 0;
    proxy.toClient = (bytes) => {
      if (ended === 3 || !isReady(bytes) || !bytes.includes("server_version")) return "pass";
      ended += 1;
      return Buffer.concat([bytes, terminated()]);
    };
    proxy.cutAll();
    await store.stream(names).publish({ events: numbered(1) });
    proxy.restore();
    expect(ended).toBeGreaterThan(0);
    expect(await store.log().read()).toHaveLength(1);
    await adapter.close();
  });
});

describe("a scan whose connection is cut", () => {
  it("goes on where it was, page by page", async () => {
    const { adapter, store } = await open();
    await store.stream(names).publish({ events: numbered(5_000) });
    const seen: number[] = [];
    for await (const event of store.log().scan()) {
      seen.push(event.position);
      if (seen.length % 900 === 0) proxy.cutAll();
    }
    expect(seen).toEqual(Array.from({ length: 5_000 }, (_, n) => n));
    await adapter.close();
  });
});

describe("a follower", () => {
  const never = 600_000;

  async function followed(store: EventStore, signal: AbortSignal, onEvent: (position: number) => void) {
    for await (const event of store.log().follow({ signal })) onEvent(event.position);
  }

  it.each(["terminated by the server", "cut", "half open"])(
    "is woken by notification alone, also after the connection that listens was %s",
    async (loss) => {
      const { adapter, store } = await open({
        notifications: true,
        pollIntervalMs: never,
        connectTimeoutMs: 400,
        writeTimeoutMs: 400,
        readTimeoutMs: 400,
      });
      const writer = await PostgresEventStorageAdapter.open({ connectionString: server.connectionString, schema });
      const stream = new EventStore({ adapter: writer }).stream(names);
      const ending = new AbortController();
      const seen: number[] = [];
      let onSeen = () => {};
      const following = followed(store, ending.signal, (position) => {
        seen.push(position);
        onSeen();
      });
      const until = (count: number) => {
        const isSeen = new Promise<void>((resolve) => {
          onSeen = () => seen.length >= count && resolve();
          onSeen();
        });
        return Promise.race([isSeen, following]);
      };
      await stream.publish({ events: numbered(1) });
      await until(1);
      if (loss === "cut") proxy.cutAll();
      if (loss === "half open") {
        proxy.toServer = proxy.toClient = () => "hold";
        setTimeout(() => {
          proxy.toServer = proxy.toClient = () => "pass";
        }, 1_500);
      }
      if (loss === "terminated by the server") {
        await queried(
          server.connectionString,
          "select pg_terminate_backend(pid) from pg_stat_activity where query ~ '^(un)?listen' or query = 'select 1'",
        );
      }
      await stream.publish({ events: numbered(1) });
      await until(2);
      await stream.publish({ events: numbered(1) });
      await until(3);
      expect(seen).toEqual([0, 1, 2]);
      ending.abort();
      await expect(following).rejects.toBe(ending.signal.reason);
      await Promise.all([adapter.close(), writer.close()]);
    },
  );

  it("leaves no connection behind when the one that listens was lost twice, the second time as it was proven", async () => {
    const target = new URL(connectionString);
    target.pathname = new URL(await server.createDatabase()).pathname;
    const database = target.href;
    const { adapter } = await open({ connectionString: database, notifications: true, connectTimeoutMs: 400 });
    const isCut = new Promise<void>((resolve) => {
      proxy.toClient = once((bytes) => {
        if (isNotification(bytes)) resolve();
        return isNotification(bytes);
      });
    });
    proxy.cutAll();
    await isCut;
    await sleep(1_200); // as long as a reconnection takes that waits in vain, and the one after it
    await adapter.close();
    const connected = `select count(*)::int from pg_stat_activity where datname = '${target.pathname.slice(1)}'`;
    await expect.poll(() => queried(server.connectionString, connected), { timeout: 10_000 }).toEqual([0]);
  });

  it("cannot be promised notifications while the connection is lost, and may be later", async () => {
    proxy.toClient = once(isNotification);
    const opening = open({ notifications: true });
    await expect(opening).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE", isRetryable: true });
    const { adapter } = await open({ notifications: true });
    await adapter.close();
  });

  it("polls where notifications are turned off", async () => {
    const { adapter, store } = await open({ pollIntervalMs: 50 });
    expect(adapter.capabilities.notifications).toBe(false);
    const writer = await PostgresEventStorageAdapter.open({ connectionString: server.connectionString, schema });
    const ending = new AbortController();
    const seen = new Promise<void>((resolve) => {
      followed(store, ending.signal, () => resolve()).catch(() => {});
    });
    await new EventStore({ adapter: writer }).stream(names).publish({ events: numbered(1) });
    await seen;
    ending.abort();
    await Promise.all([adapter.close(), writer.close()]);
  });

  it("is not promised notifications that would never come", async () => {
    const elsewhere = await server.createDatabase();
    await expect(
      open({ notifications: true, listenConnectionString: elsewhere, connectTimeoutMs: 300 }),
    ).rejects.toMatchObject({ code: "STORAGE_FAILED", isRetryable: false });
  });
});
