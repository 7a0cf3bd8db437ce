import { MemoryEventStorageAdapter, MemoryProjectionStorageAdapter } from "@eventfold/adapter-memory";
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresProjectionStorageAdapter } from "@eventfold/adapter-postgres/projections";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProjectionStorageAdapter } from "@eventfold/adapter-sqlite/projections";
import { type ProjectionStorageAdapter, ProjectionStore, projectorFor } from "@eventfold/projections";
import { type EventStorageAdapter, EventStore } from "@eventfold/store";
import { benchDatabase } from "../bench-server.ts";
import type { Candidate, Row } from "../candidate.ts";
import { type Load, timeBoxed } from "../load.ts";
import { benchFile } from "../raw/sqlite-database.ts";

const EVENTS = 100_000;
const TAIL = 100;
const ONE: Load = { callers: 1, unitsPerCall: 1, forMs: 1_000 };

type MeterEvents = { read: { kwh: number } };

const meterProjector = projectorFor<{ kwh: number }, MeterEvents>()({
  name: "meter",
  initialState: () => ({ kwh: 0 }),
  handlers: { read: (state, { payload }) => ({ kwh: state.kwh + payload.kwh }) },
});

interface OpenedDatabase {
  readonly events: EventStorageAdapter;
  readonly projections: ProjectionStorageAdapter;
  readonly dispose?: () => void;
}

type OpenDatabase = () => Promise<OpenedDatabase>;

const openMemory: OpenDatabase = async () => {
  const events = await MemoryEventStorageAdapter.open();
  return { events, projections: await MemoryProjectionStorageAdapter.open({ shareWith: events }) };
};

const openSqlite: OpenDatabase = async () => {
  const file = benchFile();
  const events = await SqliteEventStorageAdapter.open({ filename: file.filename });
  const projections = await SqliteProjectionStorageAdapter.open({ shareWith: events });
  return { events, projections, dispose: () => file.dispose() };
};

const openPostgres: OpenDatabase = async () => {
  const events = await PostgresEventStorageAdapter.open({ connectionString: await benchDatabase() });
  return { events, projections: await PostgresProjectionStorageAdapter.open({ shareWith: events }) };
};

/** A stream of so many events, with a snapshot before the last hundred; `every` is too large for another one. */
function loading(name: string, open: OpenDatabase, events: number): Candidate {
  return {
    name,
    async start() {
      const database = await open();
      const store = new ProjectionStore({ adapter: database.projections });
      const stream = new EventStore({ adapter: database.events }).stream<MeterEvents>({
        category: "meters",
        stream: "m",
      });
      const publish = (count: number) =>
        stream.publish({ events: Array.from({ length: count }, (_, n) => ({ name: "read", payload: { kwh: n } })) });
      for (let stored = TAIL; stored < events; stored += 10_000) await publish(Math.min(10_000, events - stored));
      await meterProjector.project(stream, { snapshots: { store, every: 1 } });
      await publish(TAIL);
      const load = () => meterProjector.project(stream, { snapshots: { store, every: TAIL + 1 } });
      return {
        measure: () => timeBoxed(ONE, load),
        async dispose() {
          await database.projections.close();
          await database.events.close();
          database.dispose?.();
        },
      };
    },
  };
}

const AGAINST = `a stream of ${TAIL} events`;

/** A long stream with a snapshot loads in the time of its tail, on every adapter. */
export const snapshotRows: readonly Row[] = [
  { name: "memory", open: openMemory },
  { name: "SQLite", open: openSqlite },
  { name: "PostgreSQL", open: openPostgres },
].map(({ name, open }) => ({
  group: `snapshots ${name}`,
  work: `${name}, load a stream of ${EVENTS.toLocaleString("en-US")} from a snapshot and a tail of ${TAIL}`,
  unit: "loads",
  candidates: [loading("eventfold", open, EVENTS), loading(AGAINST, open, TAIL)],
  targets: [{ against: AGAINST, leastRatio: 0.5 }],
}));
