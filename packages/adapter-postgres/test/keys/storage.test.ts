import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresKeyStorageAdapter } from "@eventfold/adapter-postgres/keys";
import { TcpProxy } from "@eventfold/testing/chaos";
import { afterAll, describe, expect, it } from "vitest";
import { queryRows } from "../query-rows.ts";
import { testServer } from "../test-server.ts";
import { aKey, everyCall } from "./every-call.ts";

const { connectionString } = await testServer();
const { proxy, connectionString: byProxy } = await TcpProxy.start(connectionString);
afterAll(() => proxy.stop());

/** Lets the next call be carried out, and its reply be lost. */
function loseReply(): void {
  let isSent = false;
  let isCut = false;
  proxy.toServer = (bytes) => {
    isSent ||= bytes.includes("select * from");
    return "pass";
  };
  proxy.toClient = () => {
    if (!isSent || isCut) return "pass";
    isCut = true;
    return "cut";
  };
}

async function answersOf(schema: string, before: () => void): Promise<readonly unknown[]> {
  // Unprepared, so that the proxy can tell a call from what else is sent.
  const adapter = await PostgresKeyStorageAdapter.open({
    connectionString: byProxy,
    schema,
    preparedStatements: false,
  });
  const answers: unknown[] = [];
  for (const call of everyCall(adapter.storage)) {
    before();
    answers.push(await call());
  }
  await adapter.close();
  return answers;
}

describe("a call whose reply is lost", () => {
  it("is made again, and answered as the first one was", async () => {
    expect(await answersOf("lost", loseReply)).toEqual(await answersOf("kept", () => {}));
  });

  it("says that the server cannot be reached, and may be made again when it can", async () => {
    const options = { connectionString: byProxy, schema: "down", writeTimeoutMs: 300, connectTimeoutMs: 300 };
    const adapter = await PostgresKeyStorageAdapter.open(options);
    await adapter.storage.add([{ key: aKey(1, "ada"), replaces: undefined }]);
    proxy.toServer = () => "cut";
    const unavailable = { code: "STORAGE_UNAVAILABLE", isRetryable: true };
    await expect(adapter.storage.forget([{ subject: "ada", forgottenAt: new Date(0) }])).rejects.toMatchObject(
      unavailable,
    );
    await expect(adapter.storage.current(["ada"])).rejects.toMatchObject(unavailable);
    proxy.toServer = () => "pass";
    expect(await adapter.storage.current(["ada"])).toMatchObject([{ kind: "keyed" }]);
    await adapter.close();
  });
});

describe("keys in a database that somebody has changed by hand", () => {
  const adding = (n: number, subject: string) => [{ key: aKey(n, subject), replaces: undefined }];
  const tombstones = [{ subject: "ada", forgottenAt: new Date(0) }];
  const changed = (sql: string) => queryRows(connectionString, sql);

  async function open(schema: string) {
    const adapter = await PostgresKeyStorageAdapter.open({ connectionString, schema });
    await adapter.storage.add(adding(1, "ada"));
    return adapter;
  }

  it("is called that when tables are missing", async () => {
    const adapter = await open("torn");
    await changed("drop table torn.key_store_keys");
    const calls = [() => adapter.storage.current(["ada"]), () => adapter.storage.forget(tombstones)];
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: "NOT_A_DATABASE" });
    await adapter.close();
  });

  it("acknowledges no deletion that a trigger prevents", async () => {
    const adapter = await open("kept_by_trigger");
    await changed(
      "create function kept_by_trigger.ignore() returns trigger language plpgsql as 'begin return null; end'",
    );
    await changed(
      "create trigger ignoring before delete on kept_by_trigger.key_store_keys for each row execute function kept_by_trigger.ignore()",
    );
    await expect(adapter.storage.forget(tombstones)).rejects.toMatchObject({ code: "STORAGE_FAILED" });
    expect(await adapter.storage.current(["ada"])).toMatchObject([{ kind: "keyed" }]);
    await adapter.close();
  });

  it("acknowledges no key that a trigger keeps out", async () => {
    const adapter = await open("kept_out");
    await changed("create function kept_out.ignore() returns trigger language plpgsql as 'begin return null; end'");
    for (const table of ["key_store_keys", "key_store_subjects"]) {
      const on = `ignoring on kept_out.${table}`;
      await changed(
        `create trigger ignoring before insert on kept_out.${table} for each row execute function kept_out.ignore()`,
      );
      await expect(adapter.storage.add(adding(2, "bea"))).rejects.toMatchObject({ code: "STORAGE_FAILED" });
      await changed(`drop trigger ${on}`);
    }
    expect(await adapter.storage.add(adding(2, "bea"))).toMatchObject([{ kind: "keyed" }]);
    await adapter.close();
  });

  it("neither makes a new key in the place of one that was deleted, nor calls it forgotten", async () => {
    const adapter = await open("deleted");
    await changed("delete from deleted.key_store_keys");
    const error = { code: "STORAGE_FAILED", message: expect.stringContaining("by hand") };
    await expect(adapter.storage.current(["ada"])).rejects.toMatchObject(error);
    await expect(adapter.storage.add(adding(2, "ada"))).rejects.toMatchObject(error);
    expect(await adapter.storage.forget(tombstones)).toEqual(tombstones);
    await adapter.close();
  });
});

describe("keys on the connections of an event adapter", () => {
  it("can be made while a transaction of it is open, and stay when that is rolled back", async () => {
    const events = await PostgresEventStorageAdapter.open({ connectionString, schema: "shared" });
    const keys = await PostgresKeyStorageAdapter.open({ shareWith: events });
    const own = new Error("the caller's own");
    const rolledBack = events.transaction(async () => {
      await keys.storage.add([{ key: aKey(1, "ada"), replaces: undefined }]);
      throw own;
    });
    await expect(rolledBack).rejects.toBe(own);
    expect(await keys.storage.current(["ada"])).toMatchObject([{ kind: "keyed" }]);
    await events.close();
  });

  it("refuses to share with anything but an event adapter of this package, or with other connections", async () => {
    const bad = { shareWith: {} as PostgresEventStorageAdapter };
    await expect(PostgresKeyStorageAdapter.open(bad)).rejects.toThrow(TypeError);
    const events = await PostgresEventStorageAdapter.open({ connectionString, schema: "shared" });
    const both = { shareWith: events, connectionString } as never;
    await expect(PostgresKeyStorageAdapter.open(both)).rejects.toThrow(TypeError);
    await events.close();
    await expect(PostgresKeyStorageAdapter.open({ shareWith: events })).rejects.toMatchObject({
      code: "ADAPTER_CLOSED",
    });
  });
});
