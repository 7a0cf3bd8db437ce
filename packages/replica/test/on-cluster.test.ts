import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { Replica } from "@eventfold/replica";
import { type PostgresTestCluster, startPostgres } from "@eventfold/testing/postgres";
import { describe, expect, it } from "vitest";
import { countNotes, fillLog, notes, total } from "./events.ts";
import { freshFile } from "./fresh-folder.ts";
import { readLog } from "./read-log.ts";

/** Longer than any test may take. */
const PATIENT = { writeTimeoutMs: 3_600_000, readTimeoutMs: 3_600_000 };

const HARMS: Readonly<Record<string, (cluster: PostgresTestCluster) => unknown>> = {
  killed: ({ primary }) => primary.kill("SIGKILL"),
  frozen: ({ primary }) => primary.freeze(),
  "cut off": (cluster) => cluster.partition(cluster.primary),
};

/** It starts clusters, so not every day. */
describe.runIf(process.env.EVENTFOLD_SOAK)("a replica of a log on a cluster", { timeout: 3_600_000 }, () => {
  it("has all of it, folded once, when primaries are lost while it follows", async () => {
    await using cluster = await startPostgres({ standbys: 2, synchronous: "any 1" });
    const { connectionString } = cluster;
    await using log = await PostgresEventStorageAdapter.open({ ...PATIENT, connectionString });
    await using replica = await Replica.open({ of: log, filename: await freshFile(), inline: countNotes });
    let published = 0;
    for (const [what, harm] of Object.entries(HARMS)) {
      const lost = cluster.primary;
      const filling = fillLog(log, 5_000, published);
      await replica.upTo(published + 500);
      await harm(cluster);
      await cluster.promote();
      await filling;
      published += 5_000;
      await cluster.rebuild(lost);
      const whole = await readLog(log);
      await replica.upTo(whole.at(-1)?.sequenceNumber ?? 0);
      expect(await readLog(replica), what).toEqual(whole);
      expect(whole, what).toHaveLength(published);
      expect(await replica.projections.of(total).load({ id: "all" }), what).toMatchObject({
        state: { count: published },
      });
      expect(await replica.projections.of(notes).count(), what).toBe(published / 10);
      expect(replica.failure, what).toBeUndefined();
    }
  });

  it("stops, and keeps what it has, when a standby takes over that has not received everything", async () => {
    await using cluster = await startPostgres({ standbys: 1 });
    const { connectionString, primary } = cluster;
    await using log = await PostgresEventStorageAdapter.open({ ...PATIENT, connectionString });
    await using replica = await Replica.open({ of: log, filename: await freshFile() });
    await fillLog(log, 100);
    await cluster.catchUp();
    cluster.partition(primary);
    await fillLog(log, 100, 100); // acknowledged, and lost with the primary
    await replica.upTo(200);
    const copied = await readLog(replica);
    await primary.kill("SIGKILL");
    const promoted = await cluster.promote();
    await using other = await PostgresEventStorageAdapter.open({ connectionString: promoted.connectionString });
    await fillLog(other, 500, 500); // in the place of the lost ones
    await expect.poll(() => replica.failure, { timeout: 600_000 }).toMatchObject({ isRetryable: false });
    expect(replica.isFollowing).toBe(false);
    expect(await readLog(replica)).toEqual(copied);
  });
});
