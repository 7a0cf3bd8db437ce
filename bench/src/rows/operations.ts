import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import {
  copyLog,
  digestLog,
  exportLog,
  importLog,
  type LogDigest,
  verifyLog,
  verifyStructure,
} from "@eventfold/operations";
import { type EventStorageAdapter, EventStore } from "@eventfold/store";
import { benchDatabase } from "../bench-server.ts";
import type { Candidate, Row } from "../candidate.ts";
import { timed } from "../load.ts";
import { fill } from "../publishing.ts";
import { rawBinaryCopy, rawSqliteRestore } from "../raw/raw-restore.ts";
import { type BenchFile, benchFile } from "../raw/sqlite-database.ts";
import { filledDatabase } from "./postgres.ts";

const STORED = 200_000;

/** As many as `restore` takes at once. */
const BATCH = 2_000;

const SCAN = "a scan, page by page";

type Kind = "SQLite" | "PostgreSQL";

/** A log of so many events, filled once for all rows. */
class FilledLog {
  readonly length = STORED;
  readonly #kind: Kind;
  #place: Promise<string> | undefined;

  constructor(kind: Kind) {
    this.#kind = kind;
  }

  place(): Promise<string> {
    this.#place ??= this.#kind === "SQLite" ? filledFile() : filledDatabase(STORED);
    return this.#place;
  }

  async open(): Promise<EventStorageAdapter> {
    return openPlace(this.#kind, await this.place());
  }
}

async function filledFile(): Promise<string> {
  const file = benchFile();
  process.once("exit", () => file.dispose());
  await using adapter = await SqliteEventStorageAdapter.open({ filename: file.filename });
  await fill(new EventStore({ adapter }), STORED);
  return file.filename;
}

function openPlace(kind: Kind, place: string): Promise<EventStorageAdapter> {
  return kind === "SQLite"
    ? SqliteEventStorageAdapter.open({ filename: place })
    : PostgresEventStorageAdapter.open({ connectionString: place });
}

const logs: Readonly<Record<Kind, FilledLog>> = {
  SQLite: new FilledLog("SQLite"),
  PostgreSQL: new FilledLog("PostgreSQL"),
};

/** Goes along the whole log once. */
function along(name: string, kind: Kind, walk: (log: EventStorageAdapter) => Promise<unknown>): Candidate {
  return {
    name,
    async start() {
      const log = await logs[kind].open();
      return {
        measure: () =>
          timed(async () => {
            await walk(log);
            return STORED;
          }),
        dispose: () => log.close(),
      };
    },
  };
}

async function scanPages(adapter: EventStorageAdapter): Promise<void> {
  let events = 0;
  for await (const page of new EventStore({ adapter }).log().pages()) events += page.length;
  if (events !== STORED) throw new Error(`The log has ${events} events.`);
}

async function exportTo(ending: string, from: EventStorageAdapter): Promise<void> {
  const file = benchFile();
  await exportLog({ from, to: `${file.filename}${ending}` });
  file.dispose();
}

const digests = new Map<Kind, LogDigest>();

/** Verifies a log against its own digest, which is made once. */
async function verifyWhole(kind: Kind, log: EventStorageAdapter): Promise<void> {
  const reference = digests.get(kind) ?? (await digestLog({ of: log }));
  digests.set(kind, reference);
  if (!(await verifyLog({ log, reference })).isSound) throw new Error("The log is not sound.");
}

/** Stores all events in an empty log. */
function intoEmpty(name: string, kind: Kind, store: (to: EventStorageAdapter) => Promise<unknown>): Candidate {
  return {
    name,
    async start() {
      return {
        async measure() {
          const file: BenchFile | undefined = kind === "SQLite" ? benchFile() : undefined;
          await using to = await openPlace(kind, file?.filename ?? (await benchDatabase()));
          const sample = await timed(async () => {
            await store(to);
            return STORED;
          });
          file?.dispose();
          return sample;
        },
        dispose: async () => {},
      };
    },
  };
}

let archive: Promise<string> | undefined;

/** An archive of the log on SQLite, made once. */
function archived(): Promise<string> {
  archive ??= (async () => {
    await using from = await logs.SQLite.open();
    const to = `${await logs.SQLite.place()}.ndjson`;
    await exportLog({ from, to });
    return to;
  })();
  return archive;
}

/** One of the works that are measured: what it is called, what it is to reach, and how it is done with an adapter. */
interface Work {
  readonly what: string;
  readonly least: number;
  readonly work: (adapter: EventStorageAdapter) => Promise<unknown>;
}

function walkRow(kind: Kind, { what, least, work }: Work): Row {
  return {
    group: "operations",
    work: `${kind}, ${what} of ${STORED.toLocaleString("en")} events`,
    unit: "events",
    candidates: [along("eventfold", kind, work), along(SCAN, kind, scanPages)],
    targets: [{ against: SCAN, leastRatio: least }],
  };
}

function storeRow(kind: Kind, { what, least, work }: Work): Row {
  const raw =
    kind === "SQLite"
      ? rawSqliteRestore("better-sqlite3, batches of the same size", logs.SQLite, BATCH)
      : rawBinaryCopy("pg-copy-streams, one binary COPY", logs.PostgreSQL);
  return {
    group: "operations",
    work: `${kind}, ${what} of ${STORED.toLocaleString("en")} events`,
    unit: "events",
    candidates: [intoEmpty("eventfold", kind, work), raw],
    targets: [{ against: raw.name, leastRatio: least }],
  };
}

async function copyInto(to: EventStorageAdapter): Promise<void> {
  await using from = await logs.SQLite.open();
  await copyLog({ from, to });
}

async function importInto(to: EventStorageAdapter): Promise<void> {
  await importLog({ from: await archived(), to });
}

/** Moving and verifying logs. */
export const operationRows: readonly Row[] = (["SQLite", "PostgreSQL"] as const).flatMap((kind) => [
  walkRow(kind, { what: "export", least: 0.5, work: (log) => exportTo(".ndjson", log) }),
  walkRow(kind, { what: "export with Zstandard", least: 0.45, work: (log) => exportTo(".ndjson.zst", log) }),
  walkRow(kind, { what: "digest", least: 1, work: (of) => digestLog({ of }) }),
  walkRow(kind, { what: "verification", least: 0.6, work: (log) => verifyStructure({ log }) }),
  walkRow(kind, { what: "verification with content", least: 0.6, work: (log) => verifyWhole(kind, log) }),
  storeRow(kind, { what: "import", least: kind === "SQLite" ? 0.7 : 0.75, work: importInto }),
  storeRow(kind, { what: "copy from SQLite", least: 0.75, work: copyInto }),
]);
