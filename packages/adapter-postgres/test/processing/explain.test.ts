import { randomUUID } from "node:crypto";
import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadParked } from "../../src/processing/calls/parking-calls.ts";
import { claim, saveCheckpoints } from "../../src/processing/calls/partition-calls.ts";
import { type ProcessingCall, statementOf } from "../../src/processing/calls/processing-call.ts";
import { beat } from "../../src/processing/calls/session-calls.ts";
import { processingNames } from "../../src/processing/processing-names.ts";
import { queryRows } from "../query-rows.ts";
import { testServer } from "../test-server.ts";

const { connectionString } = await testServer();
const names = processingNames({});
const SESSION = randomUUID();
const SUBSCRIPTIONS = Array.from({ length: 50 }, (_, n) => n + 1);
const LEASES = SUBSCRIPTIONS.flatMap((subscription) =>
  Array.from({ length: 20 }, (_, partition) => ({ subscription, partition, token: 0 })),
);
let client: Client;

/** Twenty times what a node has handlers for, and everything planned while the tables were empty. */
beforeAll(async () => {
  const adapter = await PostgresProcessingStorageAdapter.open({ connectionString });
  client = new Client({ connectionString });
  await client.connect();
  for (const call of [beat(signOfLife(false)), claim(wanted()), saveCheckpoints(moves()), loadParked(parked())]) {
    for (let time = 0; time < 6; time += 1) await run(call);
  }
  await client.query(`insert into ${names.tables.subscriptions} (name, source, partitioning, partitions)
    select 's' || n, 'log', 'key', 20 from generate_series(1, 1000) n;
    insert into ${names.tables.partitions} (subscription, partition, sequence_number, token, is_paused, requests, carried_out)
    select s.id, n, 0, 0, false, '[]', '{}' from ${names.tables.subscriptions} s cross join generate_series(0, 19) n;
    insert into ${names.tables.parked}
    select s.id, n, n, gen_random_uuid(), 'c', 's', false, 1, 'no', now() from ${names.tables.subscriptions} s cross join generate_series(1, 100) n`);
  await adapter.storage.beginSession({ id: SESSION, name: "node", leaseMs: 10_000 });
  await adapter.close();
});
afterAll(() => client.end());

function signOfLife(isLiving = true) {
  return { session: isLiving ? SESSION : randomUUID(), name: "node", subscriptions: SUBSCRIPTIONS };
}

function wanted() {
  return { session: SESSION, partitions: LEASES };
}

function moves() {
  const checkpoint = { sequenceNumber: 5, eventId: undefined };
  return LEASES.map((lease) => ({ ...lease, token: 1, was: 0, checkpoint }));
}

function parked() {
  return { partitions: LEASES };
}

function run(call: ProcessingCall<unknown>) {
  const { text, values } = statementOf(call, names, { lockTimeoutMs: 1_000, notify: false });
  return client.query(text, [...values]);
}

interface Plan {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  readonly "Actual Rows"?: number;
  readonly "Actual Loops"?: number;
  readonly Plans?: readonly Plan[];
}

function nodes(plan: Plan): readonly Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodes)];
}

/** What the function of a call runs, as the server logs it. */
async function planOf(call: ProcessingCall<unknown>): Promise<readonly Plan[]> {
  const logged: string[] = [];
  const onNotice = ({ message = "" }) => logged.push(message);
  client.on("notice", onNotice);
  await client.query(`load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_format = 'json';
    set auto_explain.log_analyze = on; set auto_explain.log_timing = off; set auto_explain.log_nested_statements = on;
    set auto_explain.log_level = 'notice'; set client_min_messages = 'notice'`);
  await run(call);
  await client.query("set auto_explain.log_min_duration = -1");
  client.off("notice", onNotice);
  return logged
    .map((message) => JSON.parse(message.slice(message.indexOf("{"))) as { readonly Plan: Plan })
    .flatMap(({ Plan }) => nodes(Plan));
}

/** The indexes by which a plan reads tables, and how many rows it reads by them; it fails where a table is read without. */
function readsOf(plan: readonly Plan[]): Readonly<Record<string, number>> {
  const reads: Record<string, number> = {};
  for (const node of plan) {
    expect(node["Node Type"]).not.toBe("Seq Scan");
    const index = node["Index Name"];
    if (index !== undefined)
      reads[index] = (reads[index] ?? 0) + (node["Actual Rows"] ?? 0) * (node["Actual Loops"] ?? 1);
  }
  return reads;
}

describe("the plan that was made while the tables were empty", () => {
  it("of a claim reads the partitions that are wanted", async () => {
    const reads = readsOf(await planOf(claim(wanted())));
    expect(reads).toMatchObject({ processing_partitions_pkey: 3_000, processing_sessions_pkey: 1 });
  });

  it("of a beat reads what its subscriptions have, and writes one row", async () => {
    const before = await queryRows(
      connectionString,
      `select count(distinct xmin::text)::int from ${names.tables.partitions}`,
    );
    const reads = readsOf(await planOf(beat(signOfLife())));
    expect(reads.processing_partitions_pkey).toBe(1_000);
    expect(reads.processing_subscriptions_pkey).toBe(50);
    const after = await queryRows(
      connectionString,
      `select count(distinct xmin::text)::int from ${names.tables.partitions}`,
    );
    expect(after).toEqual(before);
  });

  it("of a thousand checkpoints reads each three times, by the primary key", async () => {
    expect(readsOf(await planOf(saveCheckpoints(moves())))).toEqual({ processing_partitions_pkey: 3_000 });
  });

  it("of loading what is parked of a thousand partitions reads each parked event once", async () => {
    const reads = readsOf(await planOf(loadParked(parked())));
    expect(reads.processing_parked_pkey).toBe(5_000);
  });
});
