import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { EventStore } from "@eventfold/store";
import { seededRandom } from "@eventfold/testing";
import { type ChaosOptions, type ChaosServer, chaosWorkload, runChaos } from "@eventfold/testing/chaos";
import { assertHistory, checkHistory, recordHistory } from "@eventfold/testing/history";
import { type ClusteredServer, type PostgresTestCluster, startPostgres } from "@eventfold/testing/postgres";
import { describe, expect, it } from "vitest";
import { numbered } from "./events.ts";
import { queryRows } from "./query-rows.ts";
import { until } from "./until.ts";

const isSoak = process.env.EVENTFOLD_SOAK !== undefined;
const timeout = isSoak ? 3_600_000 : 180_000;
const sizes = isSoak ? { workers: 8, rounds: 60 } : { workers: 3, rounds: 1 };

/** What is done to the primary of a cluster while processes publish. Each ends with all servers in place again. */
type Harm = (cluster: PostgresTestCluster) => Promise<void>;

/** Waits until clients have stored something more on a server: they have found it. */
async function untilStored({ connectionString }: ClusteredServer): Promise<void> {
  const newest = async () =>
    Number((await queryRows(connectionString, "select max(sequence_number) from eventfold.events"))[0]);
  const before = await newest();
  await until(async () => (await newest()) > before + 10);
}

const kill: Harm = async (cluster) => {
  const lost = cluster.primary;
  await lost.kill("SIGKILL");
  await untilStored(await cluster.promote());
  await cluster.rebuild(lost);
};

const freezeAndWake: Harm = async (cluster) => {
  const lost = cluster.primary;
  await lost.freeze();
  await untilStored(await cluster.promote());
  await lost.thaw(); // with what was sent to it meanwhile
  await untilStored(cluster.primary);
  await cluster.rebuild(lost);
};

const killStandby: Harm = async (cluster) => {
  const [standby] = cluster.standbys as readonly [ClusteredServer];
  await standby.kill("SIGKILL");
  await untilStored(cluster.primary);
  await standby.start();
  await cluster.catchUp();
};

/** Clients on both sides go on: those that know all servers on the new primary, and one that knows only the former one there. */
const partition: Harm = async (cluster) => {
  const lost = cluster.primary;
  cluster.partition(lost);
  const onlyThere = { connectionString: lost.connectionString, notifications: false, writeTimeoutMs: 2_000 };
  await using adapter = await PostgresEventStorageAdapter.open(onlyThere);
  const stream = new EventStore({ adapter }).stream({ category: "c0", stream: "s0" });
  // It waits for the standbys, or for its turn behind one that does. If it got into the log, the check of the history would find an event that nobody has published.
  const cutOff = expect(stream.publish({ events: numbered(1) })).rejects.toMatchObject({ isRetryable: true });
  await untilStored(await cluster.promote());
  await cutOff;
  await untilStored(cluster.primary);
  await cluster.rebuild(lost);
};

/** Ends, or cancels, a commit that waits for the standbys. */
const interruptWaits: Harm = async ({ primary }) => {
  const waiting = "from pg_stat_activity where wait_event = 'SyncRep'";
  await queryRows(primary.connectionString, `select pg_cancel_backend(pid) ${waiting}`);
  await queryRows(primary.connectionString, `select pg_terminate_backend(pid) ${waiting}`);
};

/** Does harm to a cluster, one after the other, each time that a run would crash its server. */
function harming(cluster: PostgresTestCluster, harms: readonly Harm[]): ChaosServer & { readonly done: () => number } {
  let done = 0;
  return {
    kill: async () => {
      await harms[done % harms.length]?.(cluster);
      done += 1;
    },
    start: async () => {},
    done: () => done,
  };
}

async function runProcesses(cluster: PostgresTestCluster, server: ChaosServer, options: Partial<ChaosOptions>) {
  const { connectionString } = cluster;
  const open = () => PostgresEventStorageAdapter.open({ connectionString });
  await (await open()).close();
  const script = new URL("./processes/chaos-worker.ts", import.meta.url);
  const execArgv = ["--conditions=eventfold-source"];
  const { workers } = sizes;
  return runChaos({ script, execArgv, data: connectionString, open, server, faults: ["crash"], workers, ...options });
}

describe("processes on a cluster that waits for one of two standbys", () => {
  it("lose nothing that was acknowledged, and store nothing twice, when the primary or a standby is lost", {
    timeout,
  }, async () => {
    await using cluster = await startPostgres({
      standbys: 2,
      synchronous: "any 1",
      settings: { max_connections: 200 },
    });
    const harms = [kill, killStandby, interruptWaits];
    const server = harming(cluster, harms);
    const { history } = await runProcesses(cluster, server, { strikes: harms.length * sizes.rounds });
    expect(server.done()).toBe(harms.length * sizes.rounds);
    assertHistory(history);
  });

  it.runIf(isSoak)(
    "lose nothing either when the former primary goes on, cut off from its standbys or woken",
    {
      timeout,
    },
    async () => {
      await using cluster = await startPostgres({
        standbys: 2,
        synchronous: "any 1",
        settings: { max_connections: 200 },
      });
      const server = harming(cluster, [partition, freezeAndWake]);
      const { history } = await runProcesses(cluster, server, { strikes: 2 * sizes.rounds });
      // Until a client notices, which takes a second, the former primary may tell it what was true before.
      const { violations } = checkHistory(history);
      expect(violations.filter(({ kind }) => kind !== "stale-read" && kind !== "false-refusal")).toEqual([]);
    },
  );
});

describe("a log on a cluster that waits for no standby", () => {
  it.runIf(isSoak)("loses what was acknowledged: the adapter notices, and the check of the history shows it", {
    timeout,
  }, async () => {
    await using cluster = await startPostgres({ standbys: 1 });
    const { connectionString } = cluster;
    const recorded = async (process: string) => {
      const adapter = await PostgresEventStorageAdapter.open({ connectionString });
      return { adapter, ...recordHistory(new EventStore({ adapter }), { process }) };
    };
    const before = await recorded("before");
    const random = seededRandom(17);
    await chaosWorkload(before.store, { random, calls: 30 });
    const lost = cluster.primary;
    cluster.partition(lost);
    await chaosWorkload(before.store, { random, calls: 30 });
    await lost.kill("SIGKILL");
    await cluster.promote();
    await expect(before.store.log().read()).rejects.toMatchObject({ code: "LOG_BEHIND", reason: "lost-events" });
    await before.adapter.close();
    const after = await recorded("after");
    await after.store.log().read();
    await after.adapter.close();
    const { violations } = checkHistory([...before.history(), ...after.history()]);
    expect(violations.map(({ kind }) => kind)).toContain("lost-acknowledgement");
  });
});
