import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { EventStore } from "@eventfold/store";
import { benchDatabase } from "../bench-server.ts";
import type { Candidate, Row } from "../candidate.ts";
import { growthRow } from "../growth-row.ts";
import { flatMemory } from "../limits.ts";
import { type Load, timeBoxed } from "../load.ts";
import { emmettPostgres, emmettPostgresStreams } from "../peers/emmett-postgres.ts";
import { fill, type OpenedStorage, publishing } from "../publishing.ts";
import { rawPostgresInserts, rawPostgresScan, rawPostgresStreams } from "../raw/raw-postgres.ts";
import { sampleEvents } from "../sample-events.ts";
import { watchedScan } from "../watched-scan.ts";

const FOR_MS = 1_500;
const SCANNED = 1_000_000;

const load = (callers: number, unitsPerCall = 1): Load => ({ callers, unitsPerCall, forMs: FOR_MS });
/** Short, for what it stores is to be little next to what is stored. */
const growing = (callers: number, unitsPerCall = 1): Load => ({ ...load(callers, unitsPerCall), forMs: 300 });

/** An adapter on a database of its own. */
export async function openPostgres(): Promise<OpenedStorage> {
  const adapter = await PostgresEventStorageAdapter.open({ connectionString: await benchDatabase() });
  return { adapter, dispose: async () => {} };
}

/** Publishes to one stream, each caller with a connection of its own: what happens without group commit. */
function withoutGroupCommit(callers: number): Candidate {
  const name = "one adapter per publisher, new streams";
  return {
    name,
    async start() {
      const connectionString = await benchDatabase();
      const each = publishing({ name, load: load(1), open: () => openStorage(connectionString) });
      const running = await Promise.all(Array.from({ length: callers }, () => each.start()));
      return {
        async measure() {
          const samples = await Promise.all(running.map((candidate) => candidate.measure()));
          const units = samples.reduce((sum, sample) => sum + sample.units, 0);
          return { units, elapsedMs: Math.max(...samples.map(({ elapsedMs }) => elapsedMs)) };
        },
        async dispose() {
          for (const candidate of running) await candidate.dispose();
        },
      };
    },
  };
}

async function openStorage(connectionString: string): Promise<OpenedStorage> {
  const adapter = await PostgresEventStorageAdapter.open({ connectionString, maxConnections: 2 });
  return { adapter, dispose: async () => {} };
}

/** Loads one stream of ten events again and again, with so many others in the log. */
function loadingStreams(name: string, stored = 0): Candidate {
  return {
    name,
    async start() {
      const { adapter } = await openPostgres();
      const store = new EventStore({ adapter });
      await fill(store, stored);
      const stream = store.stream({ category: "orders", stream: "loaded" });
      await stream.publish({ events: sampleEvents(10) });
      return { measure: () => timeBoxed(load(1, 10), () => stream.read()), dispose: () => adapter.close() };
    },
  };
}

const filled = new Map<number, Promise<string>>();

/** A log of so many events, filled once for all who scan it. */
export function filledDatabase(events: number): Promise<string> {
  const connectionString = filled.get(events) ?? newFilledDatabase(events);
  filled.set(events, connectionString);
  return connectionString;
}

async function newFilledDatabase(events: number): Promise<string> {
  const connectionString = await benchDatabase();
  await using adapter = await PostgresEventStorageAdapter.open({ connectionString });
  await fill(new EventStore({ adapter }), events);
  return connectionString;
}

/** Scans a log of so many events to its end. */
export function scanning(name: string, stored: number): Candidate {
  return {
    name,
    async start() {
      const adapter = await PostgresEventStorageAdapter.open({ connectionString: await filledDatabase(stored) });
      const log = new EventStore({ adapter }).log();
      return { measure: () => watchedScan(log.scan(), stored), dispose: () => adapter.close() };
    },
  };
}

