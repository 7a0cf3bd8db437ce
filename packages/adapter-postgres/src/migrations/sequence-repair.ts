import type { PoolClient } from "pg";
import { escapeLiteral } from "pg";
import type { LogNames } from "../naming/log-names.ts";

/** Sets the sequence past every stored number, while no writer is under way. Needs the rights of the log's owner. */
export async function repairSequence(client: PoolClient, names: LogNames): Promise<void> {
  await client
    .query(`begin isolation level read committed;
    lock table ${names.events} in exclusive mode;
    select setval(${escapeLiteral(names.sequence)}::regclass, greatest(s.last_value, e.latest), s.is_called or e.latest is not null)
      from ${names.sequence} s,
           (select max(sequence_number) as latest from ${names.events}) e;
    commit`)
    .catch(async (error: unknown) => {
      await client.query("rollback").catch(() => {}); // a lost connection rolls back by itself.
      throw error;
    });
}
