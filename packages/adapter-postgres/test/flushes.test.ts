import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { EventStore, newEventId, positionIs, streamIsEmpty, type WriteCondition } from "@eventfold/store";
import { describe, expect, it } from "vitest";
import { numbered } from "./events.ts";
import { testServer } from "./test-server.ts";

const server = await testServer();

interface Asked {
  readonly stream: string;
  readonly condition?: WriteCondition;
  readonly id?: string;
}

/** All publishes of a call are made in one turn, so that they go out together: one for now, and the rest as the next flush. */
async function flushed(orderingGuarantee: "log" | "category" | "stream") {
  const adapter = await PostgresEventStorageAdapter.open({
    ...{ connectionString: server.connectionString, orderingGuarantee, schema: `flushes_${orderingGuarantee}` },
  });
  const store = new EventStore({ adapter });
  let n = 0;
  const publishAll = async (asked: readonly Asked[]): Promise<(number | string)[]> => {
    const outcomes = await Promise.allSettled(
      asked.map(({ stream, condition, id }) => {
        const events = numbered(1, n++).map((event) => ({ ...event, ...(id === undefined ? {} : { id }) }));
        return store.stream({ category: "flushes", stream }).publish({ events, ...(condition && { condition }) });
      }),
    );
    return outcomes.map((outcome) =>
      outcome.status === "fulfilled" ? (outcome.value[0]?.position as number) : (outcome.reason.code as string),
    );
  };
  return { adapter, store, publishAll };
}

describe.each(["log", "category", "stream"] as const)(
  "single events published together, ordered by %s",
  (guarantee) => {
    it("are stored as they were asked for, whether the flush can be stored blindly or must be judged", async () => {
      const { adapter, store, publishAll } = await flushed(guarantee);
      const taken = newEventId();
      const empty = streamIsEmpty();
      expect(await publishAll([{ stream: "a" }, { stream: "a" }, { stream: "b", condition: empty }])).toEqual([
        0, 1, 0,
      ]);
      // A condition first, and more of its stream after it; streams with and without events.
      expect(
        await publishAll([
          { stream: "c", condition: empty, id: taken },
          { stream: "c" },
          { stream: "a", condition: positionIs(1) },
          { stream: "a" },
          { stream: "d" },
          { stream: "d" },
          { stream: "b", condition: positionIs(0) },
        ]),
      ).toEqual([0, 1, 2, 3, 0, 1, 1]);
      // An unmet condition of each kind, a repeat, and an id that is another event's: the others are stored all the same.
      expect(
        await publishAll([
          { stream: "e" },
          { stream: "a", condition: empty },
          { stream: "b", condition: positionIs(7) },
          { stream: "f", condition: positionIs(0) },
          { stream: "c", condition: empty, id: taken },
          { stream: "d", id: taken },
          { stream: "g", condition: empty },
        ]),
      ).toEqual([
        0,
        "UNMET_WRITE_CONDITION",
        "UNMET_WRITE_CONDITION",
        "UNMET_WRITE_CONDITION",
        0,
        "DUPLICATE_EVENT_ID",
        0,
      ]);
      expect(await publishAll([{ stream: "g" }, { stream: "h", condition: empty }])).toEqual([1, 0]);
      const stored = await store.category("flushes").read();
      expect(stored.map(({ stream, position }) => `${stream}${position}`).sort()).toEqual(
        "a0 a1 a2 a3 b0 b1 c0 c1 d0 d1 e0 g0 g1 h0".split(" "),
      );
      await adapter.close();
    });

    it("that are alone and meet an event or an id in their way are judged", async () => {
      const { adapter, publishAll } = await flushed(guarantee);
      const id = newEventId();
      const first = { stream: "alone", condition: streamIsEmpty(), id };
      expect(await publishAll([first])).toEqual([0]);
      expect(await publishAll([first])).toEqual([0]);
      expect(await publishAll([{ ...first, id: newEventId() }])).toEqual(["UNMET_WRITE_CONDITION"]);
      expect(await publishAll([{ ...first, stream: "elsewhere" }])).toEqual(["DUPLICATE_EVENT_ID"]);
      expect(await publishAll([{ ...first, id: newEventId(), stream: "elsewhere" }])).toEqual([0]);
      await adapter.close();
    });

    it("fail alone where the client cannot send them", async () => {
      const { adapter, store } = await flushed(guarantee);
      const save = (stream: string, positions: readonly number[]) =>
        adapter.storage.save({
          writes: [{ category: "flushes", stream, events: [], allowed: { positions, complement: false } }],
        });
      const outcomes = await Promise.allSettled([
        ...["k", "l", "m"].map((stream) => save(stream, [-1])),
        save("n", [2 ** 31]),
        ...["o", "p", "q"].map((stream) => save(stream, [-1])),
        store.stream({ category: "flushes", stream: "r" }).publish({ events: numbered(1) }),
      ]);
      expect(outcomes.map((outcome) => (outcome.status === "rejected" ? outcome.reason.name : "kept"))).toEqual([
        "kept",
        "kept",
        "kept",
        "RangeError",
        "kept",
        "kept",
        "kept",
        "kept",
      ]);
      await adapter.close();
    });
  },
);
