import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { EventStore } from "@eventfold/store";
import type { Candidate, Row } from "../candidate.ts";
import { growthRow } from "../growth-row.ts";
import { flatMemory, msPaused } from "../limits.ts";
import type { Load } from "../load.ts";
import { emmettSqlite } from "../peers/emmett-sqlite.ts";
import { fill, type OpenedStorage, publishing } from "../publishing.ts";
import { rawSqliteInserts, rawSqliteScan } from "../raw/raw-sqlite.ts";
import { type BenchFile, benchFile } from "../raw/sqlite-database.ts";
import { watchedScan } from "../watched-scan.ts";

const FOR_MS = 1_000;
const ONE: Load = { callers: 1, unitsPerCall: 1, forMs: FOR_MS };
const MANY: Load = { callers: 256, unitsPerCall: 1, forMs: FOR_MS };
/** Short, for what it stores is to be little next to what is stored. */
const MANY_GROWING: Load = { ...MANY, forMs: 200 };
const SCANNED = 1_000_000;

async function open(): Promise<OpenedStorage> {
  const file = benchFile();
  const adapter = await SqliteEventStorageAdapter.open({ filename: file.filename });
  return { adapter, dispose: async () => file.dispose() };
}

/** A log of so many events, filled once for all who scan it. */
class ScannedLog {
  readonly length: number;
  #file: BenchFile | undefined;
  #filled: Promise<string> | undefined;

  constructor(length: number) {
    this.length = length;
  }

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
    await fill(new EventStore({ adapter }), this.length);
    return this.#file.filename;
  }
}

function scanning(name: string, log: ScannedLog): Candidate {
  return {
    name,
    async start() {
      const adapter = await SqliteEventStorageAdapter.open({ filename: await log.filename() });
      const store = new EventStore({ adapter });
      return {
        measure: () => watchedScan(store.log().scan(), log.length),
        async dispose() {
          await adapter.close();
          log.dispose();
        },
      };
    },
  };
}

const scanned = new ScannedLog(SCANNED);

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
    candidates: [
      scanning("eventfold", scanned),
      rawSqliteScan("better-sqlite3, iterate() and JSON.parse", () => scanned.filename()),
    ],
    targets: [{ against: "better-sqlite3, iterate() and JSON.parse", leastRatio: 0.75 }],
    limits: [msPaused(20), flatMemory],
  },
  growthRow({
    group: "sqlite",
    work: "SQLite, 1 publisher",
    unit: "events",
    candidate: (name, stored) => publishing({ name, load: ONE, open, stored }),
  }),
  growthRow({
    group: "sqlite",
    work: "SQLite, 256 publishers",
    unit: "events",
    candidate: (name, stored) => publishing({ name, load: MANY_GROWING, open, stored }),
  }),
  growthRow({
    group: "sqlite",
    work: "SQLite, scan",
    unit: "events",
    candidate: (name, stored) => scanning(name, new ScannedLog(stored)),
  }),
];
