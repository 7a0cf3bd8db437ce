import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteKeyStorageAdapter } from "@eventfold/adapter-sqlite/keys";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import { SqliteProjectionStorageAdapter } from "@eventfold/adapter-sqlite/projections";
import { ProjectionStore } from "@eventfold/projections";
import { keysetPage, sortBy } from "@eventfold/query";
import BetterSqlite3 from "better-sqlite3";
import { afterEach, beforeEach, describe, it } from "vitest";
import { expectOneMoment } from "./between-statements.ts";
import { freshFolder } from "./fresh-folder.ts";
import { subscriptionOf } from "./processing/leases.ts";
import { account, saveOfDocuments } from "./projections/stored-documents.ts";

/** A key of a subject. */
const KEY = {
  ...{ id: "018f0000-0000-4000-8000-000000000001", subject: "ada", secret: "<secret>" },
  encryptedWith: undefined,
};

describe("a file to which another process commits between two statements that read", () => {
  let folder: Awaited<ReturnType<typeof freshFolder>>;
  let events: SqliteEventStorageAdapter;
  let client: BetterSqlite3.Database;
  let rival: BetterSqlite3.Database;
  beforeEach(async () => {
    folder = await freshFolder();
    const filename = join(folder.path, "app.db");
    events = await SqliteEventStorageAdapter.open({ filename });
    client = await events.transaction(async (transaction) => transaction.client);
    rival = new BetterSqlite3(filename);
  });
  afterEach(async () => {
    rival.close();
    await events.close();
    await folder.dispose();
  });

  /** What the rival commits in one transaction, and how it is undone. */
  const committing = (act: string, undo: string) => ({
    act: () => rival.transaction(() => void rival.exec(act))(),
    undo: () => rival.transaction(() => void rival.exec(undo))(),
  });

  it("shows projections of one moment, of all stretches of a search too", async () => {
    const adapter = await SqliteProjectionStorageAdapter.open({ shareWith: events });
    const source = { kind: "category", category: "accounts" } as const;
    const completeness = { name: "account", projectorVersion: 1, source, seen: 0, upTo: 5 };
    const documents = [account("a", { rank: 1 }), account("b", { rank: 2 }), account("c", {})];
    await adapter.storage.save({ ...saveOfDocuments(documents), completeness });
    const store = new ProjectionStore({ adapter });
    const search = { sort: [sortBy("state.rank"), sortBy("id")] } as object;
    const { next } = await store.search({ ...search, paging: keysetPage({ size: 1 }) }, { name: "account" });
    const swap = (b: string, c: string, upTo: number) =>
      `UPDATE eventfold_projections SET state = '${b}' WHERE id = 'b'; UPDATE eventfold_projections SET state = '${c}' WHERE id = 'c';
        UPDATE eventfold_projection_completeness SET complete_up_to = ${upTo}`;
    const swapped = committing(swap("{}", '{"rank":2}', 6), swap('{"rank":2}', "{}", 5));
    const paging = keysetPage({ size: 5, after: next });
    await expectOneMoment(client, () => store.search({ ...search, paging }, { name: "account" }), swapped);
    const start = { name: "account", projectorVersion: 1, source, ids: ["a", "b", "c"] };
    await expectOneMoment(client, () => adapter.storage.startingPoint(start), swapped);
  });

  it("shows partitions and what is parked of one moment", async () => {
    const { storage } = await SqliteProcessingStorageAdapter.open({ shareWith: events });
    const [{ id = 0 } = {}] = await storage.register([subscriptionOf("mails", 1)]);
    const parked = committing(
      `INSERT INTO eventfold_processing_parked
          (subscription, sequence_number, hash, event_id, category, stream, is_whole_stream, attempts, error, parked_at)
          VALUES (${id}, 7, 1, randomblob(16), 'things', 't-1', 1, 3, 'failed', 0);
        UPDATE eventfold_processing_partitions SET sequence_number = 7`,
      "DELETE FROM eventfold_processing_parked; UPDATE eventfold_processing_partitions SET sequence_number = 0",
    );
    await expectOneMoment(client, () => storage.status({ names: ["mails"] }), parked);
    const partitions = [{ subscription: id, partition: 0 }];
    await expectOneMoment(client, () => storage.loadParked({ partitions }), parked);
  });

  it("shows keys of one moment: none is missing because its subject is forgotten meanwhile", async () => {
    const { storage } = await SqliteKeyStorageAdapter.open({ shareWith: events });
    await storage.add([{ key: KEY, replaces: undefined }]);
    const forgotten = committing(
      "DELETE FROM eventfold_keys; UPDATE eventfold_key_subjects SET current_key = NULL, forgotten_at = 1",
      `INSERT INTO eventfold_keys (id, subject, secret) VALUES ('${KEY.id}', '${KEY.subject}', '${KEY.secret}');
        UPDATE eventfold_key_subjects SET current_key = '${KEY.id}', forgotten_at = NULL`,
    );
    await expectOneMoment(client, () => storage.current([KEY.subject, KEY.subject]), forgotten);
    await expectOneMoment(client, () => storage.find([KEY, KEY]), forgotten);
  });
});
