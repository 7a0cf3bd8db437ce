import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { EventStore } from "@eventfold/store";
import { numbered } from "../events.ts";
import { queryRows } from "../query-rows.ts";
import type { PatroniCluster } from "./patroni-cluster.ts";
import type { PatroniServer } from "./patroni-server.ts";

/** What is done to the primary of a cluster while processes publish. Each ends when the cluster is whole again. */
export type Harm = (cluster: PatroniCluster) => Promise<void>;

/** The newest number of the log, as soon as a primary tells it. */
async function newest(cluster: PatroniCluster): Promise<number> {
  for (;;) {
    const { connectionString } = await cluster.primary();
    const asking = queryRows(connectionString, "select max(sequence_number) from eventfold.events");
    const [number] = await asking.catch(() => []); // the server may be starting, or may just have been replaced.
    if (number !== undefined) return Number(number);
    await sleep(50);
  }
}

/** Waits until clients have stored something more, on whichever server is the primary: they have found it. */
export async function untilStored(cluster: PatroniCluster): Promise<void> {
  const before = await newest(cluster);
  while ((await newest(cluster)) <= before + 10) await sleep(50);
}

/** Does harm to the primary, waits until clients have found the server that takes over, and lets the former one come back. */
function losing(harm: (lost: PatroniServer) => Promise<unknown>, bringBack: (lost: PatroniServer) => void): Harm {
  return async (cluster) => {
    const lost = await cluster.primary();
    await harm(lost);
    await cluster.primary(lost);
    await untilStored(cluster);
    bringBack(lost);
  };
}

const start = (lost: PatroniServer): void => lost.start();

export const kill = losing((lost) => lost.kill(), start);

export const killPostgres: Harm = async (cluster) => (await cluster.primary()).killPostgres();

export const killPatroni = losing((lost) => lost.killPatroni(), start);

export const freezeAndWake = losing(
  (lost) => lost.freeze(),
  (lost) => lost.thaw(),
);

/** Clients on both sides go on: those that know all servers on the new primary, and one that knows only the former one there. */
export const cutOff: Harm = async (cluster) => {
  const lost = await cluster.primary();
  const onlyThere = { connectionString: lost.connectionString, notifications: false, writeTimeoutMs: 2_000 };
  await using adapter = await PostgresEventStorageAdapter.open(onlyThere);
  const stream = new EventStore({ adapter }).stream({ category: "c0", stream: "s0" });
  lost.cutOff();
  // If it got into the log, the check of the history would find an event that nobody has published.
  await assert.rejects(stream.publish({ events: numbered(1) }));
  await cluster.primary(lost);
  await untilStored(cluster);
  lost.rejoin();
};

export const switchOver: Harm = async (cluster) => {
  const former = await cluster.primary();
  await cluster.switchOver();
  await cluster.primary(former);
};
