import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import type { EventQueryItem } from "@eventfold/store/adapter";
import type { SourceIdentifier, StoredEvent } from "@eventfold/types";
import BetterSqlite3 from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { beforeStatement } from "./between-statements.ts";
import { freshFolder } from "./fresh-folder.ts";
import { preparedEvent, saveOf } from "./prepared-event.ts";
import { LOG, scanned } from "./scanned.ts";

const SOURCES: readonly SourceIdentifier[] = [
  LOG,
  { kind: "category", category: "things" },
  { kind: "stream", category: "things", stream: "shared" },
];

/** Each event of a publish matches another item, so that every search for an item finds a part of it. */
const PUBLISH = [
  { name: "other", tags: ["a"] },
  { name: "named", tags: [] },
  { name: "other", tags: ["a", "b"] },
  { name: "named", tags: ["b"] },
];

const QUERIES: readonly (readonly [string, readonly EventQueryItem[] | undefined])[] = [
  ["all events", undefined],
  ["a name", [{ names: ["named"] }]],
  ["a tag", [{ tags: ["a"] }]],
  ["a name, or a tag", [{ names: ["named"] }, { tags: ["a"] }]],
  ["a tag, or a name", [{ tags: ["a"] }, { names: ["named"] }]],
  ["a tag, or another", [{ tags: ["b"] }, { tags: ["a"] }]],
  [
    "two tags, or a name with a tag, or a name",
    [{ tags: ["a", "b"] }, { names: ["named"], tags: ["b"] }, { names: ["named"] }],
  ],
];

describe("a scan of a file to which another process publishes between two of its statements", () => {
  let folder: Awaited<ReturnType<typeof freshFolder>>;
  let filename: string;
  let adapter: SqliteEventStorageAdapter;
  let client: BetterSqlite3.Database;
  let rival: BetterSqlite3.Database;
  beforeEach(async () => {
    folder = await freshFolder();
    filename = join(folder.path, "events.db");
    adapter = await SqliteEventStorageAdapter.open({ filename });
    client = await adapter.transaction(async (transaction) => transaction.client);
    rival = new BetterSqlite3(filename);
    await adapter.storage.save(saveOf("shared", PUBLISH.map(preparedEvent)));
  });
  afterEach(async () => {
    rival.close();
    await adapter.close();
    await folder.dispose();
  });

  /** What the adapter stored first, once more, in one transaction of another connection. */
  const publish = (): void =>
    inRival(`INSERT INTO eventfold_events
        (sequence_number, category, stream, position, id, name, version, observed_at, occurred_at, payload, metadata, tags)
        SELECT sequence_number + ${PUBLISH.length}, category, stream, position + ${PUBLISH.length}, randomblob(16), name, version,
          observed_at, occurred_at, payload, metadata, tags FROM eventfold_events;
      INSERT INTO eventfold_event_tags (tag, sequence_number, name)
        SELECT tag, sequence_number + ${PUBLISH.length}, name FROM eventfold_event_tags`);

  const removePublish = (): void =>
    inRival(`DELETE FROM eventfold_event_tags WHERE sequence_number > ${PUBLISH.length};
      DELETE FROM eventfold_events WHERE sequence_number > ${PUBLISH.length}`);

  const inRival = (sql: string): void => rival.transaction(() => rival.exec(sql))();

  it.each(QUERIES)(
    "shows a beginning of what is there, by %s, with no part of a publish (rules 2 and 7)",
    async (_, matching) => {
      for (const source of SOURCES) {
        for (const direction of ["forwards", "backwards"] as const) {
          const scan = () => scanned(adapter.storage, source, { bounds: { matching }, direction });
          const before = await scan();
          let wasReached = true;
          for (let number = 0; wasReached; number++) {
            let shown: readonly StoredEvent[] = [];
            const work = async () => {
              shown = await scan();
            };
            wasReached = await beforeStatement(client, number, { act: publish, work });
            const after = await scan();
            expect(after).toHaveLength(before.length * (wasReached ? 2 : 1));
            expect([before, after]).toContainEqual(shown);
            if (wasReached) removePublish();
          }
        }
      }
    },
  );
});
