import { isForgotten, KeyStore } from "@eventfold/events";
import { EventStore } from "@eventfold/store";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Child } from "../src/child-process.ts";
import { type Database, SHARED_DATABASES } from "../src/databases.ts";
import { userEvents } from "../src/user-events.ts";

const READER = new URL("../src/processes/reader.ts", import.meta.url);
const WRITER = new URL("../src/processes/writer.ts", import.meta.url);
const KILLS = process.env.EVENTFOLD_SOAK ? 40 : 2;
const PROCESSES = process.env.EVENTFOLD_SOAK ? 3 : 2;

interface Acknowledged {
  readonly kind: "started" | "published" | "rotated" | "forgetting" | "forgotten";
  readonly userId: string;
}

describe.each(SHARED_DATABASES)("several processes on $name", ({ create }) => {
  let database: Database;
  beforeEach(async () => {
    database = await create();
  });
  afterEach(() => database.dispose());

  async function open() {
    const [adapter, keys] = [await database.openEvents(), await database.openKeys()];
    const keyStore = new KeyStore({ adapter: keys, cacheMs: 0 });
    const users = new EventStore({ adapter }).category("users", { events: userEvents.withKeys(keyStore) });
    return { keys, keyStore, users };
  }

  it("read a subject that one of them forgets as forgotten, and never anything else after that", async () => {
    const { users, keyStore } = await open();
    const name = "Ada Lovelace";
    await users.stream("u-1").publish({ events: [{ name: "user-registered", payload: { userId: "u-1", name } }] });
    const argument = { place: { ...database.place }, cacheMs: 100 };
    await using reader = new Child<{ readonly name: string }>(READER, argument as never);
    await reader.line((line) => line.name === name);
    await keyStore.forget("u-1");
    await reader.line((line) => line.name === "forgotten");
    const count = reader.lines.length;
    await reader.line(() => reader.lines.length >= count + 20);
    const first = reader.lines.findIndex((line) => line.name === "forgotten");
    expect(new Set(reader.lines.slice(0, first).map((line) => line.name))).toEqual(new Set([name]));
    expect(new Set(reader.lines.slice(first).map((line) => line.name))).toEqual(new Set(["forgotten"]));
  });

  it("that are killed while they rotate and forget leave nothing half done", { timeout: 180_000 }, async () => {
    const { users, keys, keyStore } = await open();
    const lines: Acknowledged[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      const argument = { place: { ...database.place }, seed: kill * 100 } as never;
      const writers = Array.from({ length: PROCESSES }, () => new Child<Acknowledged>(WRITER, argument));
      await Promise.all(writers.map((writer) => writer.line(({ kind }) => kind === "started")));
      // In the middle of a forget, which others may be about to acknowledge.
      const wanted = `u-${kill * 10 + 1 + (kill % 3)}`;
      await Promise.race(
        writers.map((writer) => writer.line((line) => line.kind === "forgetting" && line.userId === wanted)),
      );
      for (const writer of writers) writer.kill();
      for (const writer of writers) expect(await writer.ended, writer.errors).toBe("SIGKILL");
      lines.push(...writers.flatMap((writer) => writer.lines));
    }
    const of = (kind: Acknowledged["kind"]) => lines.filter((line) => line.kind === kind).map(({ userId }) => userId);
    const tombstones = new Set<string>();
    for await (const { subject } of keyStore.tombstones()) tombstones.add(subject);
    // What was acknowledged is done, and nothing was forgotten that nobody asked for.
    for (const userId of of("forgotten")) expect(tombstones).toContain(userId);
    for (const userId of tombstones) expect(of("forgetting")).toContain(userId);
    expect(of("rotated").length).toBeGreaterThan(0);
    expect(tombstones.size).toBeGreaterThanOrEqual(KILLS);
    // No forgotten subject has a key, and every other one that has keys has a current one.
    const stored = await keys.storage.listKeys({ after: undefined, limit: 100_000 });
    expect(stored.filter(({ subject }) => tombstones.has(subject))).toEqual([]);
    const subjects = [...new Set(stored.map(({ subject }) => subject))];
    expect((await keys.storage.current(subjects)).every(({ kind }) => kind === "keyed")).toBe(true);
    // Every event that was stored can be read, as what was published or as forgotten.
    let count = 0;
    for await (const event of users.scan()) {
      if (event.name !== "user-registered") continue;
      const { userId, name } = event.payload;
      expect(isForgotten(name) ? "forgotten" : name).toBe(tombstones.has(userId) ? "forgotten" : `name of ${userId}`);
      count += 1;
    }
    expect(count).toBeGreaterThanOrEqual(of("published").length);
  });
});
