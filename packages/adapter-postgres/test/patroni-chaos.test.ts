import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { EventStore } from "@eventfold/store";
import { type ChaosServer, runChaos } from "@eventfold/testing/chaos";
import { assertHistory, checkHistory } from "@eventfold/testing/history";
import { describe, expect, it } from "vitest";
import { numbered } from "./events.ts";
import {
  cutOff,
  freezeAndWake,
  type Harm,
  kill,
  killPatroni,
  killPostgres,
  switchOver,
  untilStored,
} from "./patroni/harms.ts";
import { PatroniCluster } from "./patroni/patroni-cluster.ts";
import { findPatroniPrograms } from "./patroni/patroni-programs.ts";

const programs = findPatroniPrograms();
const isSoak = process.env.EVENTFOLD_SOAK !== undefined;
const timeout = isSoak ? 3_600_000 : 240_000;
const sizes = { workers: 4, rounds: 3 };

/** Lets processes publish to a cluster while harm is done to it, and returns the history of their calls. */
async function historyOf(cluster: PatroniCluster, harms: readonly Harm[]) {
  let done = 0;
  const server: ChaosServer = {
    kill: async () => {
      await harms[done % harms.length]?.(cluster);
      await untilStored(cluster);
      await cluster.untilWhole();
      done += 1;
    },
    start: async () => {},
  };
  const { connectionString } = cluster;
  const open = () => PostgresEventStorageAdapter.open({ connectionString });
  await (await open()).close();
  const { history } = await runChaos({
    script: new URL("./processes/chaos-worker-requiring-standbys.ts", import.meta.url),
    execArgv: ["--conditions=eventfold-source"],
    data: connectionString,
    ...{ open, server, faults: ["crash"], workers: sizes.workers, strikes: harms.length * sizes.rounds },
  });
  expect(done).toBe(harms.length * sizes.rounds);
  return history;
}

if (typeof programs === "string") {
  describe("a cluster that Patroni leads", () => {
    it(`is not tried: ${programs}`, () => {});
  });
} else {
  describe("a cluster that Patroni leads", () => {
    it("hands the leadership on while publishes are under way", { timeout }, () =>
      PatroniCluster.use(programs, async (cluster) => {
        const { connectionString } = cluster;
        await using adapter = await PostgresEventStorageAdapter.open({
          ...{ connectionString, requireSynchronousStandbys: 1 },
          ...{ writeTimeoutMs: 600_000, connectTimeoutMs: 600_000 }, // nothing here waits for them.
        });
        const stream = new EventStore({ adapter }).stream({ category: "c", stream: "s" });
        const stored = [...(await stream.publish({ events: numbered(1) }))];
        const former = await cluster.primary();
        let isOver = false;
        const switching = cluster
          .switchOver()
          .then(() => cluster.primary(former))
          .finally(() => {
            isOver = true;
          });
        const publishing = (async () => {
          while (!isOver) stored.push(...(await stream.publish({ events: numbered(1) })));
        })();
        await Promise.all([switching, publishing]);
        stored.push(...(await stream.publish({ events: numbered(1) })));
        expect(await stream.read()).toEqual(stored);
      }),
    );

    it.runIf(isSoak)("loses nothing that was acknowledged when its primary is killed or replaced", { timeout }, () =>
      PatroniCluster.use(programs, async (cluster) => {
        assertHistory(await historyOf(cluster, [kill, switchOver, killPostgres]));
      }),
    );

    it.runIf(isSoak)("loses nothing either when the former primary goes on", { timeout }, () =>
      PatroniCluster.use(programs, async (cluster) => {
        // Until a client notices, which takes a second, the former primary may tell it what was true before.
        const { violations } = checkHistory(await historyOf(cluster, [freezeAndWake, cutOff, killPatroni]));
        expect(violations.filter(({ kind }) => kind !== "stale-read" && kind !== "false-refusal")).toEqual([]);
      }),
    );
  });
}
