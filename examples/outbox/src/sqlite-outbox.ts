import type { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { type InlineHook, inlineHook } from "@eventfold/store";
import Database from "better-sqlite3";
import { type Message, messagesOf } from "./message.ts";
import type { Outbox } from "./outbox.ts";

const CREATE = "create table if not exists outbox (number integer primary key, id text not null, body text not null)";

/** Stores the messages of each publish in its transaction: with the events, or not at all. */
export async function sqliteOutboxHook(adapter: SqliteEventStorageAdapter): Promise<InlineHook> {
  await adapter.transaction(async ({ client }) => void client.exec(CREATE));
  return inlineHook(adapter, {
    needsOrder: "log",
    run: async ({ events, transaction }) => {
      const insert = transaction.client.prepare("insert into outbox (number, id, body) values (?, ?, ?)");
      for (const { number, id, body } of messagesOf(events)) insert.run(number, id, body);
    },
  });
}

/** The outbox in a file, for a relay: on a connection of its own, so that it holds up no publish. */
export function openSqliteOutbox(filename: string): Outbox & Disposable {
  const client = new Database(filename);
  client.exec(CREATE);
  const select = client.prepare<[number], Message>("select number, id, body from outbox order by number limit ?");
  const remove = client.prepare<[number]>("delete from outbox where number = ?");
  return {
    waiting: async (limit) => select.all(limit),
    remove: async ({ number }) => void remove.run(number),
    [Symbol.dispose]: () => void client.close(),
  };
}
