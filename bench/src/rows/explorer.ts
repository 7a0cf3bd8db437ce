import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { createExplorer } from "@eventfold/explorer";
import { type EventStorageAdapter, EventStore } from "@eventfold/store";
import { benchDatabase } from "../bench-server.ts";
import type { Candidate, Row } from "../candidate.ts";
import { msEach } from "../limits.ts";
import { type Load, timeBoxed } from "../load.ts";
import { fill } from "../publishing.ts";

const STORED = 1_000_000;
const PAGE_SIZE = 50;
const load: Load = { callers: 1, unitsPerCall: 1, forMs: 1_000 };

/** What is asked, and how many milliseconds each answer may take. A filter that finds nothing looks for as long as it may. */
const REQUESTS = [
  { what: "the first page", query: "after=0", mostMs: 50 },
  { what: "page 10,000", query: `after=${10_000 * PAGE_SIZE}`, mostMs: 50 },
  { what: "the newest page", query: "", mostMs: 50 },
  { what: "a step of a filter by name", query: "name=nothing", mostMs: 60 },
  { what: "a step of a filter by text", query: "text=nowhere", mostMs: 60 },
  { what: "a step of a filter by metadata", query: "member=actor&value=nobody", mostMs: 60 },
] as const;

interface Filled {
  readonly adapter: EventStorageAdapter;
  readonly close: () => Promise<void>;
}

/** A log of a million events that is filled once, and closed when its last row has been measured. */
function sharedLog(open: () => Promise<Filled>) {
  let filled: Promise<Filled> | undefined;
  let left = REQUESTS.length;
  return {
    async use(): Promise<Filled> {
      filled ??= open().then(async (opened) => {
        await fill(new EventStore({ adapter: opened.adapter }), STORED);
        return opened;
      });
      return filled;
    },
    async release(): Promise<void> {
      left -= 1;
      if (left === 0) await (await filled)?.close();
    },
  };
}

async function openSqlite(): Promise<Filled> {
  const directory = await mkdtemp(join(tmpdir(), "eventfold-bench-"));
  const adapter = await SqliteEventStorageAdapter.open({ filename: join(directory, "log.db"), synchronous: "normal" });
  const close = async () => {
    await adapter.close();
    await rm(directory, { recursive: true });
  };
  return { adapter, close };
}

async function openPostgres(): Promise<Filled> {
  const connectionString = await benchDatabase();
  const adapter = await PostgresEventStorageAdapter.open({ connectionString, maxConnections: 2 });
  return { adapter, close: () => adapter.close() };
}

/** Answers one request after the other, as a page does that is looked at. */
function answering(query: string, log: ReturnType<typeof sharedLog>): Candidate {
  return {
    name: "eventfold",
    async start() {
      const { adapter } = await log.use();
      const { fetch } = createExplorer({ events: adapter, authorize: () => true });
      const ask = async () => {
        const response = await fetch(new Request(`http://localhost/api/events?limit=${PAGE_SIZE}&${query}`));
        if (!response.ok) throw new Error(await response.text());
        await response.arrayBuffer();
      };
      return { measure: () => timeBoxed(load, ask), dispose: log.release };
    },
  };
}

function rowsOn(database: string, open: () => Promise<Filled>): Row[] {
  const log = sharedLog(open);
  return REQUESTS.map(({ what, query, mostMs }) => ({
    group: "explorer",
    work: `${database}, the explorer on 1,000,000 events: ${what}`,
    unit: "pages",
    candidates: [answering(query, log)],
    targets: [],
    limits: [msEach(mostMs)],
  }));
}

/** Pages of the explorer, one after the other, by the time of the server that serves them. */
export const explorerRows: readonly Row[] = [...rowsOn("SQLite", openSqlite), ...rowsOn("PostgreSQL", openPostgres)];
