import { setTimeout as sleep } from "node:timers/promises";
import { PostgresEventStorageAdapter, type PostgresEventStorageOptions } from "@eventfold/adapter-postgres";
import { EventStore, newEvent, positionIs, predicate, streamIsEmpty } from "@eventfold/store";
import { TcpProxy } from "@eventfold/testing/chaos";
import { isEventfoldError, type PreparedWrite } from "@eventfold/types";
import { Client } from "pg";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { numbered } from "./events.ts";
import { queryRows } from "./query-rows.ts";
import { testServer } from "./test-server.ts";
import { untilWaiting } from "./until.ts";

const server = await testServer();
const { proxy, connectionString } = await TcpProxy.start(server.connectionString);
afterAll(() => proxy.stop());
const database = new URL(server.connectionString).pathname.slice(1);
const names = { category: "c", stream: "s" };
let schemas = 0;
let schema = "";

beforeEach(() => {
  proxy.restore();
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
    const rounds = process.env.EVENTFOLD_SOAK ? 20 : 6;
    for (let round = 1; round <= rounds; round += 1) {
      cut();
      const events = await store
        .stream(names)
        .publish({ events: numbered(1, round), condition: positionIs(round - 1) });
      expect(events[0]).toMatchObject({ position: round, payload: { n: round } });
    }
    proxy.toServer = proxy.toClient = () => "pass";
    expect((await store.log().read()).map(({ position }) => position)).toEqual(
      Array.from({ length: rounds + 1 }, (_, n) => n),
    );
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
    await untilWaiting(server.connectionString, 1);
    proxy.cutAll();
    await untilWaiting(server.connectionString, 2); // the server does not know yet that the first is gone.
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
    await untilWaiting(server.connectionString, 1);
    await queryRows(
      server.connectionString,
      `select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'advisory' and datname = current_database()`,
    );
    await holder.query("commit");
    await holder.end();
    expect((await Promise.all(publishes)).map(({ isRepeat }) => isRepeat)).toEqual([false, false, false, false, false]);
    expect(await store.stream(names).read()).toHaveLength(5);
    await adapter.close();
  });

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

  /** Loses the reply to the next append, once the obstacle to its repetition is in place. */
  function loseReply(obstruct: () => Promise<unknown>): void {
    let isSent = false;
    let isLost = false;
    proxy.toServer = (bytes) => {
      isSent ||= isAppend(bytes);
      return "pass";
    };
    proxy.toClient = () => {
      if (!isSent || isLost) return "pass";
      isLost = true;
      proxy.isDown = true;
      void obstruct().then(() => {
        proxy.isDown = false;
        proxy.cutAll();
      });
      return "hold";
    };
  }

  const REFUSAL = "raise exception using errcode = '22000';";

  /** Changes the text of the functions that append. */
  async function changeFunctions(admin: Client, change: readonly [string, string]): Promise<void> {
    const functions = `select regexp_replace(pg_get_functiondef(oid), $1, $2) as text from pg_proc
      where pronamespace = '${schema}'::regnamespace and proname like 'events_append%'`;
    const { rows } = await admin.query<{ text: string }>(functions, [...change]);
    for (const { text } of rows) await admin.query(text);
  }

  it.each<[string, (admin: Client) => Promise<unknown>, (admin: Client) => Promise<unknown>]>([
    [
      "others hold the log",
      (admin) => admin.query(`begin; select pg_advisory_xact_lock('${schema}.events'::regclass::oid::integer, 0)`),
      (admin) => admin.query("rollback"),
    ],
    [
      "the database became read-only",
      (admin) => admin.query(`alter database ${database} set default_transaction_read_only = on`),
      (admin) => admin.query(`set default_transaction_read_only = off; alter database ${database} reset all`),
    ],
    [
      "the functions are gone",
      (admin) => admin.query(`alter schema ${schema} rename to elsewhere`),
      (admin) => admin.query(`alter schema elsewhere rename to ${schema}`),
    ],
    [
      "the statement fails",
      (admin) => changeFunctions(admin, ["begin", `begin ${REFUSAL}`]),
      (admin) => changeFunctions(admin, [`begin ${REFUSAL}`, "begin"]),
    ],
  ])("after the commit, and repeated in vain because %s, may be stored and says so", async (_, obstruct, clear) => {
    const { adapter, store } = await open({ writeTimeoutMs: 1_500 });
    const admin = new Client({ connectionString: server.connectionString });
    await admin.connect();
    const streams = ["a", "b", "c"].map((stream) => store.stream({ ...names, stream }));
    for (const stream of streams) await stream.publish({ events: [{ name: "first", payload: 0 }] });
    loseReply(() => obstruct(admin));
    const outcomes = await Promise.allSettled(streams.map((stream) => stream.publish({ events: numbered(2) })));
    await clear(admin);
    proxy.restore();
    const unknown: PreparedWrite[] = [];
    for (const outcome of outcomes) {
      if (outcome.status === "fulfilled") continue;
      const error: unknown = outcome.reason;
      if (isEventfoldError(error, "STORAGE_UNAVAILABLE") && error.message.includes("may have been stored")) {
        unknown.push(...error.preparedWrites);
      }
    }
    expect(unknown).not.toEqual([]);
    for (const write of unknown) await store.publish([write]);
    await admin.end();
    for (const stream of streams) {
      const size = (await stream.read()).length;
      if (unknown.some((write) => write.stream === stream.identifier.stream)) expect(size).toBe(3);
      else expect([1, 3]).toContain(size);
    }
    await adapter.close();
  });

  it("in the look-up of what is stored already, over and over, is looked up until it is found", async () => {
    const { adapter, store } = await open();
    const events = [newEvent({ name: "numbered", payload: 1 })];
    const stored = await store.stream(names).publish({ events });
    let cuts = 0;
    proxy.toServer = (bytes) => {
      if (cuts === 10 || !bytes.includes("pg_logical_emit_message")) return "pass";
      cuts += 1;
      return "cut";
    };
    const again = await store.stream(names).publish({ events });
    proxy.restore();
    expect(cuts).toBe(10);
    expect(again.isRepeat).toBe(true);
    expect([...again]).toEqual([...stored]);
    await adapter.close();
  });

  it("in the look-up of what is stored already, for good, may be stored and says so", async () => {
    const { adapter, store } = await open({ writeTimeoutMs: 300 });
    const events = [newEvent({ name: "numbered", payload: 1 })];
    await store.stream(names).publish({ events });
    proxy.toServer = (bytes) => (bytes.includes("pg_logical_emit_message") ? "cut" : "pass");
    const again = store.stream(names).publish({ events });
    await expect(again).rejects.toMatchObject({
      code: "STORAGE_UNAVAILABLE",
      message: expect.stringContaining("may have been stored"),
      preparedWrites: [{ ...names, events: [{ id: events[0]?.id }] }],
    });
    proxy.restore();
    await adapter.close();
  });

  it("as a predicate's event is read, over and over, is stored in the end", async () => {
    const { adapter, store } = await open();
    await store.stream(names).publish({ events: numbered(1) });
    let cuts = 0;
    proxy.toServer = (bytes) => {
      if (cuts === 10 || isAppend(bytes)) return "pass";
      cuts += 1;
      return "cut";
    };
    const condition = predicate("has a number", (latest) => latest?.name === "numbered");
    const [event] = await store.stream(names).publish({ events: numbered(1, 1), condition });
    proxy.restore();
    expect(cuts).toBe(10);
    expect(event).toMatchObject({ position: 1 });
    await adapter.close();
  });

  it("and whose server is silent is repeated on another connection in time", async () => {
    const { adapter, store } = await open({ writeTimeoutMs: 6_000 });
    await store.stream(names).publish({ events: [{ name: "first", payload: 0 }] });
    let isSilent = false;
    proxy.toServer = (bytes) => {
      if (isSilent || !isAppend(bytes)) return "pass";
      isSilent = true;
      return "hold";
    };
    const [event] = await store.stream(names).publish({ events: numbered(1) });
    proxy.restore();
    expect(event).toMatchObject({ position: 1 });
    expect(await store.log().read()).toHaveLength(2);
    await adapter.close();
  });

  it("and waits for the log for longer than one try takes is stored when the log is free", async () => {
    const { adapter, store } = await open({ writeTimeoutMs: 6_000 });
    const holder = new Client({ connectionString: server.connectionString });
    await holder.connect();
    await holder.query(`begin; select pg_advisory_xact_lock('${schema}.events'::regclass::oid::integer, 0)`);
    const publish = store.stream(names).publish({ events: numbered(1) });
    await untilWaiting(server.connectionString, 1);
    const started =
      "select query_start::text from pg_stat_activity where wait_event = 'advisory' and datname = current_database()";
    const [first] = await queryRows(server.connectionString, started);
    await expect
      .poll(() => queryRows(server.connectionString, started), { timeout: 6_000 })
      .toEqual([expect.not.stringMatching(first as string)]);
    await holder.query("rollback");
    await holder.end();
    expect(await publish).toHaveLength(1);
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

describe("a process that freezes in a publish of several statements", () => {
  it("holds the log until its transaction was idle for too long, not forever", async () => {
    const { adapter, store } = await open({ transactionIdleTimeoutMs: 2_000 });
    const other = await PostgresEventStorageAdapter.open({
      ...{ connectionString: server.connectionString, schema, writeTimeoutMs: 20_000 },
    });
    const payload = "x".repeat(1024 * 1024);
    const isJudged = Promise.withResolvers<void>();
    proxy.toServer = (bytes) => {
      if (!bytes.includes("xxxxxxxx")) return "pass";
      isJudged.resolve();
      return "hold";
    };
    const large = store
      .stream(names)
      .publish({ events: Array.from({ length: 40 }, () => ({ name: "large", payload })) });
    await isJudged.promise;
    const [event] = await new EventStore({ adapter: other }).stream(names).publish({ events: numbered(1) });
    expect(event).toMatchObject({ position: 0 });
    proxy.restore();
    expect((await large).map(({ position }) => position)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
    await Promise.all([adapter.close(), other.close()]);
  });
});

describe("a read that finds all connections of the pool lost", () => {
  it("is answered over a new one, however many there were", async () => {
    const { adapter, store } = await open();
    const stored = await store.stream(names).publish({ events: numbered(1) });
    await Promise.all(Array.from({ length: 8 }, () => store.log().read()));
    const isStartup = (bytes: Buffer) => bytes[0] === 0; // everything else begins with a letter
    proxy.toServer = (bytes) => {
      if (!isStartup(bytes)) return "cut";
      proxy.restore();
      return "pass";
    };
    expect(await store.log().read()).toEqual(stored);
    await adapter.close();
  });
});

describe("a scan whose connection is cut", () => {
  it("goes on from where it was, page by page", async () => {
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
        connectTimeoutMs: 1_000,
        writeTimeoutMs: 1_000,
        readTimeoutMs: 1_000,
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
        }, 2_500);
      }
      if (loss === "terminated by the server") {
        await queryRows(
          server.connectionString,
          "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and (query ~ '^(un)?listen' or query = 'select 1')",
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
    await sleep(1_200); // as long as a reconnection that waits in vain takes, and the one after it
    await adapter.close();
    const connected = `select count(*)::int from pg_stat_activity where datname = '${target.pathname.slice(1)}'`;
    await expect.poll(() => queryRows(server.connectionString, connected), { timeout: 10_000 }).toEqual([0]);
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
