import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { Replica } from "@eventfold/replica";
import { EventStore } from "@eventfold/store";
import { startPostgres } from "@eventfold/testing/postgres";
import { afterAll, describe, expect, it } from "vitest";
import { fillLog, type NoteEvents, someNotes } from "./events.ts";
import { followWhileWriting } from "./following.ts";
import { freshFile } from "./fresh-folder.ts";
import { readLog } from "./read-log.ts";

const { connectionString, stop } = await startPostgres();
afterAll(() => stop());

describe.each(["log", "category", "stream"] as const)(
  'a replica of a log with the guarantee "%s"',
  (orderingGuarantee) => {
    const open = () =>
      PostgresEventStorageAdapter.open({ connectionString, schema: `replica_${orderingGuarantee}`, orderingGuarantee });

    it("is a beginning of a log in PostgreSQL at any time, and then the whole", async () => {
      await using log = await open();
      await followWhileWriting(log);
    });

    it("waits for a writer in flight that has taken a lower number, whether it commits or rolls back", async () => {
      await using log = await open();
      await using other = await open();
      await using replica = await Replica.open({ of: log, filename: await freshFile() });
      for (const isCommitted of [true, false]) {
        const stored = Promise.withResolvers<number>();
        const ending = Promise.withResolvers<void>();
        const store = new EventStore({ adapter: log });
        const slow = log.transaction(async (transaction) => {
          const [event] = await store
            .within(transaction)
            .stream<NoteEvents>({ category: "slow", stream: "a" })
            .publish({ events: someNotes(1) });
          stored.resolve(event?.sequenceNumber ?? 0);
          await ending.promise;
        });
        const early = await stored.promise;
        const publishing = fillLog(other, 10);
        if (orderingGuarantee !== "log") {
          await publishing; // under "log" it waits for its turn
          await expect(replica.upTo(early, { timeoutMs: 60 })).rejects.toMatchObject({ code: "REPLICA_BEHIND" });
        }
        if (isCommitted) ending.resolve();
        else ending.reject(new Error("rolled back"));
        await slow.catch(() => {});
        await publishing;
        const whole = await readLog(log);
        await replica.upTo(whole.at(-1)?.sequenceNumber ?? 0);
        expect(await readLog(replica)).toEqual(whole);
        expect(whole.some(({ sequenceNumber }) => sequenceNumber === early)).toBe(isCommitted);
      }
    });
  },
);
