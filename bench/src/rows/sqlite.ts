import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { EventStore } from "@eventfold/store";
import type { Candidate, Row } from "../candidate.ts";
import { type Load, timed } from "../load.ts";
import { emmettSqlite } from "../peers/emmett-sqlite.ts";
import { fill, type OpenedStorage, publishing } from "../publishing.ts";
import { rawSqliteInserts, rawSqliteScan } from "../raw/raw-sqlite.ts";
import { type BenchFile, benchFile } from "../raw/sqlite-database.ts";

const FOR_MS = 1_000;
const ONE: Load = { callers: 1, unitsPerCall: 1, forMs: FOR_MS };
const MANY: Load = { callers: 256, unitsPerCall: 1, forMs: FOR_MS };
const SCANNED = 1_000_000;

async function open(): Promise<OpenedStorage> {
  const file = benchFile();
  const adapter = await SqliteEventStorageAdapter.open({ filename: file.filename });
  return { adapter, dispose: async () => file.dispose() };
}

/** A log of a million events, filled once for all who scan it. */
class ScannedLog {
  #file: BenchFile | undefined;
  #filled: Promise<string> | undefined;

  filename(): Promise<string> {
    this.#filled ??= this.#fill();
    return this.#filled;
  }

  dispose(): void {
    this.#file?.dispose();
    this.#filled = undefined;
  }

  async #fill(): Promise<string> {
    this.#file = benchFile();
    await using adapter = await SqliteEventStorageAdapter.open({ filename: this.#file.filename });
    await fill(new EventStore({ adapter }), SCANNED);
    return this.#file.filename;
  }
}

const log = new ScannedLog();

const scanning: Candidate = {
  name: "eventfold",
  async start() {
    const adapter = await SqliteEventStorageAdapter.open({ filename: await log.filename() });
    const store = new EventStore({ adapter });
    return {
      measure: () =>
        timed(async () => {
          let events = 0;
          for await (const _ of store.log().scan()) events++;
          return events;
        }),
      async dispose() {
        await adapter.close();
        log.dispose();
      },
    };
  },
};

/** SQLite files, durable. */
export const sqliteRows: readonly Row[] = [
  {
    group: "sqlite",
    work: "SQLite, 1 publisher, synchronous=full",
    unit: "events",
    candidates: [
      publishing({ name: "eventfold", load: ONE, open }),
      rawSqliteInserts("better-sqlite3", { batch: 1, forMs: FOR_MS }),
      emmettSqlite(ONE),
    ],
    targets: [
      { against: "better-sqlite3", leastRatio: 0.75 },
      { against: "Emmett SQLite", leastRatio: 8 },
    ],
  },
  {
    group: "sqlite",
    work: "SQLite, 256 publishers",
    unit: "events",
    candidates: [
      publishing({ name: "eventfold", load: MANY, open }),
      rawSqliteInserts("better-sqlite3, batches of 100", { batch: 100, forMs: FOR_MS }),
    ],
    targets: [{ against: "better-sqlite3, batches of 100", leastRatio: 0.75 }],
  },
  {
    group: "sqlite",
    work: "SQLite, scan 1,000,000",
    unit: "events",
    candidates: [scanning, rawSqliteScan("better-sqlite3, iterate() and JSON.parse", () => log.filename())],
    targets: [{ against: "better-sqlite3, iterate() and JSON.parse", leastRatio: 0.75 }],
  },
  {
    group: "growth sqlite",
    work: "SQLite, 1 publisher, 1,000,000 events stored",
    unit: "events",
    candidates: [
      publishing({ name: "eventfold", load: ONE, open, stored: 1_000_000 }),
      publishing({ name: "with 100,000 stored", load: ONE, open, stored: 100_000 }),
    ],
    targets: [{ against: "with 100,000 stored", leastRatio: 0.8 }],
  },
  {
    group: "growth sqlite",
    work: "SQLite, 256 publishers, 1,000,000 events stored",
    unit: "events",
    candidates: [
      publishing({ name: "eventfold", load: MANY, open, stored: 1_000_000 }),
      publishing({ name: "with 100,000 stored", load: MANY, open, stored: 100_000 }),
    ],
    targets: [{ against: "with 100,000 stored", leastRatio: 0.8 }],
  },
];
