import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { EventStore } from "@eventfold/store";
import { benchDatabase } from "../bench-server.ts";
import type { Candidate, Row } from "../candidate.ts";
import { type Load, timeBoxed, timed } from "../load.ts";
import { emmettPostgres, emmettPostgresStreams } from "../peers/emmett-postgres.ts";
import { fill, type OpenedStorage, publishing } from "../publishing.ts";
import { rawPostgresInserts, rawPostgresScan, rawPostgresStreams } from "../raw/raw-postgres.ts";
import { sampleEvents } from "../sample-events.ts";

const FOR_MS = 1_500;
const SCANNED = 1_000_000;

const load = (callers: number, unitsPerCall = 1): Load => ({ callers, unitsPerCall, forMs: FOR_MS });

async function open(): Promise<OpenedStorage> {
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
      const each = publishing({ name, load: load(1), open: () => opened(connectionString) });
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

async function opened(connectionString: string): Promise<OpenedStorage> {
  const adapter = await PostgresEventStorageAdapter.open({ connectionString, maxConnections: 2 });
  return { adapter, dispose: async () => {} };
}

const loadingStreams: Candidate = {
  name: "eventfold",
  async start() {
    const { adapter } = await open();
    const stream = new EventStore({ adapter }).stream({ category: "orders", stream: "loaded" });
    await stream.publish({ events: sampleEvents(10) });
    return { measure: () => timeBoxed(load(1, 10), () => stream.read()), dispose: () => adapter.close() };
  },
};

let filled: Promise<string> | undefined;

/** A log of a million events, filled once for all who scan it. */
function scannedDatabase(): Promise<string> {
  filled ??= (async () => {
    const connectionString = await benchDatabase();
    await using adapter = await PostgresEventStorageAdapter.open({ connectionString });
    await fill(new EventStore({ adapter }), SCANNED);
    return connectionString;
  })();
  return filled;
}

const scanning: Candidate = {
  name: "eventfold",
  async start() {
    const adapter = await PostgresEventStorageAdapter.open({ connectionString: await scannedDatabase() });
    const log = new EventStore({ adapter }).log();
    return {
      measure: () =>
        timed(async () => {
          let events = 0;
          for await (const _ of log.scan()) events++;
          return events;
        }),
      dispose: () => adapter.close(),
    };
  },
};

/** PostgreSQL, as durable as it is by default. */
export const postgresRows: readonly Row[] = [
  {
    group: "postgres",
    work: "PostgreSQL, 1 publisher, one event each, new streams",
    unit: "events",
    candidates: [
      publishing({ name: "eventfold", load: load(1), open }),
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
    candidates: [publishing({ name: "eventfold", load: load(32), open }), emmettPostgres(load(32))],
    targets: [{ against: "Emmett PostgreSQL", leastRatio: 6 }],
  },
  {
    group: "postgres",
    work: "PostgreSQL, 256 publishers",
    unit: "events",
    candidates: [
      publishing({ name: "eventfold", load: load(256), open }),
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
    candidates: [publishing({ name: "eventfold", load: load(32), open, toStream: "busy" }), withoutGroupCommit(32)],
    targets: [{ against: "one adapter per publisher, new streams", leastRatio: 5 }],
  },
  {
    group: "postgres",
    work: "PostgreSQL, batches of 1000",
    unit: "events",
    candidates: [
      publishing({ name: "eventfold", load: load(1, 1000), open }),
      rawPostgresInserts("pg, multi-row insert", load(1, 1000)),
    ],
    targets: [{ against: "pg, multi-row insert", leastRatio: 0.85 }],
  },
  {
    group: "postgres",
    work: "PostgreSQL, load a stream of 10",
    unit: "events",
    candidates: [
      loadingStreams,
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
    candidates: [scanning, rawPostgresScan("pg, keyset pages of 1000", scannedDatabase)],
    targets: [{ against: "pg, keyset pages of 1000", leastRatio: 1.25 }],
  },
  {
    group: "growth postgres",
    work: "PostgreSQL, 1 publisher, 1,000,000 events stored",
    unit: "events",
    candidates: [
      publishing({ name: "eventfold", load: load(1), open, stored: 1_000_000 }),
      publishing({ name: "with 100,000 stored", load: load(1), open, stored: 100_000 }),
    ],
    targets: [{ against: "with 100,000 stored", leastRatio: 0.8 }],
  },
  {
    group: "growth postgres",
    work: "PostgreSQL, 256 publishers, 1,000,000 events stored",
    unit: "events",
    candidates: [
      publishing({ name: "eventfold", load: load(256), open, stored: 1_000_000 }),
      publishing({ name: "with 100,000 stored", load: load(256), open, stored: 100_000 }),
    ],
    targets: [{ against: "with 100,000 stored", leastRatio: 0.8 }],
  },
];
