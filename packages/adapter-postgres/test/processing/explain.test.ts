import { randomUUID } from "node:crypto";
import { PostgresProcessingStorageAdapter } from "@eventfold/adapter-postgres/processing";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listParked, loadParked } from "../../src/processing/calls/parking-calls.ts";
import { claim, saveCheckpoints } from "../../src/processing/calls/partition-calls.ts";
import type { ProcessingCall } from "../../src/processing/calls/processing-call.ts";
import { beat } from "../../src/processing/calls/session-calls.ts";
import { processingNames } from "../../src/processing/processing-names.ts";
import { statementOf } from "../../src/routines/routine-call.ts";
import { queryRows } from "../query-rows.ts";
import { testServer } from "../test-server.ts";

const { connectionString } = await testServer();
const names = processingNames({});
const SESSION = randomUUID();
const SUBSCRIPTIONS = Array.from({ length: 50 }, (_, n) => n + 1);
const LEASES = SUBSCRIPTIONS.flatMap((subscription) =>
  Array.from({ length: 20 }, (_, partition) => ({ subscription, partition, token: 0 })),
);
const TABLES = (["sessions", "subscriptions", "partitions", "parked"] as const).map((table) => names.tables[table]);
let client: Client;

/**
 * Twenty times what a node has handlers for, and everything planned while the tables were empty. They are
 * analysed only when a test says so, for then the server plans anew.
 */
beforeAll(async () => {
  const adapter = await PostgresProcessingStorageAdapter.open({ connectionString });
  client = new Client({ connectionString });
  await client.connect();
  for (const table of TABLES) await client.query(`alter table ${table} set (autovacuum_enabled = off)`);
  const calls = [
    beat(signOfLife(false)),
    claim(wanted()),
    saveCheckpoints(moves()),
    loadParked(parked()),
    listParked(rare()),
  ];
  for (const call of calls) {
    for (let time = 0; time < 6; time += 1) await run(call);
  }
  await client.query(`insert into ${names.tables.subscriptions} (name, source, partitioning, partitions)
    select 's' || n, 'log', 'key', 20 from generate_series(1, 1000) n;
    insert into ${names.tables.partitions} (subscription, partition, sequence_number, token, is_paused, requests, carried_out)
    select s.id, n, 0, 0, false, '[]', '{}' from ${names.tables.subscriptions} s cross join generate_series(0, 19) n;
    insert into ${names.tables.parked}
    select s.id, n, n, gen_random_uuid(), 'c', 's', false, 1, 'no', now() from ${names.tables.subscriptions} s cross join generate_series(1, 100) n;
    update ${names.tables.parked} set stream = 'rare' where subscription = 7 and sequence_number in (30, 60, 90)`);
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

/** Of a stream that has three of the hundred that are parked. */
function rare() {
  return { subscription: 7, of: { category: "c", stream: "rare" }, after: { sequenceNumber: 50, hash: 0 }, limit: 10 };
}

function run(call: ProcessingCall<unknown>) {
  const { text, values } = statementOf(call, names, { lockTimeoutMs: 1_000, notify: false });
  return client.query(text, [...values]);
}

interface Plan {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Rows Removed by Index Recheck"?: number;
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

/** Nodes that fetch rows by an index. A bitmap of one is the child of the node that fetches them. */
const BY_INDEX = new Set(["Index Scan", "Index Only Scan", "Bitmap Heap Scan"]);

/** How many rows a plan fetches of each table, kept or not; it fails where a table is read without an index. */
function readsOf(plan: readonly Plan[]): Readonly<Record<string, number>> {
  const reads: Record<string, number> = {};
  for (const node of plan) {
    expect(node["Node Type"]).not.toBe("Seq Scan");
    const table = node["Relation Name"];
    if (table !== undefined && BY_INDEX.has(node["Node Type"])) reads[table] = (reads[table] ?? 0) + fetched(node);
  }
  return reads;
}

function fetched(node: Plan): number {
  const removed = (node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Index Recheck"] ?? 0);
  return (node["Actual Rows"] + removed) * node["Actual Loops"];
}

describe.each(["while the tables were empty", "of tables that were analysed"])("the plan that was made %s", (when) => {
  beforeAll(async () => {
    if (when === "of tables that were analysed") await client.query(`analyze ${TABLES.join()}`);
  });

  it("of a claim reads the partitions that are wanted", async () => {
    await client.query("begin");
    const reads = readsOf(await planOf(claim(wanted())));
    await client.query("rollback"); // what was claimed is not claimed again
    expect(reads).toEqual({ processing_partitions: 3_000, processing_sessions: 1 });
  });

  it("of a beat reads what its subscriptions have, and writes one row", async () => {
    const before = await queryRows(
      connectionString,
      `select count(distinct xmin::text)::int from ${names.tables.partitions}`,
    );
    const reads = readsOf(await planOf(beat(signOfLife())));
    expect(reads).toEqual({ processing_sessions: 2, processing_subscriptions: 50, processing_partitions: 1_000 });
    const after = await queryRows(
      connectionString,
      `select count(distinct xmin::text)::int from ${names.tables.partitions}`,
    );
    expect(after).toEqual(before);
  });

  it("of a thousand checkpoints reads each three times", async () => {
    expect(readsOf(await planOf(saveCheckpoints(moves())))).toEqual({ processing_partitions: 3_000 });
  });

  it("of loading what is parked of a thousand partitions reads each parked event once", async () => {
    const { processing_subscriptions, ...reads } = readsOf(await planOf(loadParked(parked())));
    expect(reads).toEqual({ processing_parked: 5_000, processing_partitions: 1_000 });
    expect(processing_subscriptions).toBeLessThanOrEqual(1_000); // each once, or once for each of its partitions
  });

  it("of a page of what is parked of a stream reads no other stream", async () => {
    const { processing_parked } = readsOf(await planOf(listParked(rare())));
    expect(processing_parked).toBe(2);
  });
});
