import { PostgresKeyStorageAdapter } from "@eventfold/adapter-postgres/keys";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  add,
  current,
  find,
  forget,
  type KeyCall,
  listKeys,
  listTombstones,
  replaceSecrets,
} from "../../src/keys/key-calls.ts";
import { keyNames } from "../../src/keys/key-names.ts";
import { statementOf } from "../../src/routines/routine-call.ts";
import { testServer } from "../test-server.ts";
import { aKey } from "./every-call.ts";

const { connectionString } = await testServer();
const names = keyNames({});
const SUBJECTS = Array.from({ length: 100 }, (_, n) => `s${n + 1}`);
const KEYS = SUBJECTS.map((subject, n) => aKey(n + 1, subject));
let client: Client;

function run(call: KeyCall<unknown>) {
  const { text, values } = statementOf(call, names, { lockTimeoutMs: 1_000, notify: false });
  return client.query(text, [...values]);
}

/** Calls that concern a hundred subjects, one key each. */
const calls: readonly (readonly [string, KeyCall<unknown>])[] = [
  ["current", current(SUBJECTS)],
  ["find", find(KEYS.map(({ id, subject }) => ({ id, subject })))],
  ["the addition of first keys", add(KEYS.map((key) => ({ key, replaces: undefined })))],
  ["a rotation", add(KEYS.map((key, n) => ({ key: aKey(n + 900_001, key.subject), replaces: key.id })))],
  ["replaceSecrets", replaceSecrets(KEYS.map((key) => ({ ...key, was: key.secret, secret: "other" })))],
  ["forget", forget(SUBJECTS.map((subject) => ({ subject, forgottenAt: new Date(0) })))],
  ["listKeys", listKeys({ after: aKey(500, "").id, limit: 100 })],
  ["listTombstones", listTombstones({ after: "s5", limit: 100 })],
];

/** 20,000 subjects, and everything planned while the tables were empty. */
beforeAll(async () => {
  await (await PostgresKeyStorageAdapter.open({ connectionString })).close();
  client = new Client({ connectionString });
  await client.connect();
  await client.query(`alter table ${names.tables.keys} set (autovacuum_enabled = off);
    alter table ${names.tables.subjects} set (autovacuum_enabled = off)`);
  for (const [, call] of calls) {
    for (let time = 0; time < 6; time += 1) {
      await client.query("begin");
      await run(call);
      await client.query("rollback");
    }
  }
  await client.query(`insert into ${names.tables.subjects} (subject, current_key)
      select 's' || n, ('018f0000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid from generate_series(1, 20000) n;
    insert into ${names.tables.keys} (id, subject, secret)
      select ('018f0000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 's' || n, 'secret ' || n from generate_series(1, 20000) n`);
});
afterAll(() => client.end());

interface Plan {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly Plan[];
}

function nodes(plan: Plan): readonly Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodes)];
}

/** What the function of a call runs, as the server logs it. */
async function planOf(call: KeyCall<unknown>): Promise<readonly Plan[]> {
  const logged: string[] = [];
  const onNotice = ({ message = "" }) => logged.push(message);
  client.on("notice", onNotice);
  await client.query(`load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_format = 'json';
    set auto_explain.log_analyze = on; set auto_explain.log_timing = off; set auto_explain.log_nested_statements = on;
    set auto_explain.log_level = 'notice'; set client_min_messages = 'notice'`);
  await client.query("begin");
  await run(call);
  await client.query("rollback");
  await client.query("set auto_explain.log_min_duration = -1");
  client.off("notice", onNotice);
  return logged
    .map((message) => JSON.parse(message.slice(message.indexOf("{"))) as { readonly Plan: Plan })
    .flatMap(({ Plan }) => nodes(Plan));
}

describe.each(["while the tables were empty", "of tables that were analysed"])("the plan that was made %s", (when) => {
  beforeAll(async () => {
    if (when === "of tables that were analysed")
      await client.query(`analyze ${names.tables.keys}, ${names.tables.subjects}`);
  });

  it.each(calls)("of %s reads no more than it is asked for", async (_, call) => {
    const plan = await planOf(call);
    const reading = plan.filter((node) => node["Relation Name"] !== undefined && node["Node Type"] !== "ModifyTable");
    expect(reading.length).toBeGreaterThan(0);
    for (const node of reading) {
      expect(node["Node Type"]).not.toBe("Seq Scan");
      const fetched = (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"];
      // No tombstone is there, so that their listing looks at all subjects after the one that it is given.
      if (call.routine !== "list_tombstones") expect(fetched).toBeLessThanOrEqual(200);
    }
  });
});
