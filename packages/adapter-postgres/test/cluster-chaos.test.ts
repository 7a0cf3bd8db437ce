import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { EventStore } from "@eventfold/store";
import { seededRandom } from "@eventfold/testing";
import { type ChaosOptions, type ChaosServer, chaosWorkload, runChaos } from "@eventfold/testing/chaos";
import { assertHistory, checkHistory, recordHistory } from "@eventfold/testing/history";
import { type PostgresTestCluster, startPostgres } from "@eventfold/testing/postgres";
import { describe, expect, it } from "vitest";
import {
  cutConnections,
  freezeAndWake,
  freezeStandby,
  type Harm,
  interruptWaits,
  kill,
  killStandby,
  partition,
  promoteByHand,
} from "./cluster-harms.ts";

const isSoak = process.env.EVENTFOLD_SOAK !== undefined;
const timeout = isSoak ? 3_600_000 : 180_000;
const sizes = isSoak ? { workers: 8, rounds: 30 } : { workers: 3, rounds: 1 };

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
    if (isSoak) harms.push(freezeStandby, freezeAndWake, cutConnections);
    const server = harming(cluster, harms);
    const { history } = await runProcesses(cluster, server, { strikes: harms.length * sizes.rounds });
    expect(server.done()).toBe(harms.length * sizes.rounds);
    assertHistory(history);
  });

  it.runIf(isSoak)(
    "lose nothing either when the former primary goes on, cut off from its standbys or replaced by hand",
    {
      timeout,
    },
    async () => {
      await using cluster = await startPostgres({
        standbys: 2,
        synchronous: "any 1",
        settings: { max_connections: 200 },
      });
      const server = harming(cluster, [partition, promoteByHand]);
      const { history } = await runProcesses(cluster, server, { strikes: 2 * sizes.rounds });
      // Until a client notices, which takes a second, the former primary may tell it what was true before.
      const { violations } = checkHistory(history);
      expect(violations.filter(({ kind }) => kind !== "stale-read" && kind !== "false-refusal")).toEqual([]);
    },
  );
});

describe("a log on a cluster that waits for no standby", () => {
  it.runIf(isSoak)(
    "loses what was acknowledged: the adapter notices, and the check of the history shows it",
    {
      timeout,
    },
    async () => {
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
    },
  );
});
