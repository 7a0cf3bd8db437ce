import type { StructureFault, StructureStep } from "@eventfold/store/adapter";
import type { ClientBase } from "pg";
import { escapeIdentifier } from "pg";
import type { Connections } from "../connection/connections.ts";
import { inTransaction } from "../connection/in-transaction.ts";
import { UNPREPARED } from "../connection/statement.ts";
import { sqlstateOf } from "../errors/sqlstate.ts";
import type { LogNames } from "../naming/log-names.ts";
import { abortable } from "../reading/abortable.ts";

/** An index of the log, and the order that only it gives. */
interface CheckedIndex {
  /** Quoted, and qualified by the schema. */
  readonly name: string;
  /** Quoted, and qualified by the schema. */
  readonly table: string;
  readonly order: string;
}

function indexesOf(names: LogNames): readonly CheckedIndex[] {
  const named = (index: string) => `${names.quotedSchema}.${escapeIdentifier(index)}`;
  const { key, id, position } = names.constraints;
  return [
    { name: named(key), table: names.events, order: "sequence_number" },
    { name: named(id), table: names.events, order: "id" },
    { name: named(position), table: names.events, order: "category, stream, position" },
    { name: named(names.categoryIndex), table: names.events, order: "category, sequence_number" },
    { name: named(`${names.eventsTable}_tags_pkey`), table: names.eventTags, order: "tag, sequence_number" },
  ];
}

/**
 * Checks that every index has as many entries as its table has rows, in one snapshot, and has them checked by amcheck where that
 * extension is there and the role may use it.
 */
export async function* checkIndexes(
  connections: Connections,
  names: LogNames,
  signal: AbortSignal | undefined,
): AsyncGenerator<StructureStep> {
  const indexes = indexesOf(names);
  for (const check of [invalidIndexes, countedFaults, faultsByAmcheck]) {
    yield* await abortable<readonly StructureStep[]>(
      connections.use((client) => check(client, indexes)),
      signal,
    );
  }
}

async function invalidIndexes(
  client: ClientBase,
  indexes: readonly CheckedIndex[],
): Promise<readonly StructureFault[]> {
  const text = "select indisvalid and indisready from pg_index where indexrelid = to_regclass($1)";
  const faults: StructureFault[] = [];
  for (const { name } of indexes) {
    const [row] = await UNPREPARED.run(client, { text, values: [name] });
    if (row === undefined) faults.push(indexFault(`The index ${name} does not exist.`));
    else if (row[0] !== "t")
      faults.push(
        indexFault(`The index ${name} is marked as not valid, so it is not used. Run: reindex index ${name}.`),
      );
  }
  return faults;
}

const SNAPSHOT = `begin isolation level repeatable read read only; set local statement_timeout = 0;
  set local idle_in_transaction_session_timeout = 0; set local jit = off`;
const BY_TABLE =
  "set local enable_seqscan = on; set local enable_indexscan = off; set local enable_indexonlyscan = off; set local enable_bitmapscan = off";
// With all other ways switched off, the only one to this order is the index that has it.
const BY_INDEX =
  "set local enable_seqscan = off; set local enable_indexscan = on; set local enable_indexonlyscan = on; set local enable_bitmapscan = off; set local enable_sort = off";

function countedFaults(client: ClientBase, indexes: readonly CheckedIndex[]): Promise<readonly StructureFault[]> {
  return inTransaction(client, SNAPSHOT, async () => {
    const faults: StructureFault[] = [];
    const rowsOf = new Map<string, number>();
    for (const { name, table, order } of indexes) {
      if (!rowsOf.has(table)) {
        await client.query(BY_TABLE);
        rowsOf.set(table, await countOf(client, `select count(*) from ${table}`));
      }
      await client.query(BY_INDEX);
      const entries = await countOf(
        client,
        `select count(*) from (select ${order} from ${table} order by ${order} offset 0) e`,
      );
      const rows = rowsOf.get(table);
      if (entries !== rows) {
        faults.push(
          indexFault(
            `The index ${name} has ${entries} entries for ${rows} rows of ${table}. Run: reindex index ${name}.`,
          ),
        );
      }
    }
    return faults;
  });
}

async function countOf(client: ClientBase, text: string): Promise<number> {
  const [row] = await UNPREPARED.run(client, { text, values: [] });
  return Number(row?.[0]);
}

const SUBJECT = "what is inside of the indexes, by amcheck";

async function faultsByAmcheck(
  client: ClientBase,
  indexes: readonly CheckedIndex[],
): Promise<readonly StructureStep[]> {
  const [extension] = await UNPREPARED.run(client, {
    text: "select quote_ident(n.nspname) from pg_extension x join pg_namespace n on n.oid = x.extnamespace where x.extname = 'amcheck'",
    values: [],
  });
  if (extension === undefined) {
    return [unchecked("The extension is not there. Have a superuser run: create extension amcheck.")];
  }
  const text = `select ${extension[0]}.bt_index_check($1::regclass, true)`;
  const faults: StructureStep[] = [];
  for (const { name } of indexes) {
    try {
      await inTransaction(client, SNAPSHOT, () => UNPREPARED.run(client, { text, values: [name] }));
    } catch (error) {
      const state = sqlstateOf(error);
      if (state === "42501")
        return [unchecked("The role may not execute its functions. Run the check as a superuser.")];
      if (state !== "XX001" && state !== "XX002") throw error;
      faults.push(indexFault(`amcheck says of ${name}: ${(error as Error).message}`));
    }
  }
  return faults;
}

function indexFault(message: string): StructureFault {
  return { kind: "fault", fault: "index", event: undefined, message };
}

function unchecked(reason: string): StructureStep {
  return { kind: "unchecked", subject: SUBJECT, reason };
}
