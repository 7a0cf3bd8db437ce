import { cp } from "node:fs/promises";
import { MemoryProjectionStorageAdapter } from "@eventfold/adapter-memory";
import {
  type EventsOf,
  forgetSubject,
  isForgotten,
  KeyStore,
  type Protected,
  subjectTag,
  type Tombstone,
} from "@eventfold/events";
import { ProjectionStore, projectorFor } from "@eventfold/projections";
import { EventStore } from "@eventfold/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openKeys } from "../src/database-place.ts";
import { DATABASES, type Database, SHARED_DATABASES } from "../src/databases.ts";
import { userEvents } from "../src/user-events.ts";

const registered = (userId: string) =>
  ({ name: "user-registered", payload: { userId, name: `name of ${userId}` } }) as const;

const projector = projectorFor<{ names: readonly Protected<string>[] }, EventsOf<typeof userEvents>>()({
  name: "user",
  initialState: () => ({ names: [] }),
  handlers: {
    "user-registered": ({ names }, { payload }) => ({ names: [...names, payload.name] }),
    "user-renamed": (state) => state,
    "plan-changed": (state) => state,
  },
});

describe.each(DATABASES)("forgetSubject on $name", ({ create }) => {
  let database: Database;
  beforeEach(async () => {
    database = await create();
  });
  afterEach(() => database.dispose());

  async function open() {
    const keyStore = new KeyStore({ adapter: await database.openKeys() });
    const store = new EventStore({ adapter: await database.openEvents() });
    const events = userEvents.withKeys(keyStore);
    const [users, visits] = [store.category("users", { events }), store.category("visits", { events })];
    const projectionStore = new ProjectionStore({ adapter: await MemoryProjectionStorageAdapter.open() });
    const snapshots = { store: projectionStore, every: 1 };
    return { keyStore, store, users, visits, projectionStore, snapshots };
  }

  it("finds all streams of the subject, and deletes their snapshots and no others", async () => {
    const { keyStore, store, users, visits, projectionStore, snapshots } = await open();
    for (const userId of ["u-1", "u-2"]) await users.stream(userId).publish({ events: [registered(userId)] });
    await visits.stream("monday").publish({ events: [registered("u-2"), registered("u-1"), registered("u-1")] });
    await visits.stream("tuesday").publish({ events: [registered("u-2")] });
    // An event of the application's own about the person, without protected fields.
    const tags = [subjectTag("u-1")];
    await store.stream({ category: "notes", stream: "n" }).publish({ events: [{ name: "noted", payload: 1, tags }] });
    for (const userId of ["u-1", "u-2"]) await projector.project(users.stream(userId), { snapshots });
    const forgotten = await forgetSubject("u-1", {
      keyStore,
      store,
      snapshots: [{ store: projectionStore, name: "user", category: "users" }],
    });
    expect(forgotten).toEqual({
      subject: "u-1",
      forgottenAt: expect.any(Date),
      streams: [
        { kind: "stream", category: "users", stream: "u-1" },
        { kind: "stream", category: "visits", stream: "monday" },
        { kind: "stream", category: "notes", stream: "n" },
      ],
      deletedSnapshots: 1,
      projections: [],
    });
    expect(await projectionStore.load({ name: "user", id: "u-1" })).toBeUndefined();
    expect(await projectionStore.load({ name: "user", id: "u-2" })).toBeDefined();
    const { state } = await projector.project(users.stream("u-1"), { snapshots });
    expect(state.names.every(isForgotten)).toBe(true);
    expect(JSON.stringify(await projectionStore.load({ name: "user", id: "u-1" }))).not.toContain("name of");
  });

  it("names the projections that may still show it, and rebuilds those that it can", async () => {
    const { keyStore, store, users, visits } = await open();
    await visits.stream("monday").publish({ events: [registered("u-1")] });
    await users.stream("u-2").publish({ events: [registered("u-2")] });
    const rebuilt: string[] = [];
    const options = {
      keyStore,
      store,
      projections: [
        { name: "everything" },
        { name: "guests", categories: ["visits", "users"], rebuild: async () => void rebuilt.push("guests") },
        { name: "members", categories: ["users"], rebuild: async () => void rebuilt.push("members") },
      ],
    };
    const { projections, forgottenAt } = await forgetSubject("u-1", options);
    expect(projections).toEqual([
      { name: "everything", isRebuilt: false },
      { name: "guests", isRebuilt: true },
    ]);
    expect(rebuilt).toEqual(["guests"]);
    // Again, as after a failure: everything is done again, and the tombstone is the first one.
    expect(await forgetSubject("u-1", options)).toMatchObject({ forgottenAt, projections });
  });

  it("forgets before it does anything else, so that a failure can be made up for", async () => {
    const { keyStore, store, users, projectionStore } = await open();
    await users.stream("u-1").publish({ events: [registered("u-1")] });
    const failing = { delete: () => Promise.reject(new Error("The projections are down.")) };
    const snapshots = [{ store: failing, name: "user", category: "users" }];
    await expect(forgetSubject("u-1", { keyStore, store, snapshots })).rejects.toThrow("down");
    expect((await users.latest())?.payload).toMatchObject({ name: { kind: "forgotten" } });
    const again = [{ store: projectionStore, name: "user", category: "users" }];
    expect((await forgetSubject("u-1", { keyStore, store, snapshots: again })).streams).toHaveLength(1);
  });

  it("finds nothing of a subject without events, which is forgotten all the same", async () => {
    const { keyStore, store } = await open();
    expect((await forgetSubject("nobody", { keyStore, store })).streams).toEqual([]);
    await expect(keyStore.current(["nobody"])).rejects.toMatchObject({ code: "FORGOTTEN_SUBJECT" });
  });
});

