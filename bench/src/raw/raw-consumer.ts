import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { EventStore } from "@eventfold/store";
import pg from "pg";
import { benchDatabase } from "../bench-server.ts";
import type { Candidate } from "../candidate.ts";
import { timed } from "../load.ts";
import { fillStreams } from "../processing/databases.ts";

const PAGE = "select * from eventfold.events where sequence_number > $1 order by sequence_number limit 1000";
const SAVE = "update checkpoints set number = $1 where name = 'counting'";

/** A loop over `pg`, as one writes it by hand: a page, its events one by one, the checkpoint; and so on. */
export function rawConsumer(name: string, events: number): Candidate {
  return {
    name,
    async start() {
      const connectionString = await benchDatabase();
      await using adapter = await PostgresEventStorageAdapter.open({ connectionString });
      await fillStreams(new EventStore({ adapter }), events);
      const client = new pg.Client({ connectionString });
      await client.connect();
      await client.query("create table checkpoints (name text primary key, number bigint not null)");
      await client.query("insert into checkpoints values ('counting', 0)");
      return { measure: () => timed(() => consume(client)), dispose: () => client.end() };
    },
  };
}

async function consume(client: pg.Client): Promise<number> {
  let handled = 0;
  for (let after = "0"; ; ) {
    const { rows } = await client.query<{ sequence_number: string }>({ name: "page", text: PAGE, values: [after] });
    for (const _ of rows) handled += 1;
    const last = rows.at(-1);
    if (last === undefined) return handled;
    after = last.sequence_number;
    await client.query({ name: "save", text: SAVE, values: [after] });
  }
}
