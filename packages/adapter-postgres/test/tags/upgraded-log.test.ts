import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { EventStore, eventsMatch, type OrderingGuarantee, taggedWith } from "@eventfold/store";
import { Client } from "pg";
import { describe, expect, it, onTestFinished } from "vitest";
import { eventMigrations } from "../../src/migrations/event-migrations.ts";
import { MigrationRunner } from "../../src/migrations/migration-runner.ts";
import { testServer } from "../test-server.ts";
import { untilWaiting } from "../until.ts";

const { connectionString } = await testServer();
const LAST_WITHOUT_TAGS = 6;

/** A process of a release that knows no tags, on a log that it has made: what it sends to the server. */
async function olderRelease(schema: string, orderingGuarantee: OrderingGuarantee) {
  const client = new Client({ connectionString });
  await client.connect();
  onTestFinished(() => client.end());
  const known = eventMigrations({ schema, orderingGuarantee }).slice(0, LAST_WITHOUT_TAGS);
  const runner = new MigrationRunner({ schema, table: `${schema}.events_migrations`, migrations: known });
  await runner.apply(client as never);
  const publish = async (stream: string, name: string): Promise<void> => {
    const args = "('c', $1, null, false, gen_random_uuid(), $2, 1, now(), now(), '{}', null, 5000, false)";
    await client.query(`select * from ${schema}.events_append_one${args}`, [stream, name]);
  };
  const read = async (): Promise<readonly unknown[]> => {
    const page = `${schema}.events_category_page('c', 0, 1000000, false, 1000, null, null, null, null, null)`;
    return (await client.query(`select name from ${page}`)).rows.map((row: { readonly name: string }) => row.name);
  };
  return { client, runner, publish, read };
}

describe.each<OrderingGuarantee>(["log", "category", "stream"])(
  'a log of an older release under "%s"',
  (orderingGuarantee) => {
    it("gets tags, and the older release goes on beside this one", async () => {
      const schema = `upgraded_${orderingGuarantee}`;
      const older = await olderRelease(schema, orderingGuarantee);
      for (const name of ["old", "old", "other"]) await older.publish("s", name);
      expect(await older.read()).toEqual(["old", "old", "other"]);

      const adapter = await PostgresEventStorageAdapter.open({ connectionString, schema, notifications: false });
      onTestFinished(() => adapter.close());
      const store = new EventStore({ adapter });
      await older.runner.check(older.client as never); // it would open, too
      expect((await store.log().read()).map(({ tags }) => tags)).toEqual([[], [], []]);
      const stream = store.stream({ category: "c", stream: "t" });
      const tagged = [{ name: "new", payload: 1, tags: ["a"] }];
      const refused = stream.publish({ events: tagged, failIf: eventsMatch({ names: ["old"] }, { tags: ["a"] }) });
      await expect(refused).rejects.toMatchObject({ code: "EVENTS_MATCHED", sequenceNumber: 1 });
      await stream.publish({ events: tagged, failIf: taggedWith("a") });
      await older.publish("s", "old again");
      expect(await older.read()).toEqual(["old", "old", "other", "new", "old again"]);
      expect((await store.log().read()).map(({ tags }) => tags)).toEqual([[], [], [], ["a"], []]);
    });

    it("has no conditions overlooked by what the older release publishes", async () => {
      const schema = `rolling_${orderingGuarantee}`;
      const older = await olderRelease(schema, orderingGuarantee);
      const adapter = await PostgresEventStorageAdapter.open({ connectionString, schema, notifications: false });
      onTestFinished(() => adapter.close());
      const store = new EventStore({ adapter });
      await older.client.query("begin");
      await older.publish("elsewhere", "rival");
      const publish = store
        .stream({ category: "d", stream: "t" })
        .publish({ events: [{ name: "n", payload: 1, tags: ["a"] }], failIf: eventsMatch({ names: ["rival"] }) });
      const outcome = publish.then(
        () => "stored",
        (error: { readonly code: string }) => error.code,
      );
      await untilWaiting(connectionString, 1);
      await older.client.query("commit");
      expect(await outcome).toBe("EVENTS_MATCHED");
    });
  },
);
