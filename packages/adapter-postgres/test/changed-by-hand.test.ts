import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { PostgresProjectionStorageAdapter } from "@eventfold/adapter-postgres/projections";
import { ProjectionStore } from "@eventfold/projections";
import { filter } from "@eventfold/query";
import { EventStore } from "@eventfold/store";
import { aProjection } from "@eventfold/testing";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { numbered } from "./events.ts";
import { queryRows } from "./query-rows.ts";
import { testServer } from "./test-server.ts";

const { connectionString } = await testServer();
const opened = {
  adapter: await PostgresEventStorageAdapter.open({ connectionString }),
  projections: await PostgresProjectionStorageAdapter.open({ connectionString }),
};
const store = new EventStore({ adapter: opened.adapter });
const projectionStore = new ProjectionStore({ adapter: opened.projections });
afterAll(() => Promise.all([opened.adapter.close(), opened.projections.close()]));

const changed = (sql: string) => queryRows(connectionString, sql);
const stream = (name: string) => store.stream({ category: "things", stream: name });
const projection = aProjection().withName("account").withId("s").withState({ city: "Lagos" }).build();

describe("a trigger that keeps rows from being inserted", () => {
  const NOT_WRITTEN = { code: "STORAGE_FAILED", isRetryable: false };
  const ignoring = (table: string, when: string) =>
    changed(
      `create function public.ignoring() returns trigger language plpgsql as 'begin return null; end';
       create trigger ignoring before insert on ${table} for each row when (${when}) execute function public.ignoring()`,
    );
  afterEach(() => changed("drop function public.ignoring() cascade"));

  it("does not get its event acknowledged, and fails no other publish of the flush", async () => {
    await ignoring("eventfold.events", "new.stream like 'ignored%'");
    const ignored = stream("ignored");
    await expect(ignored.publish({ events: numbered(1) })).rejects.toMatchObject(NOT_WRITTEN);
    await expect(ignored.publish({ events: numbered(3) })).rejects.toMatchObject(NOT_WRITTEN);
    const together = await Promise.allSettled([
      stream("a").publish({ events: numbered(1) }), // goes out at once, and the others together
      stream("b").publish({ events: numbered(1) }),
      ignored.publish({ events: numbered(1) }),
      stream("c").publish({ events: numbered(2) }),
      ignored.publish({ events: numbered(2) }),
      stream("a").publish({ events: numbered(1) }),
    ]);
    expect(together.map(({ status }) => status)).toEqual([
      ...["fulfilled", "fulfilled", "rejected", "fulfilled", "rejected", "fulfilled"],
    ]);
    const singles = await Promise.allSettled(
      ["d", "e", "ignored", "f"].map((name) => stream(name).publish({ events: numbered(1) })),
    );
    expect(singles.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
    const several = store.publish([
      { category: "things", stream: "g", events: numbered(1) },
      { category: "things", stream: "ignored", events: numbered(1) },
    ]);
    await expect(several).rejects.toMatchObject(NOT_WRITTEN);
    const kept = await store.log().read();
    expect(kept.map((event) => event.stream).sort()).toEqual(["a", "a", "b", "c", "c", "d", "e", "f"]);
  });

  it("has no projection acknowledged", async () => {
    await ignoring("eventfold.projections", "true");
    await expect(projectionStore.save({ ...projection, id: "ignored" })).rejects.toMatchObject(NOT_WRITTEN);
  });

  it("has no active version acknowledged", async () => {
    await ignoring("eventfold.projections_versions", "true");
    await expect(projectionStore.save({ ...projection, name: "ignored" })).rejects.toMatchObject(NOT_WRITTEN);
    await expect(projectionStore.activate({ name: "ignored", projectorVersion: 2 })).rejects.toMatchObject(NOT_WRITTEN);
  });
});

describe("stored texts that are not JSON", () => {
  const DAMAGED = { code: "NOT_A_DATABASE", isRetryable: false };
  beforeEach(() => projectionStore.save({ ...projection, name: "damaged" }));

  it("are reported with the projection that they are of", async () => {
    await changed("update eventfold.projections set state_text = '{\"city\":' where name = 'damaged'");
    const told = { ...DAMAGED, message: expect.stringMatching(/"damaged" of version 1 .* "s" is damaged/) };
    const { source } = projection;
    await expect(projectionStore.load({ name: "damaged", id: "s" })).rejects.toMatchObject(told);
    await expect(projectionStore.locate({ name: "damaged", source })).rejects.toMatchObject(told);
    await expect(
      projectionStore.search({ filters: [filter("id" as never, "equal", "s" as never)] }),
    ).rejects.toMatchObject(told);
  });

  it("are reported with the event that they are of", async () => {
    const [first, second] = await stream("damaged").publish({ events: numbered(2) });
    await changed(`alter table eventfold.events alter payload type text using payload::text;
      update eventfold.events set payload = '{"n":' where id = '${second?.id}'`);
    const { id, sequenceNumber } = second ?? {};
    const event = { id, category: "things", stream: "damaged", position: 1, sequenceNumber };
    const told = { code: "UNREADABLE_EVENT", isRetryable: false, event };
    await expect(stream("damaged").read()).rejects.toMatchObject(told);
    await expect(stream("damaged").latest()).rejects.toMatchObject(told);
    await expect(store.eventById(second?.id ?? "")).rejects.toMatchObject(told);
    await expect(store.eventById(first?.id ?? "")).resolves.toMatchObject({ payload: { n: 0 } });
    await changed(`update eventfold.events set payload = '1' where id = '${second?.id}';
      alter table eventfold.events alter payload type json using payload::json`);
  });
});
