import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import type { EventQueryItem, EventStorage, StorageListingOptions, StoredTextsOptions } from "@eventfold/store/adapter";
import type { SourceIdentifier } from "@eventfold/types";
import BetterSqlite3 from "better-sqlite3";
import { afterEach, beforeEach, describe, it } from "vitest";
import { expectOneMoment } from "./between-statements.ts";
import { freshFolder } from "./fresh-folder.ts";
import { preparedEvent, saveOf } from "./prepared-event.ts";
import { collected, LOG, scanned } from "./scanned.ts";

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

const ALL_NAMES: StorageListingOptions = { after: undefined, limit: undefined };

/** What is read otherwise than by a scan. */
const READS: readonly (readonly [string, (adapter: SqliteEventStorageAdapter, source: SourceIdentifier) => unknown])[] =
  [
    ["the latest event", ({ storage }, source) => storage.latest(source)],
    ["the horizon", ({ storage }, source) => storage.horizon(source)],
    ["a boundary", ({ storage }) => storage.boundary([{ names: ["named"] }, { tags: ["a"] }])],
    ["texts", ({ storage }, source) => textsOf(storage, source, { direction: "forwards" })],
    [
      "beginnings of texts, backwards",
      ({ storage }, source) => textsOf(storage, source, { direction: "backwards", maxTextLength: 5 }),
    ],
    ["the names of categories", ({ storage }) => collected(storage.categories(ALL_NAMES))],
    ["the names of streams", ({ storage }) => collected(storage.streams("things", ALL_NAMES))],
    ["the news of one source", (adapter, source) => adapter.newsOf([{ source, after: PUBLISH.length }])],
    [
      "the status",
      ({ inspection }) => inspection.status().then(({ newestNumber, lastNumber }) => [newestNumber, lastNumber]),
    ],
  ];

function textsOf(storage: EventStorage, source: SourceIdentifier, options: StoredTextsOptions) {
  return collected(storage.storedTexts?.(source, options) ?? []);
}

describe("what is read of a file to which another process publishes between two statements", () => {
  let folder: Awaited<ReturnType<typeof freshFolder>>;
  let adapter: SqliteEventStorageAdapter;
  let client: BetterSqlite3.Database;
  let rival: BetterSqlite3.Database;
  beforeEach(async () => {
    folder = await freshFolder();
    const filename = join(folder.path, "events.db");
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

  const inRival = (sql: string): void => rival.transaction(() => void rival.exec(sql))();

  /** What the adapter stored first, once more, and its last event in another stream and in another category. */
  const publish = {
    act: () =>
      inRival(`${copyOf({ stream: "stream", category: "category", position: `position + ${PUBLISH.length}`, by: PUBLISH.length })};
        ${copyOf({ stream: "'another'", category: "category", position: "0", by: PUBLISH.length + 1, from: PUBLISH.length })};
        ${copyOf({ stream: "stream", category: "'others'", position: "0", by: PUBLISH.length + 2, from: PUBLISH.length })}`),
    undo: () =>
      inRival(`DELETE FROM eventfold_event_tags WHERE sequence_number > ${PUBLISH.length};
        DELETE FROM eventfold_events WHERE sequence_number > ${PUBLISH.length};
        UPDATE sqlite_sequence SET seq = ${PUBLISH.length} WHERE name = 'eventfold_events'`),
  };

  it.each(QUERIES)(
    "is a beginning of the log, by %s, with no part of a publish (rules 2 and 7)",
    async (_, matching) => {
      for (const source of SOURCES) {
        for (const direction of ["forwards", "backwards"] as const) {
          const scan = () => scanned(adapter.storage, source, { bounds: { matching }, direction });
          await expectOneMoment(client, scan, publish);
        }
      }
    },
  );

  it.each(READS)("is of one moment: %s", async (_, read) => {
    for (const source of SOURCES) await expectOneMoment(client, async () => read(adapter, source), publish);
  });
});

/** Stores events of the first publish again, at higher numbers. */
function copyOf({
  stream,
  category,
  position,
  by,
  from = 1,
}: {
  readonly stream: string;
  readonly category: string;
  readonly position: string;
  readonly by: number;
  readonly from?: number;
}): string {
  const copied = `sequence_number BETWEEN ${from} AND ${PUBLISH.length}`;
  return `INSERT INTO eventfold_events
      (sequence_number, category, stream, position, id, name, version, observed_at, occurred_at, payload, metadata, tags)
      SELECT sequence_number + ${by}, ${category}, ${stream}, ${position}, CAST(printf('%016d', sequence_number + ${by}) AS BLOB), name, version,
        observed_at, occurred_at, payload, metadata, tags FROM eventfold_events WHERE ${copied};
    INSERT INTO eventfold_event_tags (tag, sequence_number, name)
      SELECT tag, sequence_number + ${by}, name FROM eventfold_event_tags WHERE ${copied}`;
}