describe("a backup of the keys that is restored", () => {
  it("gives back what was forgotten since, until the tombstones are applied again", async () => {
    const database = await (
      SHARED_DATABASES.find(({ name }) => name === "SQLite") as (typeof SHARED_DATABASES)[0]
    ).create();
    const place = database.place as NonNullable<Database["place"]>;
    const events = new EventStore({ adapter: await database.openEvents() });
    const usersWith = (keyStore: KeyStore) => events.category("users", { events: userEvents.withKeys(keyStore) });
    const before = await openKeys(place);
    const keyStore = new KeyStore({ adapter: before });
    for (const userId of ["u-1", "u-2"]) {
      await usersWith(keyStore)
        .stream(userId)
        .publish({ events: [registered(userId)] });
    }
    await before.close();
    await cp(`${place.place}/keys.db`, `${place.place}/backup.db`);

    // After the backup one subject is forgotten, and one gets its first key and is forgotten too.
    const after = await openKeys(place);
    const later = new KeyStore({ adapter: after });
    await usersWith(later)
      .stream("u-3")
      .publish({ events: [registered("u-3")] });
    const kept: Tombstone[] = [await later.forget("u-1"), await later.forget("u-3")];
    await after.close();
    await cp(`${place.place}/backup.db`, `${place.place}/keys.db`);

    const restored = new KeyStore({ adapter: await database.openKeys() });
    const nameOf = async (userId: string) => {
      const latest = await usersWith(restored).stream(userId).latest();
      return latest?.name === "user-registered" ? latest.payload.name : undefined;
    };
    expect(await nameOf("u-1")).toBe("name of u-1");
    await expect(nameOf("u-3")).rejects.toMatchObject({ code: "UNREADABLE_EVENT" });
    await restored.applyTombstones(kept);
    expect(await nameOf("u-1")).toEqual({ kind: "forgotten" });
    expect(await nameOf("u-3")).toEqual({ kind: "forgotten" });
    expect(await nameOf("u-2")).toBe("name of u-2");
    await database.dispose();
  });
});
