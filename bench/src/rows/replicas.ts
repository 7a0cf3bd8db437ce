import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { Replica } from "@eventfold/replica";
import { type EventStorageAdapter, EventStore } from "@eventfold/store";
import type { Candidate, Row, Sample } from "../candidate.ts";
import { msEach } from "../limits.ts";
import { timed } from "../load.ts";
import { fill } from "../publishing.ts";
import { type BenchFile, benchFile } from "../raw/sqlite-database.ts";
import { freshStream, sampleEvents } from "../sample-events.ts";
import { filledDatabase } from "./postgres.ts";

const STORED = 200_000;
const SCANNED_STREAMS = 200;

/** 30,000 events a second. */
const MS_TO_COPY_ONE = 1 / 30;

const ITSELF = "adapter-sqlite";

interface LogAndReplica {
  readonly log: SqliteEventStorageAdapter;
  readonly replica: Replica;
  readonly files: readonly BenchFile[];
}

/** A log in SQLite, filled once for all rows, and a replica of it that has everything. */
class CopiedLog {
  #opened: Promise<LogAndReplica> | undefined;
  readonly streams: string[] = [];

  async open(kind: "log" | "replica"): Promise<EventStorageAdapter> {
    this.#opened ??= this.#fill();
    return (await this.#opened)[kind];
  }

  async #fill(): Promise<LogAndReplica> {
    const [file, copy] = [benchFile(), benchFile()];
    const log = await SqliteEventStorageAdapter.open({ filename: file.filename });
    const store = new EventStore({ adapter: log });
    await fill(store, STORED);
    for (let n = 0; n < SCANNED_STREAMS; n++) {
      const stream = freshStream();
      this.streams.push(stream);
      await store.stream({ category: "small", stream }).publish({ events: sampleEvents(10) });
    }
    const replica = await Replica.open({ of: log, filename: copy.filename });
    await replica.upTo(await log.storage.horizon({ kind: "log" }));
    return { log, replica, files: [file, copy] };
  }

  async close(): Promise<void> {
    if (this.#opened === undefined) return;
    const { log, replica, files } = await this.#opened;
    await replica.close();
    await log.close();
    for (const file of files) file.dispose();
  }
}

const copied = new CopiedLog();

function reading(name: string, kind: "log" | "replica", read: (store: EventStore) => Promise<number>): Candidate {
  return {
    name,
    async start() {
      const store = new EventStore({ adapter: await copied.open(kind) });
      return { measure: () => timed(() => read(store)), dispose: async () => {} };
    },
  };
}

async function readAll(store: EventStore): Promise<number> {
  let events = 0;
  for await (const page of store.log().pages()) events += page.length;
  return events;
}

async function readStreams(store: EventStore): Promise<number> {
  let events = 0;
  for (const stream of copied.streams) {
    for (let times = 0; times < 10; times++) {
      events += (await store.stream({ category: "small", stream }).read()).length;
    }
  }
  return events;
}

function readingRow(what: string, read: (store: EventStore) => Promise<number>): Row {
  return {
    group: "replicas",
    work: `A replica, ${what}`,
    unit: "events",
    candidates: [reading("replica", "replica", read), reading(ITSELF, "log", read)],
    targets: [{ against: ITSELF, leastRatio: 0.9 }],
  };
}

/** A new replica copies everything. */
function copying(kind: "SQLite" | "PostgreSQL"): Row {
  const start = async () => {
    const log =
      kind === "SQLite"
        ? await copied.open("log")
        : await PostgresEventStorageAdapter.open({ connectionString: await filledDatabase(STORED) });
    const upTo = await log.storage.horizon({ kind: "log" });
    const measure = async (): Promise<Sample> => {
      const file = benchFile();
      const sample = await timed(async () => {
        await using replica = await Replica.open({ of: log, filename: file.filename });
        await replica.upTo(upTo);
        return upTo;
      });
      file.dispose();
      return sample;
    };
    return { measure, dispose: async () => (kind === "SQLite" ? undefined : log.close()) };
  };
  return {
    group: "replicas",
    work: `A new replica of a log in ${kind} with ${STORED.toLocaleString("en")} events`,
    unit: "events",
    candidates: [{ name: "replica", start }],
    targets: [],
    limits: [msEach(MS_TO_COPY_ONE)],
  };
}

/** Ends what the rows share: an open replica would keep the process from ending. */
export function disposeReplicas(): Promise<void> {
  return copied.close();
}

/** Copies of a log, beside the adapter that reads the file itself. */
export const replicaRows: readonly Row[] = [
  readingRow(`scan ${STORED.toLocaleString("en")}`, readAll),
  readingRow("streams of 10", readStreams),
  copying("SQLite"),
  copying("PostgreSQL"),
];
