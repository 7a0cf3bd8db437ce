import { setTimeout as sleep } from "node:timers/promises";
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { EventStore } from "@eventfold/store";
import type { ClusteredServer, PostgresTestCluster } from "@eventfold/testing/postgres";
import { expect } from "vitest";
import { numbered } from "./events.ts";
import { queryRows } from "./query-rows.ts";
import { until } from "./until.ts";

/** What is done to a cluster while processes publish. Each ends with all servers in place again. */
export type Harm = (cluster: PostgresTestCluster) => Promise<void>;

/** Longer than a process goes by what the servers have said, in milliseconds. */
const LONGER_THAN_TRUSTED_MS = 3_000;

/** Waits until clients have stored something more on a server: they have found it. */
async function untilStored({ connectionString }: ClusteredServer): Promise<void> {
  const newest = async () =>
    Number((await queryRows(connectionString, "select max(sequence_number) from eventfold.events"))[0]);
  const before = await newest();
  await until(async () => (await newest()) > before + 10, 100);
}

export const kill: Harm = async (cluster) => {
  const lost = cluster.primary;
  await lost.kill("SIGKILL");
  await untilStored(await cluster.promote());
  await cluster.rebuild(lost);
};

/** It stands still until the cluster manager has noticed, which takes seconds everywhere. */
export const freezeAndWake: Harm = async (cluster) => {
  const lost = cluster.primary;
  await lost.freeze();
  await sleep(LONGER_THAN_TRUSTED_MS);
  await untilStored(await cluster.promote());
  await lost.thaw(); // with what was sent to it meanwhile
  await untilStored(cluster.primary);
  await cluster.rebuild(lost);
};

export const killStandby: Harm = async (cluster) => {
  const [standby] = cluster.standbys as readonly [ClusteredServer];
  await standby.kill("SIGKILL");
  await untilStored(cluster.primary);
  await standby.start();
  await cluster.catchUp();
};

export const freezeStandby: Harm = async (cluster) => {
  const [standby] = cluster.standbys as readonly [ClusteredServer];
  await standby.freeze();
  await untilStored(cluster.primary);
  await standby.thaw();
  await cluster.catchUp();
};

/** Clients on both sides go on: those that know all servers on the new primary, and one that knows only the former one there. */
export const partition: Harm = async (cluster) => {
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

/** A standby is promoted by hand while the primary is well, and nobody tells that one. */
export const promoteByHand: Harm = async (cluster) => {
  const replaced = cluster.primary;
  await untilStored(await cluster.promote());
  await cluster.rebuild(replaced);
};

/** Ends, or cancels, a commit that waits for the standbys. */
export const interruptWaits: Harm = async ({ primary }) => {
  const waiting = "from pg_stat_activity where wait_event = 'SyncRep'";
  await queryRows(primary.connectionString, `select pg_cancel_backend(pid) ${waiting}`);
  await queryRows(primary.connectionString, `select pg_terminate_backend(pid) ${waiting}`);
};

export const cutConnections: Harm = async ({ primary }) => {
  const others = "backend_type = 'client backend' and pid <> pg_backend_pid()";
  await queryRows(primary.connectionString, `select pg_terminate_backend(pid) from pg_stat_activity where ${others}`);
  await untilStored(primary);
};
