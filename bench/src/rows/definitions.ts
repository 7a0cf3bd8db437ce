import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { defineEvents, event } from "@eventfold/events";
import { EventStore } from "@eventfold/store";
import { z } from "zod";
import type { Candidate, Row, Sample } from "../candidate.ts";
import { timeBoxed } from "../load.ts";
import { clientTimes, meteredHere } from "../processor-time.ts";
import { benchFile } from "../raw/sqlite-database.ts";
import { freshStream } from "../sample-events.ts";
import { watchedScan } from "../watched-scan.ts";

const SCANNED = 50_000;
const BATCH = 1_000;
const PLAIN = "without definitions";
const NAME = "order-placed";

const schema = z.object({
  order: z.string(),
  total: z.int(),
  currency: z.string(),
  customer: z.object({ id: z.string(), city: z.string() }),
  note: z.string(),
});

type FirstOrder = Omit<z.infer<typeof schema>, "total" | "currency"> & { readonly euros: number };

const definitions = defineEvents({
  [NAME]: event({ schema })
    .from<FirstOrder>()
    .upcast(({ euros, ...kept }) => ({ ...kept, total: euros * 100, currency: "EUR" })),
});

const KEPT = { order: "order-0001", customer: { id: "customer-0001", city: "London" }, note: "x".repeat(130) };
/** Of about 250 bytes. */
const TODAYS = { name: NAME, payload: { ...KEPT, total: 4_200, currency: "EUR" } } as const;
const OLD = { name: NAME, payload: { ...KEPT, euros: 42 } } as const;

/** What is measured of a store in a file of its own, with definitions or without. */
function onFile(name: string, measured: (store: EventStore) => Promise<() => Promise<Sample>>): Candidate {
  return meteredHere({
    name,
    async start() {
      const file = benchFile();
      const adapter = await SqliteEventStorageAdapter.open({ filename: file.filename });
      const measure = await measured(new EventStore({ adapter }));
      return {
        measure,
        async dispose() {
          await adapter.close();
          file.dispose();
        },
      };
    },
  });
}

function publishing(unitsPerCall: number): Row {
  const load = { callers: 1, unitsPerCall, forMs: 1_000 };
  const events = Array.from({ length: unitsPerCall }, () => TODAYS);
  const defined = onFile("eventfold", async (store) => {
    const orders = store.category("orders", { events: definitions });
    return () => timeBoxed(load, () => orders.stream(freshStream()).publish({ events }));
  });
  const plain = onFile(PLAIN, async (store) => {
    const orders = store.category("orders");
    return () => timeBoxed(load, () => orders.stream(freshStream()).publish({ events }));
  });
  const each = unitsPerCall === 1 ? "one event each" : `${unitsPerCall} events each`;
  return definitionsRow(`publish, ${each}`, [defined, plain]);
}

function scanning(what: string, stored: typeof TODAYS | typeof OLD): Row {
  const fill = async (store: EventStore): Promise<void> => {
    const events = Array.from({ length: BATCH }, () => stored);
    for (let n = 0; n < SCANNED; n += BATCH) await store.category("orders").stream("all").publish({ events });
  };
  const defined = onFile("eventfold", async (store) => {
    await fill(store);
    return () => watchedScan(store.category("orders", { events: definitions }).scan(), SCANNED);
  });
  const plain = onFile(PLAIN, async (store) => {
    await fill(store);
    return () => watchedScan(store.category("orders").scan(), SCANNED);
  });
  return definitionsRow(`scan ${SCANNED.toLocaleString("en-US")} ${what}`, [defined, plain]);
}

function definitionsRow(what: string, candidates: Row["candidates"]): Row {
  return {
    ...{ group: "definitions", work: `SQLite, definitions, ${what}`, unit: "events", candidates },
    ...{ targets: [], limits: [clientTimes(PLAIN, 1.1)] },
  };
}

/** What it costs to validate, encode and bring to today's version, by processor time. */
export const definitionRows: readonly Row[] = [
  publishing(1),
  publishing(100),
  scanning("of today's version", TODAYS),
  scanning("of the version before", OLD),
];