function publishGrowthRow(what: string, growth: Load, toStream?: string): Row {
  return growthRow({
    group: "postgres",
    work: `PostgreSQL, ${what}`,
    unit: "events",
    candidate: (name, stored) => publishing({ name, load: growth, open: openPostgres, stored, toStream }),
  });
}

/** PostgreSQL, as durable as it is by default. */
export const postgresRows: readonly Row[] = [
  {
    group: "postgres",
    work: "PostgreSQL, 1 publisher, one event each, new streams",
    unit: "events",
    candidates: [
      publishing({ name: "eventfold", load: load(1), open: openPostgres }),
      rawPostgresInserts("pg, prepared single-row insert", load(1)),
      emmettPostgres(load(1)),
    ],
    targets: [
      { against: "pg, prepared single-row insert", leastRatio: 0.8 },
      { against: "Emmett PostgreSQL", leastRatio: 1.6 },
    ],
  },
  {
    group: "postgres",
    work: "PostgreSQL, 32 publishers",
    unit: "events",
    candidates: [publishing({ name: "eventfold", load: load(32), open: openPostgres }), emmettPostgres(load(32))],
    targets: [{ against: "Emmett PostgreSQL", leastRatio: 6 }],
  },
  {
    group: "postgres",
    work: "PostgreSQL, 256 publishers",
    unit: "events",
    candidates: [
      publishing({ name: "eventfold", load: load(256), open: openPostgres }),
      rawPostgresInserts("pg, batches of 100", load(1, 100)),
      emmettPostgres(load(256)),
    ],
    targets: [
      { against: "pg, batches of 100", leastRatio: 0.75 },
      { against: "Emmett PostgreSQL", leastRatio: 10 },
    ],
  },
  {
    group: "postgres",
    work: "PostgreSQL, 32 publishers without condition on one stream",
    unit: "events",
    candidates: [
      publishing({ name: "eventfold", load: load(32), open: openPostgres, toStream: "busy" }),
      withoutGroupCommit(32),
    ],
    targets: [{ against: "one adapter per publisher, new streams", leastRatio: 5 }],
  },
  {
    group: "postgres",
    work: "PostgreSQL, batches of 1000",
    unit: "events",
    candidates: [
      publishing({ name: "eventfold", load: load(1, 1000), open: openPostgres }),
      rawPostgresInserts("pg, multi-row insert", load(1, 1000)),
    ],
    targets: [{ against: "pg, multi-row insert", leastRatio: 0.85 }],
  },
  {
    group: "postgres",
    work: "PostgreSQL, load a stream of 10",
    unit: "events",
    candidates: [
      loadingStreams("eventfold"),
      rawPostgresStreams("pg, prepared select", load(1, 10)),
      emmettPostgresStreams(load(1, 10)),
    ],
    targets: [
      { against: "pg, prepared select", leastRatio: 0.9 },
      { against: "Emmett PostgreSQL", leastRatio: 1.2 },
    ],
  },
  {
    group: "postgres",
    work: "PostgreSQL, scan a log of 1,000,000",
    unit: "events",
    candidates: [
      scanning("eventfold", SCANNED),
      rawPostgresScan("pg, keyset pages of 1000", () => filledDatabase(SCANNED)),
    ],
    targets: [{ against: "pg, keyset pages of 1000", leastRatio: 1.25 }],
    limits: [flatMemory],
  },
  publishGrowthRow("1 publisher", load(1)),
  publishGrowthRow("32 publishers", growing(32)),
  publishGrowthRow("256 publishers", growing(256)),
  publishGrowthRow("32 publishers without condition on one stream", growing(32), "busy"),
  publishGrowthRow("batches of 1000", growing(1, 1000)),
  growthRow({
    group: "postgres",
    work: "PostgreSQL, load a stream of 10",
    unit: "events",
    candidate: loadingStreams,
  }),
  growthRow({
    group: "postgres",
    work: "PostgreSQL, scan",
    unit: "events",
    candidate: scanning,
  }),
];
