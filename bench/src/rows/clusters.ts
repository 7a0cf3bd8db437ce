import { setTimeout as sleep } from "node:timers/promises";
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { EventStore } from "@eventfold/store";
import { type PostgresTestCluster, startPostgres } from "@eventfold/testing/postgres";
import { benchCluster } from "../bench-server.ts";
import type { Candidate, Row, Sample } from "../candidate.ts";
import { msEach } from "../limits.ts";
import type { Load } from "../load.ts";
import { type OpenedStorage, publishing } from "../publishing.ts";
import { rawPostgresInserts } from "../raw/raw-postgres.ts";
import { freshStream, sampleEvents } from "../sample-events.ts";
import { openPostgres } from "./postgres.ts";

const FOR_MS = 1_500;
/** Longer than the watch of an adapter waits between two looks, and shorter than any time-out of it. */
const STANDING_STILL_MS = 3_000;
const ALONE = "without standby";

async function openOnCluster(): Promise<OpenedStorage> {
  const connectionString = await (await benchCluster()).createDatabase();
  return { adapter: await PostgresEventStorageAdapter.open({ connectionString }), dispose: async () => {} };
}

/** Where the driver connects on the cluster: it takes one host. */
async function onPrimary(): Promise<string> {
  const cluster = await benchCluster();
  const database = new URL(cluster.primary.connectionString);
  database.pathname = (await cluster.createDatabase()).split("/").at(-1) ?? "";
  return database.href;
}

/** What the server itself takes for the standby is in the raw row: as many rows of each commit as publishers share one. */
function waitingRow(
  callers: number,
  leastAlone: number,
  raw: { readonly rows: number; readonly leastRatio: number },
): Row {
  const load: Load = { callers, unitsPerCall: 1, forMs: FOR_MS };
  const driver = `pg on the same cluster, ${raw.rows === 1 ? "one row a commit" : `batches of ${raw.rows}`}`;
  const publishers = callers === 1 ? "1 publisher" : `${callers} publishers`;
  return {
    group: "clusters",
    work: `PostgreSQL with one synchronous standby, ${publishers}`,
    unit: "events",
    candidates: [
      publishing({ name: "eventfold", load, open: openOnCluster }),
      rawPostgresInserts(driver, { callers: 1, unitsPerCall: raw.rows, forMs: FOR_MS }, onPrimary),
      publishing({ name: ALONE, load, open: openPostgres }),
    ],
    targets: [
      { against: driver, leastRatio: raw.leastRatio },
      { against: ALONE, leastRatio: leastAlone },
    ],
  };
}

/** How long a publish that is under way takes after another server was promoted. */
function failingOver(name: string, harm: (cluster: PostgresTestCluster) => Promise<void>): Candidate {
  return {
    name,
    async start() {
      const cluster = await startPostgres({ standbys: 2, synchronous: "any 1", durability: "full" });
      const { connectionString } = cluster;
      const adapter = await PostgresEventStorageAdapter.open({ connectionString, writeTimeoutMs: 600_000 });
      const store = new EventStore({ adapter });
      const publish = () => store.stream({ category: "c", stream: freshStream() }).publish({ events: sampleEvents(1) });
      return {
        async measure(): Promise<Sample> {
          await publish();
          const lost = cluster.primary;
          await harm(cluster);
          const published = publish();
          await cluster.promote();
          const promoted = performance.now();
          await published;
          const elapsedMs = performance.now() - promoted;
          await cluster.rebuild(lost);
          return { units: 1, elapsedMs };
        },
        async dispose() {
          await adapter.close();
          await cluster.stop();
        },
      };
    },
  };
}

function failoverRow(what: string, harm: (cluster: PostgresTestCluster) => Promise<void>): Row {
  return {
    group: "clusters",
    work: `PostgreSQL, from the end of a promotion to a publish that was under way, ${what}`,
    unit: "publishes",
    candidates: [failingOver("eventfold", harm)],
    targets: [],
    limits: [msEach(2_000)],
  };
}

/** What a primary that waits for a standby costs, and how long a failover holds publishes up, whatever `writeTimeoutMs` is. */
export const clusterRows: readonly Row[] = [
  waitingRow(1, 0.7, { rows: 1, leastRatio: 0.8 }),
  waitingRow(256, 0.9, { rows: 100, leastRatio: 0.75 }),
  failoverRow("the primary killed", ({ primary }) => primary.kill("SIGKILL")),
  failoverRow("the primary frozen for seconds", async ({ primary }) => {
    await primary.freeze();
    await sleep(STANDING_STILL_MS);
  }),
  failoverRow("the primary cut off from its standbys", async (cluster) => cluster.partition(cluster.primary)),
];
