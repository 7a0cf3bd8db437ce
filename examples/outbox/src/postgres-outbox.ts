import type { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { type InlineHook, inlineHook } from "@eventfold/store";
import type { Pool } from "pg";
import { messagesOf } from "./message.ts";
import type { Outbox } from "./outbox.ts";

const CREATE = "create table if not exists outbox (number bigint primary key, id uuid not null, body text not null)";
const INSERT = "insert into outbox (number, id, body) select * from unnest($1::bigint[], $2::uuid[], $3::text[])";

/** Stores the messages of each publish in its transaction: with the events, or not at all. */
export async function postgresOutboxHook(adapter: PostgresEventStorageAdapter): Promise<InlineHook> {
  await adapter.transaction(async ({ client }) => void (await client.query(CREATE)));
  return inlineHook(adapter, {
    needsOrder: "log",
    run: async ({ events, transaction }) => {
      const messages = messagesOf(events);
      const columns = [
        messages.map(({ number }) => number),
        messages.map(({ id }) => id),
        messages.map(({ body }) => body),
      ];
      if (messages.length > 0) await transaction.client.query(INSERT, columns);
    },
  });
}

/** The outbox in a database, for a relay. */
export async function openPostgresOutbox(pool: Pool): Promise<Outbox> {
  await pool.query(CREATE);
  return {
    async waiting(limit) {
      const { rows } = await pool.query<{ number: string; id: string; body: string }>(
        "select number, id, body from outbox order by number limit $1",
        [limit],
      );
      return rows.map(({ number, id, body }) => ({ number: Number(number), id, body }));
    },
    async remove({ number }) {
      await pool.query("delete from outbox where number = $1", [number]);
    },
  };
}
